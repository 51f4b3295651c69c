"""How long the addresses may be that an instance takes, as far as it has shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import requests

__all__ = ["LONGEST_ADDRESS", "AddressLimit", "is_too_long"]

LONGEST_ADDRESS: Final = 8_000
"""Most characters of path and query that are sent as they are, until an instance has shown a limit of its own: 8,000
were recorded to reach the application of live instances and 23,000 not to, servers are commonly set to 8 KB for the
first line, and RFC 9110 (section 4.1) asks them for 8,000 octets at least."""

SHORTEST_REFUSED: Final = 1_000
"""Characters of an address up to which a refusal is not about its length: no server is known that takes fewer."""

_STATUSES: Final = frozenset({414, 431})
_STATUSES_OF_PAGES: Final = frozenset({400, 413})


class AddressLimit:
    """What an instance has shown of the addresses it takes. Threads share it.

    It is two facts, either of which a thread may set anew at any time: what gets lost then is shown once more.

    Attributes:
        is_batch_closed: Whether the instance refused the last batch that a request was to travel in.
    """

    def __init__(self) -> None:
        self.is_batch_closed = False
        self._refused = math.inf

    @property
    def longest(self) -> float:
        """Characters of path and query up to which a request is sent as it is."""
        shown = self._refused - 1
        return shown if self.is_batch_closed else min(LONGEST_ADDRESS, shown)

    def refuse(self, length: int) -> None:
        """Take note that an address was refused as too long.

        Args:
            length: Characters of its path and query.
        """
        self._refused = min(self._refused, length)


def is_too_long(response: requests.Response, length: int) -> bool:
    """Whether an answer says that the address was too long.

    Servers say so with 414 or 431, and some with a page for people under 400 or 413; the platform itself answers with
    an error object under those.

    Args:
        response: The answer.
        length: Characters of path and query.
    """
    if length <= SHORTEST_REFUSED:
        return False
    status, kind = response.status_code, response.headers.get("Content-Type", "")
    return status in _STATUSES or (status in _STATUSES_OF_PAGES and "html" in kind.lower())
