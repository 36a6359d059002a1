"""Spaces: look, decide, make, archive."""
