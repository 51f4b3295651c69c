"""JSON bodies, a batch of records at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from pysnow.sandbox.http.answer import Members
from pysnow.sandbox.http.errors import internal_error
from pysnow.sandbox.json_text import json_text

logger = logging.getLogger(__name__)


def json_object(record: bytes, beside: Members | None = None) -> bytes:
    """Write ``{"result":{...}}`` from a record that is JSON text, and further members behind it."""
    return b'{"result":%b%b}' % (record, _further(beside))


def iter_json_list(batches: Iterable[Sequence[bytes]], beside: Members | None = None) -> Iterator[bytes]:
    """Write ``{"result":[...]}`` from batches of records that are JSON text, one chunk of bytes a batch.

    When a batch fails, status and headers are gone already. The body then ends as that of an instance which stops in
    mid-list does: the rows so far, then the error members (KB1297438).

    Args:
        batches: The records.
        beside: Further members, written behind them.
    """
    lead = b'{"result":['
    tail = b"]%b}" % _further(beside)
    try:
        for batch in batches:
            if batch:
                first, *others = batch
                # A chunk is large: to put something before it afterwards would copy it.
                yield b",".join((lead + first, *others))
                lead = b","
    except Exception:  # the last line of defence below the application: an answer must end, whatever a row does
        logger.exception("A list broke off")
        tail = b"]%b}" % _further(internal_error().members)
    yield tail if lead == b"," else lead + tail


def _further(members: Members | None) -> bytes:
    return f",{json_text(members)[1:-1]}".encode() if members else b""
