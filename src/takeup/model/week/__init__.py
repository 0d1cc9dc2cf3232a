"""One week: its order, its steps on bundles of arrays, and the rules and draws they use."""
