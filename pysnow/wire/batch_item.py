"""What a batch was answered with about one of its requests (Batch API documentation): pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["Item", "read_item"]

_STATUS: Final = re.compile(r"[1-5][0-9]{2}", re.ASCII)


class Item(NamedTuple):
    """The answer to one request of a batch.

    Attributes:
        status: HTTP status.
        headers: Its own headers.
        body: Its body, which may have been cut at the limit of the instance.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def read_item(member: Mapping[str, JSON]) -> Item | None:
    """Read a member of ``serviced_requests``; None when it makes no sense.

    Args:
        member: The member.
    """
    status, body = str(member.get("status_code")), member.get("body") or ""
    if not _STATUS.fullmatch(status) or not isinstance(body, str):
        return None
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Item(int(status), _headers(member.get("headers")), content)


def _headers(listed: JSON) -> dict[str, str]:
    if not isinstance(listed, list):
        return {}
    return {str(each.get("name")): str(each.get("value")) for each in listed if isinstance(each, Mapping)}
