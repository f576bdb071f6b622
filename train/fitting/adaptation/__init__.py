"""Bringing a classifier to another mission, or from a simulation to the sky, one way a file."""
