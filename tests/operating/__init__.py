"""Tests of `planner.operating`."""
