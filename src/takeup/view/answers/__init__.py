"""From a setting to its results: workers, what is kept, files to take along."""
