"""Verbs of the engine: every write and every move goes through one of these."""
