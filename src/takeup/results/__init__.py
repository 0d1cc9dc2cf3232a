"""Results: what runs measured, as an `xarray.Dataset` in memory and a folder on disk.

Import from the modules: `info` (what a run was), `summarise` (counters to KPIs), `dataset` (KPIs of
many runs side by side), `summary` (levels and quantiles), `store` (folders), `units` (how values
are written). Nothing here knows of the model or of scenario files.
"""
