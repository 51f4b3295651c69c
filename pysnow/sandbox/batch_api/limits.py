"""How much one batch may ask for (Batch API documentation)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pysnow.sandbox.http.exchange import MEGABYTE, Exchange

DURATION = timedelta(seconds=30)
"""Quota of the whole batch."""

INPUT_PROPERTY = "glide.rest.batch.max.inputSize"
OUTPUT_PROPERTY = "glide.rest.batch.max.outputSize"
OUTPUT_HEADER = "X-BATCHREQUEST-MAX-OUTPUT-SIZE"

_DEFAULT_INPUT_MB = 5
_MOST_INPUT_MB = 10
_DEFAULT_OUTPUT_MB = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one batch.

    Attributes:
        input_bytes: Most bytes of the body of each request, decoded.
        output_bytes: Most bytes of the body of each answer, before it is encoded.
    """

    input_bytes: int
    output_bytes: int

    @classmethod
    def of(cls, exchange: Exchange) -> Limits:
        """Read the limits of a request: the instance's properties, and the header that lowers the second."""
        output_bytes = _megabytes(exchange, OUTPUT_PROPERTY, _DEFAULT_OUTPUT_MB) * MEGABYTE
        asked = _count(exchange.request.headers.get(OUTPUT_HEADER, ""))
        return cls(
            input_bytes=min(_megabytes(exchange, INPUT_PROPERTY, _DEFAULT_INPUT_MB), _MOST_INPUT_MB) * MEGABYTE,
            output_bytes=min(asked, output_bytes) if asked else output_bytes,
        )


def _megabytes(exchange: Exchange, name: str, default: int) -> int:
    return _count(exchange.instance.properties.get(name, "")) or default


def _count(text: str) -> int | None:
    """Read a number above 0; None for any other text, which counts as not given (our default)."""
    text = text.strip()
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 10 else None
