"""What a scenario can hold, and what must fit together in it."""
