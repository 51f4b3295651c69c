"""Foreign text on a terminal: nothing in it moves the cursor, changes colours or breaks a line."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

__all__ = ["fitted", "on_one_line", "width"]

_BLANKS = re.compile(r"[ \t\r\n]+")
# Control characters (a terminal obeys them), marks that reverse the direction of what follows (they make a text look
# like another one), separators that end a line, and halves of characters, which cannot be encoded.
_DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def on_one_line(text: str) -> str:
    """Make a text safe to show: runs of blanks become one, and other control characters are spelled out."""
    return _DANGEROUS.sub(_spelled_out, _BLANKS.sub(" ", text)).strip()


def width(text: str) -> int:
    """How many columns of a terminal a text takes; ideographs take two, and accents of their own none."""
    if text.isascii():
        return len(text)
    return sum(map(_width_of, text))


def fitted(text: str, columns: int) -> str:
    """Fill a text up to a number of columns, or cut it there, an ellipsis showing the cut."""
    missing = columns - width(text)
    if missing >= 0:
        return text + " " * missing
    widths = accumulate(map(_width_of, text))
    place = next(place for place, taken in enumerate(widths) if taken >= columns)
    return fitted(f"{text[:place]}…", columns)


def _spelled_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _width_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
