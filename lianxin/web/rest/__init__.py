"""What every app's API has in common: kinds of values, problems, doors, and the engine beneath."""
