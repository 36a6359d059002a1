"""The command `oscartes`."""
