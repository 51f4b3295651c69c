"""JSON that arrives in pieces: one reading of it, for whatever reads what an instance sends.

Invariants:

* A batch of a list's elements is cut at the last ``},{"`` and decoded as a whole, which costs a fraction of what a walk
  does. A wrong cut cannot pass: the batch starts at a true border between elements, and JSON is read from left to right
  without choices, so the bracketed batch is valid if and only if it ends at such a border too. A cut inside a text
  leaves the text open, one inside a nested array leaves brackets open, one behind the array leaves data over.
* What is not proved that way is walked value by value, with the same scanner. The outcome tells neither which way an
  element went nor how the bytes were cut into pieces.
* An attempt that brought nothing is repeated when the undecoded bytes have doubled: the work stays linear.

The reading: UTF-8 whatever the headers say, and a byte order mark is skipped. Of equal names the last one wins. Lone
surrogates and raw control characters inside texts pass, since instances send them. Refused are NaN, Infinity and what
only an infinite float could hold, numbers of more than 1,000 digits, nesting deeper than 64, and text after the end.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import PysnowException

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["ENVELOPE", "Damage", "JSONSource"]

MAX_DEPTH: Final = 64
"""Deepest nesting of a document; the platform's own answers need seven levels."""

MAX_DIGITS: Final = 1000
"""Longest number; the platform itself sends numbers as short texts."""

ENVELOPE: Final = 1
"""Levels around the members of the document."""

_LIST = ENVELOPE + 1  # levels around the elements of a list that is a member
_BLANKS = b" \t\r\n"
_BLANK = re.compile(r"[ \t\r\n]*")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_NUMBER_CUT = re.compile(r"\.?|[eE][+-]?")
_TAIL_BYTES = 65_536
_QUOTED_BYTES = 60
_CANCELLED = re.compile(rb'"message"\s*:\s*"(Transaction cancelled[^"\\]{0,160})')


class Damage(ValueError):
    """The document is not what it should be.

    Attributes:
        is_cut: Whether more bytes could have mended it.
    """

    def __init__(self, text: str, is_cut: bool = False) -> None:
        super().__init__(text)
        self.is_cut = is_cut


class JSONSource:
    """The document from the place on that has been read so far.

    Args:
        chunks: Pieces of the document.

    Attributes:
        failure: Why no more pieces came, when that was not the end of the document.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._scan_once = _decoder().scan_once  # type: ignore[attr-defined]  # missing in the stubs only
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
                value, end = self._scan(text, _after_blanks(text, 0), depth, is_end)
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
                error, _ = self._scan(text, 0, ENVELOPE, True)
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
        cut = self._data.rfind(b'},{"') + 1
        if not cut:
            return None
        batch = self._data[:cut]
        elements: list[JSON]
        try:
            text = (b"[" + batch + b"]").decode("utf-8")
            elements, end = self._scan_once(text, 0)
        except (ValueError, StopIteration, RecursionError):
            return None
        if end != len(text) or not (_is_shallow(batch) or _is_within(elements, MAX_DEPTH - _LIST + 1)):
            return None
        self._data = self._data[cut + 1 :]
        return elements

    def _walk(self) -> tuple[list[JSON], bool, Damage | None]:
        """Whole elements one by one; whether the list ended behind them; and the damage there, if any."""
        text, is_end = self._text()
        elements: list[JSON] = []
        done, mark = 0, ","
        try:
            while mark == ",":
                value, end = self._scan(text, _after_blanks(text, done), _LIST)
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

    def _scan(self, text: str, start: int, depth: int, is_end: bool = False) -> tuple[JSON, int]:
        """The value that starts somewhere, and where it ends.

        Args:
            text: Text with the value.
            start: Where the value starts.
            depth: Levels around it.
            is_end: Whether the end of the text ends a number, too.
        """
        try:
            value, end = self._scan_once(text, start)
        except Damage:
            raise
        except StopIteration as exc:
            raise Damage("a value is missing", _is_cut(text, exc.value)) from None
        except json.JSONDecodeError as exc:
            raise Damage(exc.msg, _is_cut(text, exc.pos, exc.msg)) from None
        except RecursionError:
            raise Damage(f"nesting deeper than {MAX_DEPTH} levels") from None
        if isinstance(value, (dict, list)):
            if not _is_within(value, MAX_DEPTH - depth):
                raise Damage(f"nesting deeper than {MAX_DEPTH} levels")
        elif not isinstance(value, str) and _NUMBER_CUT.fullmatch(text, end) and not (is_end and end == len(text)):
            raise Damage("the end of a number is missing", is_cut=True)
        return value, end

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


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_float=_finite,
        parse_int=lambda text: int(_checked_length(text)),
        parse_constant=_refuse_constant,
        strict=False,
    )


def _is_cut(text: str, position: int, message: str = "") -> bool:
    """Whether an error at that position may be due to the text's end."""
    if message.startswith("Unterminated string"):
        return True
    if message.startswith("Invalid \\u"):  # the position is near the escape's beginning
        return position + 7 > len(text)
    rest = text[position : position + 10]
    return any(literal.startswith(rest) for literal in _LITERALS) or _NUMBER_CUT.fullmatch(rest) is not None


def _is_shallow(batch: bytes) -> bool:
    """Tell cheaply that a valid batch is nested no deeper than allowed; False says nothing."""
    brackets = batch.translate(None, _NOT_BRACKETS)
    for _ in range((MAX_DEPTH - _LIST) // 2):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")  # each takes off the innermost level at most
    return not brackets


def _is_within(value: JSON, levels: int) -> bool:
    """Whether a list or an object has at most so many levels, itself included."""
    containers = [value]
    for _ in range(levels):
        members = [member for outer in containers for member in (outer.values() if isinstance(outer, dict) else outer)]
        containers = [member for member in members if isinstance(member, (dict, list))]
        if not containers:
            return True
    return False


def _after_blanks(text: str, position: int) -> int:
    return _BLANK.match(text, position).end()  # type: ignore[union-attr]  # an empty match is a match


def _checked_length(number: str) -> str:
    if len(number) > MAX_DIGITS:
        raise Damage(f"a number of more than {MAX_DIGITS} digits")
    return number


def _finite(number: str) -> float:
    value = float(_checked_length(number))
    if math.isinf(value):
        raise Damage("a number that no float can hold")
    return value


def _refuse_constant(name: str) -> JSON:
    raise Damage(f"{name}, which is not JSON")
