"""A scenario in words, in charts' terms and as a file."""
