"""What can happen to a council: one shock in every file."""
