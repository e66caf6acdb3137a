"""The version of the program, for those layers that may not import the whole of it."""

__version__ = "0.1.0"
