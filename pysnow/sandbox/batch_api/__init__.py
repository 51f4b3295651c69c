"""Batch API: ``/api/now[/v1]/batch``, many REST requests in one."""
