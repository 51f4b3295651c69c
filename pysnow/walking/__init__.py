"""Walking through a table: every row, exactly once."""
