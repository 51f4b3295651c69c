"""Bytes to records: one engine for streamed and for buffered answers; how it reads JSON is told in ``json_source``.

Records are handed out as soon as they are complete. The document is always read to its end, because an instance that
runs out of time sends records and then, still with status 200, an error; the JSON around it may be broken (KB1297438).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import MalformedResponse, TruncatedResponse
from pysnow.reading.json_scanner import ENVELOPE, Damage, shared_scanner
from pysnow.reading.json_source import JSONSource

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["RecordStream", "parse_document"]

_SHORT_BYTES: Final = 65_536
_BEGINNING: Final = b'{"result":'
_UNEXPLAINED: Final = "The instance says that the call failed, and not why (status: failure)"


class RecordStream:
    """Records of one answer, read from the pieces of its body. Iterate over it once; memory holds some 64 KiB.

    Args:
        chunks: Pieces of the body, inflated, cut anywhere. A tuple of one is known to be all, and read in one go where
            it is short.
        where: What the answer is an answer to, for messages.
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.
        decoder: What decodes whole batches: ``msgspec``, ``orjson`` or ``json``; None takes the first of them that is
            installed. The records are the same with each.

    Raises:
        InvalidUsage: The decoder is none of these, or not installed.

    Attributes:
        error: The error of the document, an object or a text, or None. Known after the last record; where an instance
            broke off within the list, it is searched for in the ruins. A document that says ``"status":"failure"`` and
            no more has an error all the same.
        has_result: Whether there was a ``result`` that holds records: a list, or one object.
        found: What the document was otherwise, in words.
        received: Records handed out.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        where: str = "the request",
        decimals: bool = False,
        decoder: str | None = None,
    ) -> None:
        self._source = JSONSource(chunks, decimals=decimals, decoder=decoder)
        self._scanner = shared_scanner(decimals)
        self._whole = chunks[0] if isinstance(chunks, tuple) and len(chunks) == 1 else b""
        self._where = where
        self.error: JSON = None
        self.has_result = False
        self.found = "an object without a result"
        self.received = 0
        self._failure: JSON = None

    def __iter__(self) -> Iterator[JSON]:
        """Yield each record as soon as it is complete, then read on to the end of the document.

        Raises:
            TruncatedResponse: The document ends early, and holds no error that would tell why.
            MalformedResponse: The document is not JSON as described above.
            TransportError: The pieces stopped coming; all whole records that had come were yielded.
        """
        return chain.from_iterable(self.batches())

    def batches(self) -> Iterator[list[JSON]]:
        """Yield the records in the groups in which they become complete; for whoever keeps them, the quickest way.

        Raises:
            TruncatedResponse: As above, and so are the others.
            MalformedResponse: As above.
            TransportError: As above.
        """
        try:
            for batch in self._document():
                self.received += len(batch)
                yield batch
        except Damage as damage:
            if self.error is None:
                self.error = self._source.find_late_error()
            self.error = self.error or self._failure
            if self.error is None:
                raise self._source.failure or self._described(damage) from None
        else:
            self.error = self.error or self._failure
            if self._source.failure is not None and self.error is None:
                raise self._source.failure

    def _document(self) -> Iterator[list[JSON]]:
        result = self._lone_result()
        if result is not None:
            self.has_result = True
            if result:
                yield result
            return
        source = self._source
        source.start()
        if source.peek() == b"{":
            yield from self._members()
        else:
            self.found = _kind(source.root())
        source.finish()

    def _lone_result(self) -> list[JSON] | None:
        """The records of a short document that has nothing but a result; None where it has to be read member by member.

        That it has no second one, which a decoder would hide, its bytes tell.
        """
        whole = self._whole
        if len(whole) > _SHORT_BYTES or not whole.startswith(_BEGINNING) or whole.count(b'"result"') > 1:
            return None
        document = self._scanner.document(whole) if b"\\u" not in whole else None
        if document is None or len(document) > 1:
            return None
        result = document["result"]
        return [result] if isinstance(result, dict) else result if isinstance(result, list) else None

    def _members(self) -> Iterator[list[JSON]]:
        source = self._source
        source.take(b"{")
        if source.peek() == b"}":
            source.take(b"}")
            return
        while True:
            name = source.name()
            if name == "result":
                yield from self._result()
            else:
                value = source.value(ENVELOPE)
                if name == "error" and value:
                    self.error = value
                elif name == "status" and value == "failure":  # as every error of the REST API has it
                    self._failure = _UNEXPLAINED
            if source.take(b",", b"}") == b"}":
                return

    def _result(self) -> Iterator[list[JSON]]:
        if self.has_result:  # records of the first one may be in the caller's hands, so the last cannot win
            raise Damage("a second result")
        source = self._source
        if source.peek() == b"[":
            self.has_result = True
            yield from source.elements()
            return
        value = source.value(ENVELOPE)
        self.has_result = isinstance(value, dict)
        if self.has_result:
            yield [value]
        else:
            self.found = f"a result that is {_kind(value)}"

    def _described(self, damage: Damage) -> MalformedResponse:
        error = _malformed(damage, self._where)
        error.received = self.received
        return error


def parse_document(data: bytes, *, where: str = "the request", decimals: bool = False) -> JSON:
    """Read a whole JSON document, whatever it holds, under the same rules as a stream of records.

    Args:
        data: The document.
        where: What it is an answer to, for messages.
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.

    Raises:
        TruncatedResponse: The document ends early.
        MalformedResponse: It is not JSON as described above.
    """
    source = JSONSource((data,), decimals=decimals, decoder="json")  # nothing in it is decoded in batches
    try:
        source.start()
        value = source.root()
        source.finish()
    except Damage as damage:
        raise _malformed(damage, where) from None
    return value


def _malformed(damage: Damage, where: str) -> MalformedResponse:
    if damage.is_cut:
        return TruncatedResponse(f"The answer to {where} ends early: {damage}")
    return MalformedResponse(f"The answer to {where} is not the JSON it should be: {damage}")


def _kind(value: JSON) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
