"""Tests of `planner.engines`."""
