"""The memory between runs, in a database: SQLite beside the configuration, or another."""
