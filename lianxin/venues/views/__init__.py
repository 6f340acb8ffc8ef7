"""Pages of venues: public ones, and imports for operators."""
