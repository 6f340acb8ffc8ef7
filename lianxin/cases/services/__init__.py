"""Verbs of residents' cases."""
