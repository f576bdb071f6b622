"""Configuration groups of train alone, whose names mean something else to simulate."""
