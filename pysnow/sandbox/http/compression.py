"""gzip of answers, when the caller asks for it and the body is worth it: whole in its framing, light in its packing."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

WORTHWHILE_BYTES = 1024
"""Below one network packet gzip costs both sides time and saves none (our default)."""

# The framing of gzip around bytes as they are. On a loopback socket nothing is won by sending fewer of them: the
# fastest level that packs takes the server ten times as long, and the client four times.
_LEVEL = 0
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def gather(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """Take chunks until a body is known to be short, or to be worthwhile to compress.

    Returns:
        The bytes taken, and the rest of the chunks; None when nothing is left.
    """
    taken: list[bytes] = []
    size = 0
    for chunk in chunks:
        taken.append(chunk)
        if (size := size + len(chunk)) >= WORTHWHILE_BYTES:
            return b"".join(taken), chunks
    return b"".join(taken), None


def iter_gzip(start: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a body chunk by chunk."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    for chunk in chain((start,), rest):
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()
