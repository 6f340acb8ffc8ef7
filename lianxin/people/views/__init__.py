"""Signing in and out; one's own account with its second factor and sessions; what belongs to a
resident's phone."""
