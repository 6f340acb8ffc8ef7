"""Pages and answers of places."""
