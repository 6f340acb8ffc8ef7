"""Pure rules of residents' cases."""
