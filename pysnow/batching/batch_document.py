"""What a batch and its answer look like on the wire (Batch API documentation): pure.

The answer is always 200, and says of each request by its ``id`` that it was serviced, with which status, or that it was
not. It is taken at its word only where it speaks of each request once: what is named twice in different ways, or not at
all, may or may not have been carried out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pysnow.batching.part import PartAnswer
from pysnow.wire.batch_item import read_item

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.batching.part import Part

__all__ = ["BatchAnswer", "batch_document", "read_batch_answer"]


@dataclass(slots=True)
class BatchAnswer:
    """What a batch was answered with, by the place of each request.

    Attributes:
        serviced: Answers to those that were carried out.
        unserviced: Those that certainly were not.
    """

    serviced: dict[int, PartAnswer] = field(default_factory=dict)
    unserviced: set[int] = field(default_factory=set)


def batch_document(name: str, parts: Sequence[Part]) -> dict[str, Any]:
    """The document of a batch.

    Args:
        name: The caller's name for it (``batch_request_id``).
        parts: Its requests; the places are their names.
    """
    requests = [{"id": str(place), **part.members} for place, part in enumerate(parts)]
    return {"batch_request_id": name, "rest_requests": requests}


def read_batch_answer(name: str, document: JSON, count: int) -> BatchAnswer | None:
    """Read the answer to a batch.

    Args:
        name: The caller's name for the batch.
        document: The answer.
        count: Requests of the batch.

    Returns:
        What it says; None when it is no answer to this batch.
    """
    if not isinstance(document, Mapping) or str(document.get("batch_request_id", name)) != name:
        return None
    serviced, unserviced = document.get("serviced_requests"), document.get("unserviced_requests", [])
    if not isinstance(serviced, list) or not isinstance(unserviced, list):
        return None
    places = {str(place): place for place in range(count)}
    answer = BatchAnswer()
    _read_serviced(answer, serviced, places)
    left = {places[str(each)] for each in unserviced if str(each) in places}
    # What is said to have been done and not to have been done is settled by neither.
    contradicted = left & answer.serviced.keys()
    answer.unserviced = left - contradicted
    for place in contradicted:
        del answer.serviced[place]
    return answer


def _read_serviced(answer: BatchAnswer, items: Sequence[JSON], places: Mapping[str, int]) -> None:
    contradicted: set[int] = set()
    for item in items:
        if not isinstance(item, Mapping) or (place := places.get(str(item.get("id")))) is None:
            continue
        read = read_item(item)
        found = None if read is None else PartAnswer(*read)
        if found is None or answer.serviced.setdefault(place, found) != found:
            contradicted.add(place)
    for place in contradicted:
        answer.serviced.pop(place, None)
