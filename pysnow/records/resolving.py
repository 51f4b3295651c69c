"""From what people call a record to its sys_id; what was found is kept for a while."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pysnow.encoded_query import Script
from pysnow.exceptions import InvalidUsage, MultipleResults
from pysnow.field_value import raw_value
from pysnow.records.addresses import place_at
from pysnow.records.client_memory import REFERENCE_SECONDS, memory_of
from pysnow.records.dictionary import display_column
from pysnow.records.matching import asked_values, candidates, described, holding, only_one
from pysnow.writing.query_echo import missing_columns, unknown_column

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["is_address", "resolved", "resolved_by"]

_SYS_ID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_NUMBER: Final = re.compile(r"[A-Za-z]{2,10}[0-9]{5,}", re.ASCII)
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|/.|[A-Za-z0-9_]+\.do\?", re.ASCII)
_USERS: Final = "sys_user"
_USER_COLUMNS: Final = ("user_name", "email", "name")
_SHOWN: Final = ("name", "number", "user_name", "email")


def is_address(text: str) -> bool:
    """Tell whether a text is meant as an address."""
    return bool(_ADDRESS.match(text))


def resolved(table: Table, target: str, value: str | Mapping[str, Any]) -> str:
    """Give the sys_id of what people call a record.

    Args:
        table: Any table of the client.
        target: Table of the record.
        value: Display value, number, sys_id, address of its form; of a user also user name, email address and ``@me``;
            or a record or reference that holds a sys_id.

    Raises:
        InvalidUsage: It is something else; nothing was sent.
        NoResults: There is no such record, or it may not be read.
        MultipleResults: There is more than one; the error lists them.
        PysnowException: The instance refuses, or does not answer.
    """
    text: object = raw_value(value["sys_id"] if isinstance(value, Mapping) and "sys_id" in value else value)
    if not isinstance(text, str) or not text.strip():
        raise InvalidUsage(f"A record of {target} is called by a text, such as its name; not {value!r:.60}")
    text = text.strip()
    if _SYS_ID.fullmatch(text):
        return text
    name = text
    return memory_of(table._transport).kept(
        ("called", target, name), REFERENCE_SECONDS, lambda: _find(table, target, name)
    )


def resolved_by(table: Table, target: str, columns: Mapping[str, object]) -> str:
    """Give the sys_id of the only record that holds these values, exactly.

    Args:
        table: Any table of the client.
        target: Table of the record.
        columns: Columns and their values.

    Raises:
        NoResults: There is no such record, or it may not be read.
        MultipleResults: There is more than one; the error lists them.
        QueryIgnored: The table has no such column.
        PysnowException: The instance refuses, or does not answer.
    """
    asked = asked_values(columns)
    key = ("held", target, *sorted(asked.items()))
    return memory_of(table._transport).kept(key, REFERENCE_SECONDS, lambda: _holder(table, target, asked))


def _find(table: Table, target: str, text: str) -> str:
    if text == "@me":
        return _myself(table, target)
    if is_address(text):
        return _addressed(table, target, text)
    for column in _columns_for(table, target, text):
        rows = _rows(table, target, {column: text})
        found = holding(rows, {column: text}) or holding(rows, {column: text}, exactly=False)
        if found:
            return _sys_id(only_one(found, f"{column} {text!r}", target))
    return _sys_id(only_one([], f"called {text!r}", target))


def _columns_for(table: Table, target: str, text: str) -> Sequence[str]:
    if target == _USERS:
        return _USER_COLUMNS
    column = display_column(table, target)
    return tuple(dict.fromkeys(["number", column])) if _NUMBER.fullmatch(text) else (column,)


def _myself(table: Table, target: str) -> str:
    if target != _USERS:
        raise InvalidUsage(f"'@me' is a user, and no record of {target}")
    rows = _rows(table, target, {"sys_id": Script("gs.getUserID()")})
    if len(rows) > 1:  # an instance that may not run scripts in queries drops the condition
        raise MultipleResults("The instance does not tell who is calling: name the user", table=target)
    return _sys_id(only_one(rows, "you", target))


def _addressed(table: Table, target: str, address: str) -> str:
    place = place_at(table._base_url, address)
    if place.table != target:
        raise InvalidUsage(f"The address is of a record of {place.table}, not of {target}")
    if place.sys_id is not None:
        return place.sys_id
    rows = table._sibling(f"/table/{target}").get(place.query, limit=2, fields=["sys_id", *_SHOWN], display_value=False)
    return _sys_id(only_one(rows.all(), "at that address", target))


def _holder(table: Table, target: str, asked: Mapping[str, str]) -> str:
    rows = _rows(table, target, asked)
    missing = missing_columns(rows[0], asked) if rows else []
    if missing:
        raise unknown_column(missing[0], target, rows[0])
    exact = holding(rows, asked)
    return _sys_id(only_one(exact, described(asked), target, near=holding(rows, asked, exactly=False)))


def _rows(table: Table, target: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    return candidates(table._sibling(f"/table/{target}"), asked, _SHOWN, display_value=False)


def _sys_id(row: Mapping[str, Any]) -> str:
    return str(raw_value(row["sys_id"]))
