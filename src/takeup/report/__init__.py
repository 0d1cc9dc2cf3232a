"""Reports: results as figures and tables for people."""
