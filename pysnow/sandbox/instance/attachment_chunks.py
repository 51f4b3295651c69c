"""Contents of attachments: rows of ``sys_attachment_doc``.

Content is kept the way an instance keeps it: compressed with gzip, cut into chunks, each as Base64 in a row of its own
(Attachment API documentation). It never has to fit into memory.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from pysnow.sandbox.instance.platform import Platform, Row, same

CHUNK_TABLE = "sys_attachment_doc"
CHUNK_SIZE_BYTES = 700_000
"""Most bytes of compressed content in one row, what ``chunk_size_bytes`` tells."""
GZIP = 31
"""zlib's window size for a stream with gzip's header and trailer."""

_READ_SIZE_BYTES = 256 * 1024
_STAMPS = frozenset({"sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"})


def store_chunks(platform: Platform, attachment: Row, pieces: Iterable[bytes]) -> None:
    """Store the compressed content of an attachment, made when and by whom the attachment was.

    Args:
        platform: The instance's store.
        attachment: Row of ``sys_attachment``.
        pieces: The compressed content, cut into chunks.
    """
    stamps = {name: value for name, value in attachment.items() if name in _STAMPS}
    sys_id = attachment["sys_id"] or ""
    rows = (
        {**stamps, **chunk_values(sys_id, position, piece), "sys_id": platform.new_id()}
        for position, piece in enumerate(pieces)
    )
    platform.store.insert_many(CHUNK_TABLE, rows)


def read_chunks(platform: Platform, sys_id: str) -> Iterator[bytes]:
    """Return the content of an attachment piece by piece; nothing for an unknown one."""
    return _unpacked(_packed(platform, sys_id))


def delete_chunks(platform: Platform, sys_id: str) -> None:
    """Delete the content of an attachment, a row at a time: together they may be larger than memory."""
    for key in _chunk_ids(platform, sys_id):
        platform.store.delete(CHUNK_TABLE, key)


def chunk_values(sys_id: str, position: int, packed: bytes) -> Row:
    """Return what a row of ``sys_attachment_doc`` holds beside its stamps.

    Args:
        sys_id: Key of the attachment.
        position: Place of the chunk, from 0.
        packed: Piece of the compressed content, at most ``CHUNK_SIZE_BYTES`` long.
    """
    return {
        "sys_attachment": sys_id,
        "position": str(position),
        "length": str(len(packed)),
        "data": b64encode(packed).decode("ascii"),
    }


def _chunk_ids(platform: Platform, sys_id: str) -> list[str]:
    found = platform.rows_where(CHUNK_TABLE, same("sys_attachment", sys_id), columns=("sys_id", "position"))
    return [row["sys_id"] or "" for row in sorted(found, key=lambda row: int(row["position"] or 0))]


def _packed(platform: Platform, sys_id: str) -> Iterator[bytes]:
    for key in _chunk_ids(platform, sys_id):
        for row in platform.store.get_many(CHUNK_TABLE, (key,), columns=("data",)):
            yield b64decode(row["data"] or "")


def _unpacked(packed: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=GZIP)
    for piece in packed:
        while piece:
            # A piece may stand for a thousand times as many bytes.
            if content := unpacker.decompress(piece, _READ_SIZE_BYTES):
                yield content
            piece = unpacker.unconsumed_tail
    if rest := unpacker.flush():
        yield rest
