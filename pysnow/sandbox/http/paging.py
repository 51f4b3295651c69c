"""Headers of a list: ``X-Total-Count`` and ``Link``, letter by letter as recorded in 2026."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the matching rows a list shows.

    Attributes:
        limit: ``sysparm_limit``.
        offset: ``sysparm_offset``.
        total: Rows that match, before ACLs, limit and offset; None with ``sysparm_no_count=true``.
        has_next: Whether rows follow those shown.
    """

    limit: int
    offset: int
    total: int | None
    has_next: bool

    def offsets(self) -> list[tuple[str, int]]:
        """Give relation and offset of each neighbour; none when one page holds everything."""
        if self.limit == 0 or (self.offset == 0 and not self.has_next):
            return []
        # On the first page recent instances send a "prev" of offset - limit, thus below zero (recorded 2026).
        found = [("first", 0), ("prev", self.offset - self.limit)]
        if self.has_next:
            found.append(("next", self.offset + self.limit))
        if self.total is not None:
            found.append(("last", max(self.total - 1, 0) // self.limit * self.limit))
        return found


def paging_headers(
    url: str, pairs: tuple[tuple[str, str], ...], window: Window, *, with_links: bool
) -> tuple[tuple[str, str], ...]:
    """Build the headers of a list.

    Args:
        url: URL of the list, without its query string.
        pairs: Parameters of the request; the links repeat them, offset aside.
        window: What the list shows.
        with_links: False with ``sysparm_suppress_pagination_header=true``, which leaves the count alone.
    """
    headers = []
    if with_links and (offsets := window.offsets()):
        headers.append(("Link", _link_header(url, pairs, offsets)))
    if window.total is not None:
        headers.append(("X-Total-Count", str(window.total)))
    return tuple(headers)


def _link_header(url: str, pairs: tuple[tuple[str, str], ...], offsets: list[tuple[str, int]]) -> str:
    kept = [f"{_quoted(name)}={_quoted(value)}&" for name, value in pairs if name != "sysparm_offset"]
    start = f"<{url}?{''.join(kept)}sysparm_offset="
    # Commas and semicolons without a space, as recorded: strict readers of RFC 8288 stumble over nothing else.
    return ",".join(f'{start}{offset}>;rel="{relation}"' for relation, offset in offsets)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
