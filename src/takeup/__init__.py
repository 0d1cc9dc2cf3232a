"""takeup: simulate a local government's move to digital services."""
