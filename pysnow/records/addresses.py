"""Addresses that people pass around: of a form, of a list, of a record in the API; written, and read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from pysnow.exceptions import InvalidUsage

__all__ = ["Place", "form_url", "is_of", "list_url", "place_at", "place_in_api"]

_PAGE: Final = re.compile(r"/?([A-Za-z0-9_]+?)(_list)?\.do", re.ASCII)
_API: Final = re.compile(r"/api/now(?:/v\d+)?/table/([A-Za-z0-9_]+)(?:/([A-Za-z0-9_-]{1,64}))?/?", re.ASCII)
_WORKSPACE: Final = re.compile(r"/now/.*?/record/([A-Za-z0-9_]+)/([0-9a-fA-F]{32})(?:/.*)?", re.ASCII)
_SYS_ID: Final = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
_PORTS: Final = {"http": 80, "https": 443}
_FRAMES: Final = ("/nav_to.do", "/navpage.do")
_NEXT_FRAME: Final = "/now/nav/ui/classic/params/target/"


@dataclass(frozen=True, slots=True)
class Place:
    """What an address points to.

    Attributes:
        table: The table.
        sys_id: The record, or None where the address names it by a query.
        query: Encoded query, where there is no sys_id.
    """

    table: str
    sys_id: str | None = None
    query: str = ""


def form_url(base_url: str, table: str, sys_id: str) -> str:
    """Give the address of a record's form.

    Args:
        base_url: Address of the instance.
        table: The table.
        sys_id: The record.
    """
    return _framed(base_url, f"{table}.do?sys_id={quote(sys_id, safe='')}")


def list_url(base_url: str, table: str, query: str) -> str:
    """Give the address of a list, its query written so that ``^``, ``&`` and ``%`` in it stay what they are.

    Args:
        base_url: Address of the instance.
        table: The table.
        query: Encoded query; empty for the whole table.
    """
    return _framed(base_url, f"{table}_list.do" + (f"?sysparm_query={quote(query, safe='')}" if query else ""))


def place_at(base_url: str, address: str) -> Place:
    """Read an address of this instance: of a form, a list, a workspace's or a portal's record, or of the Table API.

    Nothing is fetched.

    Args:
        base_url: Address of the instance.
        address: The address, whole or from the path on.

    Raises:
        InvalidUsage: It belongs to another instance, or points to no record.
    """
    try:
        parts = urlsplit(address.strip())
        is_ours = not (parts.scheme or parts.netloc) or _origin(parts) == _origin(urlsplit(base_url))
    except ValueError as error:
        raise InvalidUsage(f"{_short(address)} is no address: {error}") from error
    if not is_ours:
        raise InvalidUsage(f"{_short(address)} is of another instance than {base_url}: nothing was asked")
    place = _read(parts.path, parts.query, depth=0)
    if place is None:
        raise InvalidUsage(f"{_short(address)} points to no record: paste the address of its form, or of the Table API")
    return place


def is_of(base_url: str, address: str) -> bool:
    """Tell whether an address is one of an instance, compared part by part.

    Args:
        base_url: Address of the instance.
        address: A whole address.
    """
    try:
        return _origin(urlsplit(address)) == _origin(urlsplit(base_url))
    except ValueError:
        return False


def place_in_api(address: str) -> Place | None:
    """Give the record that an address of the Table API names, of whatever instance; None for other addresses.

    Args:
        address: A whole address, such as the link of a reference.
    """
    try:
        found = _API.fullmatch(urlsplit(address).path)
    except ValueError:
        return None
    return _place(found[1], found[2], None) if found else None


def _framed(base_url: str, page: str) -> str:
    return f"{base_url}/nav_to.do?uri={quote(page, safe='')}"


def _origin(parts: SplitResult) -> tuple[str, str, int | None, bool]:
    # Part by part: of "https://dev1.service-now.com@evil.example/" the beginning would match.
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme, host, parts.port or _PORTS.get(parts.scheme), parts.username is not None


def _read(path: str, query: str, depth: int) -> Place | None:
    options = {name: values[-1] for name, values in parse_qs(query).items()}
    inner = _inside(path, query, options)
    if inner is not None:
        inner_path, _, inner_query = inner.partition("?")
        return _read(f"/{inner_path.lstrip('/')}", inner_query, depth + 1) if depth < 2 else None
    if (api := _API.fullmatch(path)) is not None:
        return _place(api[1], api[2], options.get("sysparm_query"))
    if (workspace := _WORKSPACE.fullmatch(path)) is not None:
        return Place(workspace[1], workspace[2])
    if (page := _PAGE.fullmatch(path)) is not None:
        return _place(page[1], options.get("sys_id"), options.get("sysparm_query"))
    return _place(options.get("table", ""), options.get("sys_id"), None)  # a portal: /sp?id=ticket&table=..&sys_id=..


def _inside(path: str, query: str, options: dict[str, str]) -> str | None:
    """The address within a frame, or None."""
    if path in _FRAMES:
        return options.get("uri", "")
    return unquote(path.removeprefix(_NEXT_FRAME)) if path.startswith(_NEXT_FRAME) else None


def _place(table: str, sys_id: str | None, query: str | None) -> Place | None:
    if not re.fullmatch(r"[A-Za-z0-9_]+", table, re.ASCII):
        return None
    if sys_id and _SYS_ID.fullmatch(sys_id):
        return Place(table, sys_id)
    return Place(table, query=query) if query else None


def _short(address: str) -> str:
    """An address for a message, without what may be a password in it."""
    shown = re.sub(r"//[^/@]*@", "//", address)
    return repr(shown if len(shown) <= 80 else f"{shown[:77]}...")
