"""Whether more records match than one answer holds, and the warning about it."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

from pysnow.caller import callers_level
from pysnow.exceptions import IncompleteResultWarning
from pysnow.wire.body import request_line

if TYPE_CHECKING:
    import requests

    from pysnow.reading.completeness import AskedPage

__all__ = ["Truncation", "total_of"]

_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)


class Truncation:
    """What was asked for beside what came.

    Args:
        asked: Which records of a list were asked for; None where the call does not tell.
    """

    def __init__(self, asked: AskedPage | None) -> None:
        self._asked = asked
        self._warns = asked is not None and asked.warns

    def is_truncated(self, response: requests.Response, received: int) -> bool | None:
        """Whether more records match behind those of an answer; None when the instance does not tell.

        Args:
            response: The answer.
            received: Records that came.
        """
        if self._asked is None or not 200 <= response.status_code < 300:
            return None
        return self._asked.is_truncated(total_of(response), received, _links(response))

    def warn(self, response: requests.Response, received: int) -> None:
        """Warn once if there are more, and that is a surprise.

        Args:
            response: The answer, read to its end.
            received: Records that came.
        """
        if self._asked is None or not self._warns or not self.is_truncated(response, received):
            return
        self._warns = False
        if self._asked.is_worth_a_warning(_links(response)):
            total = total_of(response)
            matching = "more records match" if total is None else f"{total} records match"
            warnings.warn(
                f"{request_line(response)}: {matching}, but this answer ends after {received}. Ask for the others"
                " with limit= and offset=, or use iterate(). Client(warn_truncated=False) says no more about it",
                IncompleteResultWarning,
                stacklevel=callers_level(),
            )


def total_of(response: requests.Response) -> int | None:
    """Records that match on the instance (``X-Total-Count``), or None when it does not say.

    Args:
        response: Answer to a list.
    """
    text = response.headers.get("X-Total-Count", "").strip()
    return int(text) if _COUNT.fullmatch(text) else None


def _links(response: requests.Response) -> str:
    return response.headers.get("Link", "")
