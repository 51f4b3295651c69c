"""Writing: one change, made once, of the record that was meant."""
