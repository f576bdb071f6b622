"""Real light curves and catalogue rows that ship with exoval; see README.md beside this file."""
