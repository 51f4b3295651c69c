"""Addresses of the platform's own UI, as people copy them from a browser, and the pages that show the same.

Forms are ``/<table>.do?sys_id=...``, lists ``/<table>_list.do?sysparm_query=...``; a frame around them hides the
address in ``/nav_to.do?uri=...`` or in ``/now/nav/ui/classic/params/target/...`` ("Navigate to a record or list by
URL", product documentation). Processors such as ``/incident.do?CSV`` look alike and are something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

_PAGE = re.compile(r"/?([a-zA-Z]\w*?)(_list)?\.do", re.ASCII)
_FRAME = "/nav_to.do"
_CLASSIC = "/now/nav/ui/classic/params/target/"
_URI = "uri="
_MOST_FRAMES = 3


@dataclass(frozen=True, slots=True)
class UiLink:
    """What an address of the UI shows.

    Attributes:
        table: Table name.
        sys_id: Record of a form; empty for none in particular.
        query: Encoded query.
        is_list: Whether it shows a list.
    """

    table: str
    sys_id: str
    query: str
    is_list: bool


def read_ui_link(path: str, query_string: str, frames: int = _MOST_FRAMES) -> UiLink | None:
    """Read an address of the UI; None for any other.

    Args:
        path: Decoded path.
        query_string: Parameters, escaped.
        frames: Frames that may still be around the page.
    """
    framed = _framed(path, query_string)
    if framed is not None:
        return read_ui_link(*framed, frames - 1) if frames else None
    page = _PAGE.fullmatch(path)
    parameters = dict(reversed(parse_qsl(query_string, keep_blank_values=True)))
    # Forms and lists take sys_id and sysparm_...; any other name calls a processor.
    if page is None or not all(name.startswith("sys") for name in parameters):
        return None
    query = parameters.get("sysparm_query", "")
    return UiLink(page[1], parameters.get("sys_id", ""), query, is_list=page[2] is not None)


def _framed(path: str, query_string: str) -> tuple[str, str] | None:
    """Give path and parameters of the page within a frame."""
    if path.startswith(_CLASSIC):
        inner, mark, rest = path.removeprefix(_CLASSIC).partition("?")
        return _absolute(inner), rest if mark else query_string
    if path != _FRAME or not query_string.startswith(_URI):
        return None
    # People leave the inner address unescaped: its parameters then follow as if they were those of the frame.
    escaped, _, rest = query_string.removeprefix(_URI).partition("&")
    inner, mark, parameters = escaped.partition("?")
    if not mark:
        pairs = parse_qsl(f"{_URI}{escaped}", keep_blank_values=True)
        inner, _, parameters = (pairs[0][1] if pairs else "").partition("?")
    return _absolute(inner), "&".join(filter(None, (parameters, rest)))


def _absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
