"""What a council can do: one intervention in every file."""
