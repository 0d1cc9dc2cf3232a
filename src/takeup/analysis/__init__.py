"""Analysis: pure functions of results. Never runs a model.

`compare` sets plans against a baseline on the same random numbers.
"""
