"""The workshop view: a council to play with in the browser."""
