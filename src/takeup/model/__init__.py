"""One week of a council: the world, the rules, the kernels, and the Mesa model around them."""
