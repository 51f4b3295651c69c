"""Where a reading stands, as a text to keep: opaque, versioned, protected against damage, bound to what was read.

It holds no secrets, and of the query only a digest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["Subject", "opened", "sealed"]

_VERSION: Final = 1
_SHAPE = re.compile(
    r"pysnow-([a-z]+)-([1-9][0-9]{0,2})\.([0-9a-f]{16})\.([0-9a-f]{16})\.([A-Za-z0-9_-]+={0,2})", re.ASCII
)
_INFLATED_MAX = 1 << 30


class Subject(NamedTuple):
    """What is read, as far as going on with something else would lose rows.

    Attributes:
        kind: What is done: ``history`` or ``changes``.
        instance: Address of the instance.
        table: Table name.
        question: The query, and whatever else decides which rows are meant.
    """

    kind: str
    instance: str
    table: str
    question: str

    @property
    def digest(self) -> str:
        """A short text that differs where the subject does."""
        return _digest(json.dumps(self).encode())


def sealed(subject: Subject, state: Mapping[str, JSON]) -> str:
    """Write where a reading stands.

    Args:
        subject: What is read.
        state: What is to be known again, as JSON.
    """
    body = zlib.compress(json.dumps(state, separators=(",", ":")).encode())
    text = base64.urlsafe_b64encode(body).decode()
    return f"pysnow-{subject.kind}-{_VERSION}.{subject.digest}.{_digest(body)}.{text}"


def opened(subject: Subject, text: object) -> dict[str, JSON]:
    """Read what :func:`sealed` wrote.

    Raises:
        InvalidUsage: It is no such text, is damaged, comes from a later version, or belongs to another subject.
    """
    found = _SHAPE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise InvalidUsage(f"This is no checkpoint, or a damaged one: {text!r:.60}")
    kind, version, digest, checksum, packed = found.groups()
    if kind != subject.kind:
        raise InvalidUsage(f"This checkpoint was made by {kind}(), not by {subject.kind}()")
    if int(version) > _VERSION:
        raise InvalidUsage("This checkpoint was made by a later version of pysnow: update this one")
    if digest != subject.digest:
        raise InvalidUsage(
            "This checkpoint belongs to another instance, table or query: pass what it was made with, or begin anew"
        )
    return _unpacked(packed, checksum)


def _unpacked(packed: str, checksum: str) -> dict[str, JSON]:
    try:
        body = base64.urlsafe_b64decode(packed)
        if _digest(body) != checksum or base64.urlsafe_b64encode(body).decode() != packed:
            raise ValueError("checksum")
        state = json.loads(zlib.decompressobj().decompress(body, _INFLATED_MAX))
    except (ValueError, binascii.Error, zlib.error) as error:
        raise InvalidUsage("This checkpoint is damaged: begin with an earlier one, or anew") from error
    checked: dict[str, JSON] = state
    return checked


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
