"""One run to watch: frames of every week, what they say in words, and the picture."""
