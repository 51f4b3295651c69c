"""Import Set API: ``/api/now[/v1]/import``, rows into a staging table and through its transform maps."""
