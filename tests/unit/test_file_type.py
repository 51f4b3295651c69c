"""The media type of a file, from its name and its first bytes."""

from __future__ import annotations

import pytest

from pysnow.file_type import guess_type


@pytest.mark.parametrize(
    ("name", "sample", "media_type"),
    [
        ("a.png", b"", "image/png"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "text/plain"),
        ("a.json", b"{}", "application/json"),
        ("a.tar.gz", b"", "application/gzip"),
        ("screenshot", b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("photo", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("report", b"%PDF-1.7", "application/pdf"),
        ("archive", b"PK\x03\x04", "application/zip"),
        ("picture", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("notes", b"caf\xc3\xa9", "text/plain"),
        ("notes", b"caf\xc3", "text/plain"),
        ("notes", b"", "text/plain"),
        ("latin", b"caf\xe9 au lait", "application/octet-stream"),
        ("data", b"a\x00b", "application/octet-stream"),
        ("data", None, "application/octet-stream"),
    ],
)
def test_guess_type(name: str, sample: bytes | None, media_type: str) -> None:
    assert guess_type(name, sample) == media_type
