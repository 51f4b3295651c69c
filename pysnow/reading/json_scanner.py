"""The one reading of JSON: the standard library's scanner, with guards on depth and on the length of numbers.

UTF-8 whatever the headers say. Of equal names the last one wins. Lone surrogates and raw control characters inside
texts pass, since instances send them. Refused are NaN, Infinity and what only an infinite float could hold, numbers of
more than 1,000 digits, and nesting deeper than 64. Any other decoder has to come to the same, see ``decoders``.
"""

from __future__ import annotations

import functools
import gc
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

    from pysnow._types import JSON

__all__ = [
    "ENVELOPE",
    "LIST",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "Damage",
    "JSONScanner",
    "shared_scanner",
]

MAX_DEPTH: Final = 64
"""Deepest nesting of a document; the platform's own answers need seven levels."""

MAX_DIGITS: Final = 1000
"""Longest number; the platform itself sends numbers as short texts."""

ENVELOPE: Final = 1
"""Levels around the members of the document."""

LIST: Final = ENVELOPE + 1
"""Levels around the elements of a list that is a member."""

_LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_NUMBER_CUT = re.compile(r"\.?|[eE][+-]?")


class Damage(ValueError):
    """The document is not what it should be.

    Attributes:
        is_cut: Whether more bytes could have mended it.
    """

    def __init__(self, text: str, is_cut: bool = False) -> None:
        super().__init__(text)
        self.is_cut = is_cut


class JSONScanner:
    """Values out of text. Keeps nothing between two calls; threads may share it.

    Args:
        decimals: Whether numbers with a fraction or an exponent become exact ``Decimal`` instead of ``float``.

    Attributes:
        decimals: The same.
    """

    def __init__(self, *, decimals: bool = False) -> None:
        self.decimals = decimals
        decoder = json.JSONDecoder(
            parse_float=_exact_numbers() if decimals else _finite,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            strict=False,
        )
        self._scan_once: Callable[[str, int], tuple[JSON, int]]
        self._scan_once = decoder.scan_once  # type: ignore[attr-defined]  # missing in the stubs only

    def scan(self, text: str, start: int, depth: int, *, is_end: bool = False) -> tuple[JSON, int]:
        """Read the value that starts somewhere.

        Args:
            text: Text with the value.
            start: Where the value starts.
            depth: Levels around it.
            is_end: Whether the end of the text ends a number, too.

        Returns:
            The value, and where it ends.

        Raises:
            Damage: There is no value, or one that is cut or refused.
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
            if not self._is_within(value, MAX_DEPTH - depth):
                raise Damage(f"nesting deeper than {MAX_DEPTH} levels")
        elif not isinstance(value, str) and _NUMBER_CUT.fullmatch(text, end) and not (is_end and end == len(text)):
            raise Damage("the end of a number is missing", is_cut=True)
        return value, end

    def elements(self, batch: bytes) -> list[JSON] | None:
        """Decode a list's elements as a whole, if they are valid as a whole.

        Args:
            batch: The list, brackets included.
        """
        elements = self._whole(batch, MAX_DEPTH - LIST + 1)
        return elements if isinstance(elements, list) else None

    def document(self, data: bytes) -> dict[str, JSON] | None:
        """Decode an object as a whole, if it is valid as a whole and no blank is around it.

        Args:
            data: All of a document.
        """
        document = self._whole(data, MAX_DEPTH)
        return document if isinstance(document, dict) else None

    def _whole(self, data: bytes, levels: int) -> JSON:
        """A list or an object that is valid as a whole; else anything but such a one."""
        try:
            text = data.decode("utf-8")
            value, end = self._scan_once(text, 0)
        except (ValueError, StopIteration, RecursionError):
            return None
        return value if end == len(text) and self._is_within(value, levels) else None

    def _is_within(self, value: JSON, levels: int) -> bool:
        """Whether a list or an object has at most so many levels, itself included."""
        found: list[JSON] = [value]
        for _ in range(levels):
            # In C, a level at a time: looking at each value here would cost a third of decoding it. Texts, numbers and
            # constants refer to nothing; a Decimal may refer to its class.
            found = gc.get_referents(*found)
            if self.decimals:
                found = list(filter(_is_container, found))
            if not found:
                return True
        return not any(map(_is_container, found))


@functools.cache
def shared_scanner(decimals: bool) -> JSONScanner:
    """Give the one scanner of its kind.

    Args:
        decimals: As for :class:`JSONScanner`.
    """
    return JSONScanner(decimals=decimals)


def _is_container(value: JSON) -> bool:
    return isinstance(value, (dict, list))


def _is_cut(text: str, position: int, message: str = "") -> bool:
    """Whether an error at that position may be due to the text's end."""
    if message.startswith("Unterminated string"):
        return True
    if message.startswith("Invalid \\u"):  # the position is near the escape's beginning
        return position + 7 > len(text)
    rest = text[position : position + 10]
    return any(literal.startswith(rest) for literal in _LITERALS) or _NUMBER_CUT.fullmatch(rest) is not None


def _checked_length(number: str) -> str:
    if len(number) > MAX_DIGITS:
        raise Damage(f"a number of more than {MAX_DIGITS} digits")
    return number


def _integer(number: str) -> int:
    try:
        return int(_checked_length(number))
    except Damage:
        raise
    except ValueError:  # the program has set a limit of its own, see sys.set_int_max_str_digits
        raise Damage("an integer of more digits than Python may convert") from None


def _finite(number: str) -> float:
    value = float(_checked_length(number))
    if math.isinf(value):
        raise Damage("a number that no float can hold")
    return value


def _exact_numbers() -> Callable[[str], Decimal]:
    import decimal  # a millisecond that few programs need

    lenient = decimal.Context(traps=[])  # whatever the program has set for its own sums

    def exact(number: str) -> Decimal:
        _finite(number)  # so that both choices read the same documents
        value = decimal.Decimal(number, lenient)
        if value.is_nan():
            raise Damage("a number that no Decimal can hold")
        return value

    return exact


def _refuse_constant(name: str) -> JSON:
    raise Damage(f"{name}, which is not JSON")
