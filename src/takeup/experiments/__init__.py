"""Experiments: many runs of the model, and their results side by side."""
