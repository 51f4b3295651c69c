"""Whether an answer holds all records that match: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pysnow.defaults import LIMIT_RECORDS

__all__ = ["AskedPage", "next_offset"]

# Entries of a Link header.
_LINK = re.compile(r"""<([^<>]{0,65536})>\s*;\s*rel="?next"?""")
_OTHERS = re.compile(r"""[;\s]rel="?(?:first|prev|last)\b""")
_OFFSET = re.compile(r"(?:^|&)sysparm_offset=([0-9]{1,12})(?:&|$)")
_NUMBER = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AskedPage:
    """Which records of a list were asked for.

    Attributes:
        limit: Most records (``sysparm_limit``).
        offset: Records to skip (``sysparm_offset``).
        warns: Whether to warn when more records match, and that is a surprise.
    """

    limit: int
    offset: int
    warns: bool = True

    @classmethod
    def of(cls, params: Mapping[str, str], *, warns: bool = True) -> Self | None:
        """Read it off the parameters of a call; None where they do not tell.

        Args:
            params: Parameters as they are sent.
            warns: Whether to warn.
        """
        limit, offset = params.get("sysparm_limit", ""), params.get("sysparm_offset", "0")
        if not _NUMBER.fullmatch(limit) or not _NUMBER.fullmatch(offset):
            return None
        return cls(int(limit), int(offset), warns)

    def is_truncated(self, total: int | None, received: int, links: str) -> bool | None:
        """Whether more records match behind those that came; None when that cannot be told.

        Rows that access rules hide count in the total (KB3047115), so that a short answer may be all there is, or cut
        by an instance that caps the limit. The latter names a next page within what was asked for; one that names
        other pages alone has no more; of one that names none, nothing is known.

        Args:
            total: Records that match, hidden ones included (``X-Total-Count``).
            received: Records that came.
            links: The ``Link`` header; only the names and the number in it are looked at.
        """
        if received > self.limit:
            return None  # this API does not know the limit
        following = next_offset(links)
        if following is not None:
            return total is None or following < total
        if total is None:
            return None
        if self.offset + self.limit < total:
            return True
        return False if self.offset + received >= total or _OTHERS.search(links) else None

    def is_worth_a_warning(self, links: str) -> bool:
        """Whether it is a surprise that there are more: nobody chose the limit, or the instance cut it.

        Args:
            links: The ``Link`` header.
        """
        following = next_offset(links)
        return self.limit == LIMIT_RECORDS or (following is not None and following - self.offset < self.limit)


def next_offset(links: str, path: str | None = None) -> int | None:
    """Give the offset of the next page that a ``Link`` header names; None when it names none.

    Args:
        links: The header. The URL in it is only looked at, never fetched.
        path: Path that the next page must have; any path when not given.
    """
    found = _LINK.search(links)
    if found is None:
        return None
    try:
        target = urlsplit(found[1])
    except ValueError:
        return None
    offset = _OFFSET.search(target.query) if path is None or target.path == path else None
    return int(offset[1]) if offset else None
