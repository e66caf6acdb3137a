"""Tests; their packages mirror those of `planner`."""
