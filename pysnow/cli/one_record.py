"""One record, named by its sys_id or its number: found, and looked at, because an instance ignores what it cannot do.

An instance leaves out a condition on a column that the table does not have, and then sends whatever there is.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from pysnow.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pysnow import Client, Table
    from pysnow._types import Record

__all__ = ["checked_key", "is_number", "is_sys_id", "key_column", "query_text", "read_by_key", "sys_id_of"]

_SYS_ID = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)  # sys_ids that come with the platform can be any short text
_NUMBER = re.compile(r"[A-Za-z]{2,10}[0-9]{5,}", re.ASCII)


def is_number(text: str) -> bool:
    """Whether a text looks like the number of a record, such as ``INC0010001``."""
    return bool(_NUMBER.fullmatch(text))


def is_sys_id(text: str) -> bool:
    """Whether a text looks like a sys_id."""
    return bool(_SYS_ID.fullmatch(text))


def key_column(key: str) -> str:
    """The column in which a key stands."""
    return "number" if is_number(key) and not is_sys_id(key) else "sys_id"


def checked_key(key: str) -> str:
    """A key, if it can be one.

    Raises:
        CommandError: It cannot.
    """
    if not _KEY.fullmatch(key):
        raise CommandError(f"{key!r} is neither a sys_id nor a number such as INC0010001", ExitCode.USAGE)
    return key


def query_text(query: str | None) -> str:
    """An encoded query, if it can be one.

    Raises:
        CommandError: It is the key of a record. An instance ignores what is no condition, and takes everything.
    """
    if query and (is_number(query) or is_sys_id(query)):
        raise CommandError(f"{query} is no query: to name that record, leave out -q", ExitCode.USAGE)
    return query or ""


def read_by_key(table: Table, key: str, fields: Sequence[str] = (), *, display: bool = False) -> Record:
    """Read the record that has a sys_id or number.

    Args:
        table: The table.
        key: The sys_id or number.
        fields: Columns to read; empty for all.
        display: Whether to read what people see.

    Raises:
        CommandError: There is none, or more than one.
        PysnowException: The instance did not answer, or answered with an error.
    """
    column = key_column(key)
    added = bool(fields) and column not in fields
    found = table.get(
        {column: key},
        limit=2,
        fields=[*fields, column] if added else list(fields),
        display_value=display,
        exclude_reference_link=True,
    ).all()
    matching = [record for record in found if str(record.get(column)).lower() == key.lower()]
    if not matching:
        advice = "" if column == "number" or is_sys_id(key) else "; a number looks like INC0010001"
        raise CommandError(f"No record of {table.name} has the {column} {key}{advice}", ExitCode.NOT_FOUND)
    if len(matching) > 1:
        raise CommandError(
            f"More than one record of {table.name} has the {column} {key}: pass the sys_id", ExitCode.CONFLICT
        )
    record: Record = matching[0]
    return {name: value for name, value in record.items() if name != column} if added else record


def sys_id_of(client: Client, arguments: argparse.Namespace) -> str:
    """Give the sys_id of the record that ``TABLE`` and ``SYS_ID|NUMBER`` name.

    Raises:
        CommandError: There is no such record.
        PysnowException: The instance did not answer, or answered with an error.
    """
    record = read_by_key(client.table(arguments.table), checked_key(arguments.key), ["sys_id"])
    return str(record["sys_id"])
