"""JSON that arrives in pieces: one reading of it, for whatever reads what an instance sends.

Invariants:

* A batch of a list's elements is cut at the last ``},{"`` and decoded as a whole, which costs a fraction of what a walk
  does. A wrong cut cannot pass: the batch starts at a true border between elements, and JSON is read from left to right
  without choices, so the bracketed batch is valid if and only if it ends at such a border too. A cut inside a text
  leaves the text open, one inside a nested array leaves brackets open, one behind the array leaves data over.
* What is not proved that way is walked value by value, with the same scanner. The outcome tells neither which way an
  element went nor how the bytes were cut into pieces.
* An attempt that brought nothing is repeated when the undecoded bytes have doubled: the work stays linear.

What JSON may hold is told in ``json_scanner``; who decodes batches, in ``decoders``. A byte order mark is skipped.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pysnow.exceptions import PysnowException
from pysnow.reading.decoders import make_decode
from pysnow.reading.json_scanner import ENVELOPE, LIST, Damage, shared_scanner

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["JSONSource"]

_BORDER = b'},{"'
_BLANKS = b" \t\r\n"
_BLANK = re.compile(r"[ \t\r\n]*")
_TAIL_BYTES = 65_536
_QUOTED_BYTES = 60
_CANCELLED = re.compile(rb'"message"\s*:\s*"(Transaction cancelled[^"\\]{0,160})')


class JSONSource:
    """The document from the place on that has been read so far.

    Args:
        chunks: Pieces of the document.
        decoder: What decodes batches, one of ``DECODERS``; None takes the best that is installed.
        decimals: Whether numbers with a fraction or an exponent become ``Decimal`` instead of ``float``.

    Attributes:
        failure: Why no more pieces came, when that was not the end of the document.
    """

    def __init__(self, chunks: Iterable[bytes], *, decoder: str | None = None, decimals: bool = False) -> None:
        self._chunks = iter(chunks)
        self._scanner = shared_scanner(decimals)
        self._decode = make_decode(self._scanner, decoder=decoder)
        self._data = b""
        self._has_ended = False
        self.failure: PysnowException | None = None
        self._is_garbled = False

    def start(self) -> None:
        """Get hold of the beginning, without a byte order mark."""
        self._read_on(len(codecs.BOM_UTF8))
        self._data = self._data.removeprefix(codecs.BOM_UTF8)

    def root(self) -> JSON:
        """Read the whole document as one value."""
        beginning = self._data[:_QUOTED_BYTES]
        try:
            return self.value(0)
        except Damage as damage:
            if damage.is_cut:
                raise
            raise Damage(f"{damage}; it begins with {beginning.decode('utf-8', 'replace')!r}") from None

    def finish(self) -> None:
        """Read to the end, which must be blank."""
        if self.peek():
            raise Damage("text after the end of the document")

    def peek(self) -> bytes:
        """The next byte that is not blank; empty at the end."""
        while True:
            self._data = self._data.lstrip(_BLANKS)
            if self._data or self._has_ended:
                return self._data[:1]
            self._read_on(1)

    def take(self, *expected: bytes) -> bytes:
        """Read a punctuation mark that must be one of those expected."""
        mark = self.peek()
        if mark not in expected:
            raise Damage(f"{' or '.join(map(bytes.decode, expected))} is missing", is_cut=not mark)
        self._data = self._data[1:]
        return mark

    def name(self) -> JSON:
        """Read the name of a member, and the colon behind it."""
        if self.peek() != b'"':
            raise Damage("the name of a member is missing", is_cut=not self._data)
        name = self.value(ENVELOPE)
        self.take(b":")
        return name

    def value(self, depth: int) -> JSON:
        """Read one value.

        Args:
            depth: Levels around it.
        """
        while True:
            text, is_end = self._text()
            try:
                value, end = self._scanner.scan(text, _after_blanks(text, 0), depth, is_end=is_end)
            except Damage as damage:
                if is_end or not damage.is_cut:
                    raise self._at_end(damage) from None
                self._read_on(max(1, len(self._data)))
            else:
                self._consume(text, end)
                return value

    def elements(self) -> Iterator[list[JSON]]:
        """Read a list, in batches of whole elements."""
        self.take(b"[")
        if self.peek() == b"]":
            self.take(b"]")
            return
        while True:
            proven = self._cut_batch()
            batch, is_last, damage = (proven, False, None) if proven else self._walk()
            if batch:
                yield batch
            if damage is not None:
                raise damage
            if is_last:
                return
            self._read_on(1 if batch else max(1, len(self._data)))

    def find_late_error(self) -> JSON:
        """Search the ruins of a document for the error that an instance appends when it gives up."""
        tail = self._data[-_TAIL_BYTES:]
        while not self._has_ended:
            self._data = b""
            self._read_on(_TAIL_BYTES)
            tail = (tail + self._data)[-_TAIL_BYTES:]
        # Within a text, the quotes of "error" would be escaped.
        start = tail.rfind(b'"error":')
        if start >= 0:
            text = tail[start + len(b'"error":') :].decode("utf-8", "replace").lstrip()
            try:
                error, _ = self._scanner.scan(text, 0, ENVELOPE, is_end=True)
            except Damage:
                error = None
            if isinstance(error, dict) and error.get("message"):
                return error
        cancelled = _CANCELLED.search(tail)
        return {"message": cancelled[1].decode("utf-8", "replace")} if cancelled else None

    def _read_on(self, wanted: int) -> None:
        """Add at least so many bytes, if they come."""
        pieces = [self._data]
        try:
            while wanted > 0:
                piece = next(self._chunks, None)
                if piece is None:
                    self._has_ended = True
                    break
                pieces.append(piece)
                wanted -= len(piece)
        except PysnowException as exc:  # what came before is still worth reading
            self._has_ended = True
            self.failure = exc
        self._data = b"".join(pieces)

    def _cut_batch(self) -> list[JSON] | None:
        """The elements up to the last border, if what looks like one proves to be one."""
        cut = self._data.rfind(_BORDER) + 1
        if not cut:
            return None
        elements = self._decode(b"".join((b"[", memoryview(self._data)[:cut], b"]")))
        if elements is not None:
            self._data = self._data[cut + 1 :]
        return elements

    def _walk(self) -> tuple[list[JSON], bool, Damage | None]:
        """Whole elements one by one; whether the list ended behind them; and the damage there, if any."""
        text, is_end = self._text()
        elements: list[JSON] = []
        done, mark = 0, ","
        try:
            while mark == ",":
                value, end = self._scanner.scan(text, _after_blanks(text, done), LIST)
                end = _after_blanks(text, end)
                mark = text[end : end + 1]
                if not mark and not is_end:
                    break
                if mark in (",", "]") or isinstance(value, (dict, list)):
                    elements.append(value)
                    done = end + len(mark)
                if mark not in (",", "]"):
                    raise Damage(", or ] is missing", is_cut=not mark)
        except Damage as damage:
            self._consume(text, done)
            return elements, False, self._at_end(damage) if is_end or not damage.is_cut else None
        self._consume(text, done)
        return elements, mark == "]", None

    def _text(self) -> tuple[str, bool]:
        """What can be read of the bytes at hand, and whether no more can follow."""
        try:
            return codecs.utf_8_decode(self._data, "strict", False)[0], self._has_ended
        except UnicodeDecodeError as exc:
            self._is_garbled = True
            return self._data[: exc.start].decode("utf-8"), True

    def _at_end(self, damage: Damage) -> Damage:
        """The damage, or what cut the text off there."""
        return Damage("bytes that are not UTF-8") if damage.is_cut and self._is_garbled else damage

    def _consume(self, text: str, end: int) -> None:
        self._data = self._data[len(text[:end].encode("utf-8")) :]


def _after_blanks(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]  # an empty match is a match
