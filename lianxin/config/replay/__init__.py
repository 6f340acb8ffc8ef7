"""Real messages with their real answers, driven through the real services."""
