"""Rows that belong to records: found by foreign keys, complete, and each failure kept where it happened."""
