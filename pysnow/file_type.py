"""What kind of file a name and its first bytes stand for."""

from __future__ import annotations

import mimetypes

__all__ = ["SAMPLE_BYTES", "guess_type"]

SAMPLE_BYTES = 2048
"""First bytes of a file that :func:`guess_type` looks at."""

_BINARY = "application/octet-stream"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"<?xml", "text/xml"),
)
_ENCODINGS = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


def guess_type(name: str, sample: bytes | None) -> str:
    """Media type of a file: by its name, else by its signature, else text or binary by its look.

    Args:
        name: File name.
        sample: The file's first :data:`SAMPLE_BYTES` bytes, or all there are; None where they cannot be looked at.
    """
    by_name, encoding = mimetypes.guess_type(name)
    if encoding is not None:
        return _ENCODINGS.get(encoding, _BINARY)
    if sample is None:
        return by_name or _BINARY
    return by_name or _by_signature(sample) or ("text/plain" if _is_text(sample) else _BINARY)


def _by_signature(sample: bytes) -> str | None:
    if sample[:4] == b"RIFF" and sample[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for signature, media_type in _SIGNATURES if sample.startswith(signature)), None)


def _is_text(sample: bytes) -> bool:
    if b"\0" in sample:
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as exc:
        return exc.end == len(sample) and exc.reason == "unexpected end of data"  # a character cut by the sample's end
    return True
