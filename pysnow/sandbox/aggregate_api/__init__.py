"""Aggregate API: ``/api/now[/v1]/stats``."""
