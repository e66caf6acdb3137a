"""Slow, independent implementations that the tests compare the program with."""
