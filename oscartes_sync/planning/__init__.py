"""What would be done, decided from what was seen: values and pure functions."""
