"""Measurements: ratios within one run, printed as a table. Run one with ``python -m benchmarks.<name>``."""
