"""Verbs of reception: every write."""
