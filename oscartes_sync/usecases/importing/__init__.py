"""A table that comes back into the wiki."""
