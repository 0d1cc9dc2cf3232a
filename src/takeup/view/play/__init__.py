"""The page on which a plan is made, and its parts."""
