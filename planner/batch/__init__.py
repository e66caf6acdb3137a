"""Scripted runs: grids of scenarios whose blocks are kept as they are simulated."""
