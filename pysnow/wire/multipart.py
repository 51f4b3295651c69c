"""A form with one file, read piece by piece: requests' own ``files=`` would hold the whole file in memory."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from typing import IO

__all__ = ["MultipartFile"]


class MultipartFile:
    """The body of a ``multipart/form-data`` request: some fields, then one file, last (Attachment API documentation).

    Args:
        fields: Names and values of the fields.
        name: Name of the file's part.
        file_name: Name of the file.
        media_type: Media type of the file.
        file: The file, opened for reading bytes; read from where it stands.
        boundary: Text between the parts, which must not occur in the file.
    """

    def __init__(
        self, fields: Mapping[str, str], name: str, file_name: str, media_type: str, file: IO[bytes], *, boundary: str
    ) -> None:
        self.content_type = f"multipart/form-data; boundary={boundary}"
        parts = [_part(boundary, _disposition(field), value) for field, value in fields.items()]
        parts.append(_part(boundary, f"{_disposition(name, file_name)}\r\nContent-Type: {media_type}", ""))
        head = "\r\n".join(parts).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        self._parts: tuple[IO[bytes], ...] = (io.BytesIO(head), file, io.BytesIO(tail))
        self._pieces = list(self._parts)
        self._file = file
        size = _size(file)
        self._length = None if size is None else len(head) + size + len(tail)

    def __len__(self) -> int:
        """Bytes of the body; 0 when the file's size is not known, and the body is then sent in chunks."""
        return self._length or 0

    def __bool__(self) -> bool:
        """True: there is a body, whatever its size."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at the most ``size``; empty at the end."""
        while self._pieces:
            data = self._pieces[0].read(size)
            if data:
                return data
            self._pieces.pop(0)
        return b""

    def rewinder(self) -> Callable[[], bool]:
        """Remember where the file stands, before anything is read: the form goes back there if it is sent again.

        Returns:
            A function that goes back, and tells whether it could.
        """
        place = _place(self._file)

        def rewind() -> bool:
            if place is None:
                return False
            for part in self._parts:
                part.seek(place if part is self._file else 0)
            self._pieces = list(self._parts)
            return True

        return rewind

    def __iter__(self) -> MultipartFile:
        return self

    def __next__(self) -> bytes:
        data = self.read(65536)
        if not data:
            raise StopIteration
        return data


def _part(boundary: str, head: str, value: str) -> str:
    return f"--{boundary}\r\n{head}\r\n\r\n{value}"


def _disposition(name: str, file_name: str | None = None) -> str:
    text = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    return text if file_name is None else f'{text}; filename="{_quoted(file_name)}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _place(file: IO[bytes]) -> int | None:
    """Where a file stands, or None where it cannot go back."""
    try:
        return file.tell() if file.seekable() else None
    except (OSError, AttributeError, ValueError):
        return None


def _size(file: IO[bytes]) -> int | None:
    """Bytes left in a file, or None where it cannot tell."""
    try:
        position = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(position)
    except (OSError, AttributeError, ValueError):
        return None
    return end - position
