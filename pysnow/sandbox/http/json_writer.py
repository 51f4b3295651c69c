"""JSON as an instance writes it: no whitespace, raw UTF-8, escapes for control characters only."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence

from pysnow.sandbox.http.answer import Members
from pysnow.sandbox.http.errors import internal_error

logger = logging.getLogger(__name__)

_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def json_text(value: object) -> str:
    """Write one value as JSON text."""
    return _encoder.encode(value)


def iter_json_list(batches: Iterable[Sequence[Members]], beside: Members | None = None) -> Iterator[bytes]:
    """Write ``{"result":[...]}`` from batches of records, one chunk of bytes a batch, and further members behind it.

    When a batch fails, status and headers are gone already. The body then ends as that of an instance which stops in
    mid-list does: the rows so far, then the error members (KB1297438).
    """
    lead = '{"result":['
    tail = "]" + ("," + _encoder.encode(beside)[1:] if beside else "}")
    try:
        for batch in batches:
            if batch:
                yield (lead + _encoder.encode(batch)[1:-1]).encode()
                lead = ","
    except Exception:  # the last line of defence below the application: an answer must end, whatever a row does
        logger.exception("A list broke off")
        tail = "]," + _encoder.encode(internal_error().members)[1:]
    yield (tail if lead == "," else lead + tail).encode()
