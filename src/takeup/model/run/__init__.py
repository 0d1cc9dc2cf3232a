"""A run: where it begins, what it changes week by week, and what a council sees of it."""
