"""The model as Mesa's users know it: a model, agents, a data collector."""
