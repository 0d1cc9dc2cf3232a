"""The pages of the workshop view, one a file."""
