"""Addresses of the pages. What a page shows is all in its address, so that it can be kept and passed on.

Parameters have the names of the REST API: behind the ``?`` of a list stands what a call would send.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

HOME = "/"
STYLE = "/sandbox/style.css"
ICON = "/sandbox/icon.svg"
REQUESTS = "/sandbox/requests"
FAULTS = "/sandbox/faults"
ADD_FAULT = "/sandbox/actions/add-fault"
REMOVE_FAULT = "/sandbox/actions/remove-fault"
CLEAR_FAULTS = "/sandbox/actions/clear-faults"
CLEAR_REQUESTS = "/sandbox/actions/clear-requests"


def with_parameters(path: str, **parameters: str | int) -> str:
    """Build the address of a path with parameters; those that are empty or 0 are left out."""
    given = {name: value for name, value in parameters.items() if value}
    # These characters mean nothing special there, and an encoded query is easier to read with them.
    return f"{path}?{urlencode(given, safe='^=,:@/', quote_via=quote, errors='replace')}" if given else path


def table_address(table: str, *, query: str = "", fields: Sequence[str] = (), limit: int = 0, offset: int = 0) -> str:
    """Build the address of a list.

    Args:
        table: Table name.
        query: Encoded query.
        fields: Columns to show; none for the usual ones.
        limit: Rows of a page; 0 for the usual number.
        offset: Matching rows to skip first.
    """
    return with_parameters(
        f"/sandbox/tables/{_segment(table)}",
        sysparm_query=query,
        sysparm_fields=",".join(fields),
        sysparm_limit=limit,
        sysparm_offset=offset,
    )


def record_address(table: str, sys_id: str) -> str:
    """Build the address of a record."""
    return f"/sandbox/records/{_segment(table)}/{_segment(sys_id)}"


def attachment_address(sys_id: str) -> str:
    """Build the address of the content of an attachment."""
    return f"/sandbox/attachments/{_segment(sys_id)}"


def _segment(text: str) -> str:
    return quote(text, safe="", errors="replace")
