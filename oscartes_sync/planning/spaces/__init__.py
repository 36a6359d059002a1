"""Working groups and projects: what their entries want, what is there, and what is to be done."""
