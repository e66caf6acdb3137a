"""Chapters of the design report, one module each."""
