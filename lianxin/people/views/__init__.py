"""Signing in and out; one's own account; what belongs to a resident's phone."""
