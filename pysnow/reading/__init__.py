"""Reading JSON: bytes to records, in pieces, under one policy."""
