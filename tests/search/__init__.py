"""Tests of `planner.search`."""
