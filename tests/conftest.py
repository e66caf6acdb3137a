"""Settings of the property tests: reproducible, and without a time limit per example."""

from hypothesis import settings

settings.register_profile("planner", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("planner")
