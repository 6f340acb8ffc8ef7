"""Measures and breaks a real installation over real HTTP. Nothing of it runs in the product."""
