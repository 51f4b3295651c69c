"""Aggregate API: ``/api/now[/v1]/stats``. Counts only; what else the API offers is refused aloud."""
