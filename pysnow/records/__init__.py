"""Records: one row as an object, found by what people know of it, written back by what has changed."""
