"""The same model written the ordinary way, to hold the compiled one against."""
