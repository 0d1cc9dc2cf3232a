"""What stands between the network and the pages: bounds, names, keys, files."""
