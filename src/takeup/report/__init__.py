"""Reports: results as figures and tables for people."""

from takeup.places import settle_matplotlib

settle_matplotlib()  # before anything here imports Matplotlib
