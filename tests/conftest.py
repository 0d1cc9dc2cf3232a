"""Marks the root of the tests, so that its helpers can be imported from every folder of them."""

from hypothesis import settings

# The first example of many tests compiles kernels, which no deadline of milliseconds allows for.
settings.register_profile("takeup", deadline=None)
settings.load_profile("takeup")
