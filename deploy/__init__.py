"""A province's installation: three machines, or three nodes on one machine to try it."""
