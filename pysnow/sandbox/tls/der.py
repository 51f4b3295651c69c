"""Distinguished encoding rules (X.690): just the types that a certificate is made of."""

from __future__ import annotations

from datetime import datetime


def tagged(tag: int, *parts: bytes) -> bytes:
    """Write one value: tag, length, content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """Write a SEQUENCE."""
    return tagged(0x30, *parts)


def set_of(part: bytes) -> bytes:
    """Write a SET of one member."""
    return tagged(0x31, part)


def explicit(number: int, *parts: bytes) -> bytes:
    """Write a constructed, context-specific tag around values."""
    return tagged(0xA0 | number, *parts)


def implicit(number: int, content: bytes) -> bytes:
    """Write a primitive value under a context-specific tag."""
    return tagged(0x80 | number, content)


def boolean(value: bool) -> bytes:
    """Write a BOOLEAN."""
    return tagged(0x01, b"\xff" if value else b"\x00")


def integer(value: int) -> bytes:
    """Write an INTEGER, 0 or more."""
    return tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def bit_string(content: bytes, unused_bits: int = 0) -> bytes:
    """Write a BIT STRING."""
    return tagged(0x03, bytes((unused_bits,)), content)


def octet_string(content: bytes) -> bytes:
    """Write an OCTET STRING."""
    return tagged(0x04, content)


def object_identifier(dotted: str) -> bytes:
    """Write an OBJECT IDENTIFIER from its numbers with dots between."""
    first, second, *rest = (int(number) for number in dotted.split("."))
    return tagged(0x06, *(_base_128(number) for number in (first * 40 + second, *rest)))


def utf8_string(text: str) -> bytes:
    """Write a UTF8String."""
    return tagged(0x0C, text.encode())


def utc_time(moment: datetime) -> bytes:
    """Write a UTCTime, which reaches to the end of 2049."""
    return tagged(0x17, moment.strftime("%y%m%d%H%M%SZ").encode("ascii"))


def _base_128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(0x80 | number & 0x7F)
    return bytes(reversed(digits))
