"""One answer to records, in batches; what else it may be is an error."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from pysnow.exceptions import PysnowException
from pysnow.reading.record_stream import RecordStream
from pysnow.wire import diagnosis
from pysnow.wire.answer_check import check_start, check_status, read_head
from pysnow.wire.body import iter_body, kept_bytes, request_line

if TYPE_CHECKING:
    import requests

    from pysnow._types import Record

__all__ = ["described", "judged_batches", "method_of"]

_Error = TypeVar("_Error", bound=PysnowException)


def judged_batches(
    response: requests.Response, *, table: str | None, chunk_size: int, decimals: bool = False
) -> Generator[list[Record], None, None]:
    """Give the records of an answer in the groups in which they become complete, then what is wrong with it.

    Args:
        response: The answer, its body on the wire or read.
        table: Table concerned.
        chunk_size: Bytes of the first piece at most.
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.

    Raises:
        HTTPStatusError: The status is outside 2xx.
        UnexpectedResponse: It is a success without the records that were asked for; which subclass, tells the reason.
        TransportError: The connection broke.
    """
    check_status(response, table=table)
    status, method = response.status_code, method_of(response)
    if status == 204 and method == "DELETE":
        response.close()
        yield [{"status": "record deleted"}]
    elif status == 202 and method == "GET":
        response.close()
        raise diagnosis.diagnose_nothing(response, table=table)
    else:
        with closing(iter_body(response, chunk_size)) as pieces:
            try:
                head = read_head(pieces)
                check_start(response, head, table=table)
                body = (head,) if len(head) == kept_bytes(response) else chain((head,), pieces)
                yield from _parsed(response, body, table, decimals)
            except PysnowException as exc:
                described(exc, response, table)
                raise


def described(error: _Error, response: requests.Response, table: str | None) -> _Error:
    """Add to an error what is known about the call; returns the error itself.

    Args:
        error: The error.
        response: The answer that it is about.
        table: Table concerned.
    """
    return error.describe(**diagnosis.context_of(response, table))


def method_of(response: requests.Response) -> str:
    """Method of the request behind an answer; a stand-in of a test may have no request."""
    return getattr(response.request, "method", None) or "GET"


def _parsed(
    response: requests.Response, body: Iterable[bytes], table: str | None, decimals: bool
) -> Iterator[list[Record]]:
    stream = RecordStream(body, where=request_line(response), decimals=decimals)
    yield from stream.batches()
    error = diagnosis.diagnose_envelope(
        response,
        error=stream.error,
        has_result=stream.has_result,
        found=stream.found,
        received=stream.received,
        table=table,
    )
    if error is not None:
        raise error
