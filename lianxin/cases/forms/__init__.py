"""Forms of the cases app, a file per audience."""
