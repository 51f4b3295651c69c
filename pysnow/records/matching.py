"""Records that hold exactly what was asked for.

A database's ``=`` may pass over case, accents and blanks at the end, and an instance drops a condition on a column that
it does not know. So what came is compared once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage, MultipleResults, NoResults
from pysnow.field_value import raw_value
from pysnow.records.field_shapes import text_of
from pysnow.records.typed_values import written_value

if TYPE_CHECKING:
    from pysnow.resource import Resource

__all__ = ["asked_values", "candidates", "described", "holding", "only_one", "refuse_offset"]

_CANDIDATES_MAX: Final = 100
_LISTED: Final = 5
_NAMES: Final = ("number", "name", "user_name", "email", "short_description", "workflow_state", "version")


def asked_values(columns: Mapping[str, object]) -> dict[str, str]:
    """Give what columns shall hold, as the texts that they store.

    Raises:
        InvalidUsage: A value is empty, or none that a column holds; nothing was sent.
    """
    texts = {}
    for name, value in columns.items():
        stored = raw_value(value)
        text = text_of(written_value(name, stored), name)
        if not text:
            raise InvalidUsage(f"{name} is empty: a record cannot be found by that")
        texts[name] = text
    return texts


def candidates(
    resource: Resource, asked: Mapping[str, str], fields: Sequence[str] = (), **options: Any
) -> list[dict[str, Any]]:
    """Ask for the records that the instance thinks equal: one GET.

    Args:
        resource: Resource of the table.
        asked: What columns shall hold.
        fields: Columns to read, beside those that are asked by; all of the table when empty.
        options: Further arguments of ``get``.

    Raises:
        InvalidUsage: The resource is set to pass over rows.
    """
    refuse_offset(resource)
    named = list(dict.fromkeys(["sys_id", *asked, *fields])) if fields else []
    answer = resource.get(dict(asked), limit=_CANDIDATES_MAX, fields=named, **options)
    rows: list[dict[str, Any]] = answer.all()
    return rows


def refuse_offset(resource: Resource) -> None:
    """Refuse to look for a record behind others, as walks do: those that are passed over would seem not to be there.

    Raises:
        InvalidUsage: The parameters of the resource, or of its client, hold an offset; nothing was sent.
    """
    if resource.parameters.offset:
        raise InvalidUsage("A record is looked for among all of them: set parameters.offset back to 0")


def holding(rows: Sequence[Mapping[str, Any]], asked: Mapping[str, str], *, exactly: bool = True) -> list[Any]:
    """Pick the records that hold what was asked for.

    Args:
        rows: Records, with their stored values.
        asked: What columns shall hold.
        exactly: Whether capitals count.
    """

    def same(found: object, wanted: str) -> bool:
        text = str(raw_value(found))
        return text == wanted if exactly else text.strip().casefold() == wanted.strip().casefold()

    return [row for row in rows if all(name in row and same(row[name], text) for name, text in asked.items())]


def only_one(rows: Sequence[Any], what: str, table: str | None, near: Sequence[Mapping[str, Any]] = ()) -> Any:
    """Give the only record of several.

    Args:
        rows: Records.
        what: What was asked for, for the error.
        table: Table, for the error.
        near: Records that are almost right, for the error.

    Raises:
        NoResults: There is none.
        MultipleResults: There is more than one; the error lists them.
    """
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise MultipleResults(f"{len(rows)} records of {table} are {what}: {_listed(rows)}", table=table)
    almost = f". Almost: {_listed(near)}" if near else ""
    raise NoResults(f"No record of {table} is {what}, or it may not be read{almost}", table=table)


def described(asked: Mapping[str, str]) -> str:
    """Say what was asked for."""
    return " and ".join(f"{name}={text!r}" for name, text in asked.items())


def _listed(rows: Sequence[Mapping[str, Any]]) -> str:
    shown = [_one_line(row) for row in rows[:_LISTED]]
    return "; ".join(shown) + (f"; and {len(rows) - _LISTED} more" if len(rows) > _LISTED else "")


def _one_line(row: Mapping[str, Any]) -> str:
    values = {name: str(raw_value(row.get(name)) or "") for name in _NAMES}
    words = ", ".join(f"{name} {value[:40]}" for name, value in values.items() if value)
    return f"{raw_value(row.get('sys_id', '?'))} ({words})" if words else str(raw_value(row.get("sys_id", "?")))
