"""Known limits of the model, against recursions and closed forms written independently of it."""
