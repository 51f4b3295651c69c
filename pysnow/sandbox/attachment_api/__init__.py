"""Attachment API: ``/api/now[/v1]/attachment``."""
