"""Django's SQLite backend, in which writers wait in line."""
