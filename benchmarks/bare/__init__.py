"""What the product is measured against: the same server, settings and database, doing one thing."""
