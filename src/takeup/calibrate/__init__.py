"""From observed take-up to parameters that fit it, and forecasts that say how sure they are."""
