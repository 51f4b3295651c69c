"""Table API: ``/api/now[/v1|/v2]/table``."""
