"""Settings for all tests."""

from hypothesis import settings

# The same examples on every run; look further with --hypothesis-profile=explore.
settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile("steady")
