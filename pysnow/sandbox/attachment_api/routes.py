"""Paths of the Attachment API."""

from __future__ import annotations

from pysnow.sandbox.attachment_api import handlers, uploads
from pysnow.sandbox.http.routing import Route, versioned
from pysnow.sandbox.http.tiny_urls import expanding

_VERSIONS = ("v1",)
_ONE = "/attachment/<sys_id>"


def attachment_routes() -> list[Route]:
    """Build the routes of the Attachment API."""
    return [
        *versioned("GET", "/attachment", expanding(handlers.list_attachments), versions=_VERSIONS),
        *versioned("GET", _ONE, handlers.read_attachment, versions=_VERSIONS),
        *versioned("PATCH", _ONE, handlers.rename_attachment, versions=_VERSIONS),
        *versioned("DELETE", _ONE, handlers.delete_attachment, versions=_VERSIONS),
        *versioned("GET", f"{_ONE}/file", handlers.download, versions=_VERSIONS, negotiates=False),
        *versioned("POST", "/attachment/file", uploads.upload_binary, versions=_VERSIONS),
        *versioned("POST", "/attachment/upload", uploads.upload_form, versions=_VERSIONS),
    ]
