"""Fields that new records of a table get when nobody said otherwise."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage
from pysnow.records.client_memory import memory_of
from pysnow.records.preparing import prepared_payload
from pysnow.records.references import Ref
from pysnow.records.typed_values import written_value
from pysnow.url_builder import checked_table

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["PayloadDefaults", "completed"]

_ME: Final = "@me"
_COLUMN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_OF_ONE_RECORD: Final = frozenset({"sys_id", "correlation_id"})
"""By these a creation is recognised: a second record with the same value would be taken for the first."""

_MOMENTS: Final[tuple[type, ...]] = (date, datetime, time, timedelta, Decimal)


class PayloadDefaults(MutableMapping[str, Mapping[str, Any]]):
    """Defaults of payloads, by table: ``client.defaults["incident"] = {"caller_id": "@me", "contact_type": "phone"}``.

    They lie under the payload of each creation in that very table, tables that extend it not included; what the payload
    says itself wins, empty values too. Changes of records are not touched. ``"@me"`` stands for the calling user, here
    and in no payload; a :class:`~pysnow.Ref` for a record that is looked up.

    A dict that is assigned is copied, and read back as one that cannot be changed: assign another. Threads share them;
    a call uses those that hold when it is made. Resources that were made before go by them, too.
    """

    def __init__(self) -> None:
        self._tables: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, table: str) -> Mapping[str, Any]:
        """Give the defaults of a table.

        Args:
            table: Its name.

        Raises:
            KeyError: It has none.
        """
        return self._tables[table]

    def __setitem__(self, table: str, fields: Mapping[str, Any]) -> None:
        """Set the defaults of a table, in place of those that it had.

        Args:
            table: Its name.
            fields: Stored values by column: texts, numbers, flags, moments, references.

        Raises:
            InvalidUsage: A name or a value cannot be used; the defaults stay as they were.
        """
        if not isinstance(fields, Mapping):
            raise InvalidUsage(f"Defaults of {table!r} must be a dict of fields, not {type(fields).__name__}")
        checked = {_checked_column(name): _checked_value(name, value) for name, value in fields.items()}
        self._tables[checked_table(table)] = MappingProxyType(checked)

    def __delitem__(self, table: str) -> None:
        """Have no defaults for a table any more.

        Args:
            table: Its name.

        Raises:
            KeyError: It has none.
        """
        del self._tables[table]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the tables."""
        return iter([*self._tables])

    def __len__(self) -> int:
        """Count the tables."""
        return len(self._tables)

    def __repr__(self) -> str:
        return f"<PayloadDefaults { ({name: dict(fields) for name, fields in self._tables.items()}) }>"

    def copy(self) -> PayloadDefaults:
        """Give an independent copy."""
        twin = PayloadDefaults()
        twin._tables = dict(self._tables)
        return twin


def completed(table: Table, payload: Any) -> Any:
    """Give the payload of a creation with the defaults of its client under it; the same one when it has none.

    Args:
        table: Table of the record.
        payload: Its fields.

    Raises:
        PysnowException: A reference, or who is calling, cannot be looked up; the record was not created.
    """
    defaults = table.kwargs.get("defaults")
    fields = defaults.get(table.name) if defaults else None
    if not fields or not isinstance(payload, Mapping):
        return payload
    # To an instance, the names of columns in other capitals are the same.
    said = {str(name).casefold() for name in payload}
    missing = {name: _meant(table, value) for name, value in fields.items() if name.casefold() not in said}
    return {**prepared_payload(table, missing), **payload}


def _meant(table: Table, value: Any) -> Any:
    return _caller_of(table) if value == _ME and isinstance(value, str) else value


def _caller_of(table: Table) -> str:
    """The sys_id of the calling user: asked once, as the memory is emptied when somebody else calls."""
    from pysnow.records.resolving import resolved

    return memory_of(table._transport).kept(("caller",), math.inf, lambda: resolved(table, "sys_user", _ME))


def _checked_column(name: Any) -> str:
    if not isinstance(name, str) or not _COLUMN.fullmatch(name):
        raise InvalidUsage(f"A default needs the name of a column, not {name!r}")
    if name.casefold() in _OF_ONE_RECORD:
        raise InvalidUsage(f"{name!r} tells one record from all others, so it has no default: say it in each payload")
    return name


def _checked_value(name: str, value: Any) -> Any:
    if isinstance(value, _MOMENTS):
        return written_value(name, value)
    is_number = isinstance(value, (int, float)) and math.isfinite(value)
    if not (is_number or isinstance(value, (str, Ref))):
        raise InvalidUsage(f"The default of {name!r} must be a text, number, flag, moment or Ref, not {value!r:.60}")
    return value
