"""Compressed pieces to inflated ones, with a ceiling and a check of the end, by isal or by the standard library.

Invariants:

* No step gives more than 64 KiB, so that a small read stays small in memory and in a processor's cache.
* What is inflated is complete: each gzip member and each deflate stream has to reach its end, with the checksum it
  carries. The underlying modules themselves say nothing about a stream that stops early.
* What came before the damage is handed out before the error is raised.
* Beyond the first MiB, one byte on the wire may become 200 at most: more is a decompression bomb.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import IncompleteResponse, MalformedResponse
from pysnow.reading.accelerators import first_installed

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["INFLATERS", "chosen_inflater", "inflate", "is_inflatable"]

INFLATERS: Final = ("isal.isal_zlib", "zlib")
"""Modules that can inflate, the preferred one first."""

PIECE_BYTES: Final = 65_536
"""Longest inflated piece: 16 to 64 KiB stay in a processor's cache; larger ones leave it."""

INFLATED_FREELY_BYTES: Final = 1_048_576
"""Bytes below which an answer may have any compression ratio."""

INFLATION_LIMIT: Final = 200
"""Most bytes that one byte on the wire may become; pages of records stay below 50, deflate itself ends at 1,032."""

_GZIP = ("gzip", "x-gzip")
_GZIP_BITS = 16 + zlib.MAX_WBITS
_GZIP_SIGN_BYTES = 4  # up to the flags
_DEFLATE_SIGN_BYTES = 2  # zlib's frame; a raw stream has no fewer
_RESERVED_FLAGS = 0xE0  # which RFC 1952, 2.3.1.2, wants refused


def chosen_inflater(wanted: str | None = None) -> str:
    """Tell which module inflates.

    Args:
        wanted: One of ``INFLATERS``; None takes the first that is installed.

    Raises:
        InvalidUsage: What is wanted is none of these, or not installed.
    """
    return first_installed(INFLATERS, wanted)


def is_inflatable(coding: str) -> bool:
    """Tell whether :func:`inflate` knows a content coding: gzip or deflate, once.

    Args:
        coding: Value of the header ``Content-Encoding``.
    """
    return coding.strip().lower() in (*_GZIP, "deflate")


def inflate(
    pieces: Iterable[bytes],
    coding: str = "gzip",
    *,
    where: str = "the request",
    first_bytes: int = PIECE_BYTES,
    inflater: str | None = None,
) -> Iterator[bytes]:
    """Inflate the pieces of a body as they come.

    Args:
        pieces: The body as it is on the wire, cut anywhere.
        coding: ``gzip`` or ``deflate``, the latter with or without zlib's frame; see :func:`is_inflatable`.
        where: What the answer is an answer to, for messages.
        first_bytes: Longest first piece, so that the first records are there soon; the later ones have up to 64 KiB.
        inflater: One of ``INFLATERS``; None takes the first that is installed.

    Yields:
        Inflated pieces, none of them empty. There are none for a body without a byte.

    Raises:
        IncompleteResponse: The body ends early, or its compression is damaged.
        MalformedResponse: It is a decompression bomb.
        InvalidUsage: The inflater is none of these, or not installed.
    """
    module = importlib.import_module(chosen_inflater(inflater))
    members = _Members(module, is_gzip=coding.strip().lower() in _GZIP)
    inflated, ceiling = 0, max(first_bytes, 1)
    try:
        for piece in pieces:
            members.feed(piece)
            while output := members.step(ceiling):
                inflated += len(output)
                if inflated > INFLATED_FREELY_BYTES and inflated > INFLATION_LIMIT * members.consumed:
                    raise MalformedResponse(
                        f"The answer to {where} inflates to more than {INFLATION_LIMIT} times its size"
                    )
                yield output
                ceiling = PIECE_BYTES
        members.finish()
    except (zlib.error, module.error, EOFError) as exc:
        raise IncompleteResponse(
            f"The answer to {where} broke off or is damaged ({exc})",
            hint="Try again; if it stays, ask for fewer records",
        ) from exc


class _Members:
    """Compressed bytes in, inflated bytes out, across the members of a gzip file.

    Attributes:
        consumed: Compressed bytes used up.
    """

    def __init__(self, module: ModuleType, *, is_gzip: bool) -> None:
        self._module = module
        self._is_gzip = is_gzip
        self._data = b""
        self._fed = 0
        self._stream: Any = None  # zlib's and isal's have no common type
        self._is_done = False

    @property
    def consumed(self) -> int:
        return self._fed - len(self._data)

    def feed(self, piece: bytes) -> None:
        self._data += piece
        self._fed += len(piece)

    def step(self, ceiling: int) -> bytes:
        """The next inflated bytes; none, when there is nothing to be had without more input."""
        while self._stream is not None or self._begin():
            output: bytes = self._stream.decompress(self._data, ceiling)
            self._data = self._stream.unconsumed_tail
            if self._stream.eof:
                self._data = self._stream.unused_data
                self._stream, self._is_done = None, True
            if output or self._stream is not None:
                return output
        return b""

    def finish(self) -> None:
        if self._stream is not None or self._data:
            raise EOFError("the compressed data ends early")

    def _begin(self) -> bool:
        """Start with the next member, if it is there."""
        if self._is_done and self._is_gzip:
            self._data = self._data.lstrip(b"\0")  # padding is allowed; anything else is one more member, or damage
        if len(self._data) < (_GZIP_SIGN_BYTES if self._is_gzip else _DEFLATE_SIGN_BYTES):
            return False
        if self._is_done and not self._is_gzip:
            raise EOFError("there is something behind the compressed data")
        self._stream = self._module.decompressobj(self._wbits())
        return True

    def _wbits(self) -> int:
        if self._is_gzip:
            if self._data[3] & _RESERVED_FLAGS:  # isal would not mind
                raise EOFError("the compressed data begins in an unknown way")
            return _GZIP_BITS
        # Servers differ on whether "deflate" means zlib's frame; its two bytes show it (RFC 1950, 2.2).
        first, second = self._data[:2]
        has_frame = first & 0x0F == zlib.DEFLATED and (first << 8 | second) % 31 == 0
        return zlib.MAX_WBITS if has_frame else -zlib.MAX_WBITS
