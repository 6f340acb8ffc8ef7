"""Back-ups that can be trusted: written while people work, proven when they are read back."""
