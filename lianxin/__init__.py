"""Lianxin 连心: every matter gets an answer, and every answer can be checked."""
