"""Batches of the front end: what varies, its points, runs here and runs that are opened."""
