"""Reads of residents' cases."""
