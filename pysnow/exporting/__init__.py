"""Records as files and frames: CSV, JSON lines, Parquet, Arrow, pandas, polars."""
