"""Django's PostgreSQL backend, which says with every transaction whose rows it is about."""
