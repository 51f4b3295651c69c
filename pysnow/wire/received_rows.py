"""Telling whoever counts how many records an answer held; they are known as they are parsed, long after it came.

Counting is done by the batch: a Python function for each record would cost more than decoding it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import requests

__all__ = ["attach_counter", "counted"]

_Row = TypeVar("_Row")

_NAME = "__pysnow_rows__"  # what stands in for an answer may refuse other names


def attach_counter(response: requests.Response, count: Callable[[int], object]) -> None:
    """Have the records of an answer counted as they are parsed.

    Args:
        response: The answer.
        count: Is told how many have come since it was told last.
    """
    setattr(response, _NAME, count)


def counted(
    response: requests.Response, batches: Generator[list[_Row], None, None]
) -> Generator[list[_Row], None, None]:
    """Give the batches of an answer, and count what is in them if somebody wants to know.

    Args:
        response: The answer.
        batches: Its records.
    """
    count: Callable[[int], object] | None = getattr(response, _NAME, None)
    return batches if count is None else _counted(batches, count)


def _counted(
    batches: Generator[list[_Row], None, None], count: Callable[[int], object]
) -> Generator[list[_Row], None, None]:
    with closing(batches):
        for batch in batches:
            count(len(batch))
            yield batch
