"""Batch answers that do not add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pysnow.sandbox.faults.kinds.shapes import Reshaped
from pysnow.sandbox.faults.reply import JsonReply, Reply

_BATCHES = frozenset({"batch"})
_SERVICED = "serviced_requests"


@dataclass(frozen=True)
class BatchUnserviced(Reshaped):
    """List the last ``requests`` of a batch as not serviced, although they were."""

    OPERATIONS: ClassVar[frozenset[str]] = _BATCHES

    requests: int = 1

    def reshape(self, read: JsonReply) -> Reply:
        """Give the other answer."""
        serviced = _serviced(read)
        kept = serviced[: max(len(serviced) - self.requests, 0)]
        lost = [item.get("id") for item in serviced[len(kept) :]]
        return read.with_document(read.document | {_SERVICED: kept, "unserviced_requests": lost})


class BatchUnknownId(Reshaped):
    """Answer the first request of a batch under an id that nobody sent."""

    OPERATIONS: ClassVar[frozenset[str]] = _BATCHES

    def reshape(self, read: JsonReply) -> Reply:
        """Give the other answer."""
        serviced = _serviced(read)
        return read.with_document(read.document | {_SERVICED: [serviced[0] | {"id": "unknown"}, *serviced[1:]]})


class BatchRepeatedId(Reshaped):
    """Answer the first request of a batch twice."""

    OPERATIONS: ClassVar[frozenset[str]] = _BATCHES

    def reshape(self, read: JsonReply) -> Reply:
        """Give the other answer."""
        serviced = _serviced(read)
        return read.with_document(read.document | {_SERVICED: [*serviced[:1], *serviced]})


def _serviced(read: JsonReply) -> list[dict[str, object]]:
    serviced = read.document.get(_SERVICED)
    return [item for item in serviced if isinstance(item, dict)] if isinstance(serviced, list) else []
