"""Pages of reception, a file per audience and part."""
