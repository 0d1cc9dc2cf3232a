"""What no plan changes: residents, their ties, the calendar of their needs, posts."""
