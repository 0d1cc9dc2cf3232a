"""What a user writes: the schema of scenarios, loading them, and explaining them."""
