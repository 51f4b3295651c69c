"""Contents of attachments, in chunks, so that a large one never has to fit in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pysnow.sandbox.store.connections import Connections

CHUNK_SIZE_BYTES = 700_000
"""Size of a stored chunk. An instance cuts attachments into rows of ``sys_attachment_doc`` in the same spirit."""


def put_blob(connections: Connections, key: str, content: bytes | Iterable[bytes]) -> int:
    """Store a content under a key, in place of an earlier one, and give its size in bytes. All or nothing."""
    size = 0
    with connections.transaction() as connection:
        connection.execute("DELETE FROM _blobs WHERE key = ?", (key,))
        for part, chunk in enumerate(_rechunked([content] if isinstance(content, bytes) else content)):
            connection.execute("INSERT INTO _blobs VALUES (?, ?, ?)", (key, part, chunk))
            size += len(chunk)
    return size


def open_blob(connections: Connections, key: str) -> Iterator[bytes]:
    """Read the content under a key chunk by chunk; nothing for an unknown key."""
    part = 0
    while True:
        with connections.reading() as connection:
            found = connection.execute("SELECT bytes FROM _blobs WHERE key = ? AND part = ?", (key, part)).fetchone()
        if found is None:
            return
        yield found[0]
        part += 1


def delete_blob(connections: Connections, key: str) -> bool:
    """Forget the content under a key, and tell whether there was one."""
    with connections.transaction() as connection:
        return connection.execute("DELETE FROM _blobs WHERE key = ?", (key,)).rowcount > 0


def _rechunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        while len(buffer) >= CHUNK_SIZE_BYTES:
            yield bytes(buffer[:CHUNK_SIZE_BYTES])
            del buffer[:CHUNK_SIZE_BYTES]
    if buffer:
        yield bytes(buffer)
