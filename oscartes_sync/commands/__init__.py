"""One module a command: words to calls, no logic."""
