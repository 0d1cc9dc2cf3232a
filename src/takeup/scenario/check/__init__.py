"""What is valid and yet looks wrong, and what a plan is advised to look at."""
