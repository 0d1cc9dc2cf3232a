"""Marks the root of the tests, so that `synthetic` can be imported from every folder of them."""
