"""A replicate of a scenario: one week, the world that no plan changes, and a run of weeks."""
