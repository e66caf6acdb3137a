"""Tests of statement, completeness and bundle."""
