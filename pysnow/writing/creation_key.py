"""What a record that is to be created will be recognised by, so that it is created once.

Two columns can carry the caller's own name for a creation: the ``sys_id`` itself, which an instance takes over from the
body of a POST, though no documentation promises it; and ``correlation_id``, which integrations use for this, though
only tables that descend from ``task`` and some others have it. The first is guarded by the database's unique key, the
second is only looked for. Which of them an instance honours shows in its answers.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from pysnow.encoded_query import print_equality
from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.field_value import raw_value

__all__ = ["CreationKey", "Idempotency", "Way", "creation_key", "key_of_call"]

Way: TypeAlias = Literal["sys_id", "correlation_id"]
"""Column by which a record is recognised."""

Idempotency: TypeAlias = Literal["sys_id", "correlation_id", "none"]
"""The one way to use, or none at all."""

_WAYS: tuple[Way, ...] = get_args(Way)
_CORRELATION_CHARACTERS = 100
"""Length of the column ``correlation_id``; a longer value would be cut, and not found again."""

_SYS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CreationKey:
    """The caller's name for one creation, and the columns that carry it.

    Attributes:
        text: The name, as the caller gave it or as it was drawn.
        columns: Value by column; they are sent and looked for.
        is_fresh: Whether it was drawn for this call, so that no record can have it yet.
    """

    text: str
    columns: Mapping[Way, str]
    is_fresh: bool = False


def key_of_call(
    table: str | None, payload: object, key: str | None, idempotency: Idempotency | None, *, by_default: bool
) -> CreationKey | None:
    """Make the key that a call of ``create()`` means; None for one plain POST.

    Args:
        table: Table of the record; None where the path is another API's.
        payload: Its fields.
        key: As given to the call.
        idempotency: As given to the call.
        by_default: Whether every record gets a key.

    Raises:
        InvalidUsage: The arguments cannot be used together.
    """
    is_asked = key is not None or idempotency not in (None, "none")
    if key is not None and idempotency == "none":
        raise InvalidUsage("A key with idempotency='none' says two things: leave one of them out")
    if not is_asked and (idempotency == "none" or not by_default):
        return None
    if table is not None and isinstance(payload, Mapping):
        return creation_key(table, payload, key, idempotency)
    if is_asked:
        raise InvalidUsage("A key belongs to one record of a table (/table/<name>), whose fields are given as a dict")
    return None


def creation_key(
    table: str,
    payload: Mapping[str, Any],
    key: str | None,
    idempotency: Idempotency | None,
    draw: Callable[[], str] = lambda: secrets.token_hex(16),
) -> CreationKey | None:
    """Make the key of a creation; None when no column can carry it.

    A column that the payload has itself carries no key, except for its ``sys_id``, which is as good as any.

    Args:
        table: Table of the record.
        payload: Its fields.
        key: The caller's name for it; drawn at random when None.
        idempotency: The one way to use; all when None.
        draw: Gives 32 random hexadecimal digits.

    Raises:
        InvalidUsage: The key is no text, or there is no such way.
    """
    text = _checked_text(key) if key is not None else draw()
    wanted: dict[Way, str] = {"sys_id": _sys_id_of(table, text), "correlation_id": _correlation_of(text)}
    ways = _checked_ways(idempotency)
    columns = {way: value for way, value in wanted.items() if way in ways and way not in payload}
    own = raw_value(payload.get("sys_id"))
    if "sys_id" in ways and isinstance(own, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,32}", own, re.ASCII):
        columns["sys_id"] = own
    return CreationKey(text, columns, is_fresh=key is None and not own) if columns else None


def _checked_text(key: object) -> str:
    if not isinstance(key, str) or not key.strip():
        raise InvalidUsage(
            f"key must be a text that names this creation and no other, such as an order number: {key!r}"
        )
    try:
        key.encode()
    except UnicodeEncodeError as error:
        raise InvalidUsage("key cannot be sent: it holds half of a surrogate pair") from error
    return key


def _checked_ways(idempotency: object) -> tuple[Way, ...]:
    if idempotency is None:
        return _WAYS
    named = tuple(way for way in _WAYS if way == idempotency)
    if not named:
        raise InvalidUsage(f"idempotency must be 'sys_id', 'correlation_id' or 'none', not {idempotency!r}")
    return named


def _sys_id_of(table: str, key: str) -> str:
    """32 hexadecimal digits that belong to a key and a table: always the same, in every process."""
    if _SYS_ID.fullmatch(key.lower()):
        return key.lower()
    return hashlib.sha256(f"{table}\0{key}".encode()).hexdigest()[:32]


def _correlation_of(key: str) -> str:
    """The key itself where the column holds it and a query finds it as it is; else a digest of it."""
    try:
        print_equality("correlation_id", key)
    except QueryTypeError:
        is_plain = False
    else:
        is_plain = key == key.strip() and key.isprintable() and len(key) <= _CORRELATION_CHARACTERS
    return key if is_plain else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"
