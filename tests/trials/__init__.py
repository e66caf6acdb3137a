"""Tests of the simulated trials."""
