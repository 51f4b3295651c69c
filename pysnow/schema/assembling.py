"""Rows of the dictionary put together as tables of a schema document. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.schema.column_types import JOURNALS, column_type

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["Rows", "tables_of"]

_Key: TypeAlias = tuple[str, str]
"""Table and column."""

_Members: TypeAlias = dict[str, Any]

_KEPT_BY_THE_INSTANCE: Final = frozenset(
    {"sys_id", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count", "sys_tags"}
)
_SUGGESTION: Final = "2"
"""``sys_dictionary.choice`` of a column that takes other values, too."""

_NO_CHOICES: Final = ("", "0")

# What an override can say, with the flag that says whether it does.
_OVERRIDABLE: Final = {
    "default": ("default_value_override", "default_value"),
    "mandatory": ("mandatory_override", "mandatory"),
    "read_only": ("read_only_override", "read_only"),
    "reference_qualifier": ("reference_qual_override", "reference_qual"),
    "dependent_on": ("dependent_override", "dependent"),
    "attributes": ("attributes_override", "attributes"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What was read, with stored values.

    Attributes:
        objects: Rows of ``sys_db_object`` by name.
        columns: Rows of ``sys_dictionary``.
        overrides: Rows of ``sys_dictionary_override``.
        choices: Rows of ``sys_choice``.
        labels: Rows of ``sys_documentation``.
        links: Rows of ``sys_m2m``.
        language: Language whose labels come before those of others.
    """

    objects: Mapping[str, Record]
    columns: Sequence[Record]
    overrides: Sequence[Record]
    choices: Sequence[Record]
    labels: Sequence[Record]
    links: Sequence[Record]
    language: str


def tables_of(rows: Rows) -> dict[str, JSON]:
    """Put them together.

    Args:
        rows: What was read.
    """
    tables: dict[str, _Members] = {name: _table(row) for name, row in sorted(rows.objects.items())}
    choices = _choices(rows.choices, rows.language)
    labels = _in_language(rows.labels, rows.language)
    for row in sorted(rows.columns, key=lambda row: str(row["element"])):
        if row["name"] in tables and row["element"]:
            tables[row["name"]]["fields"][row["element"]] = _field(row, choices)
    for (table, column), members in sorted(_variations(rows, choices, labels), key=lambda said: _depth(tables, said)):
        _vary(tables, table, column, members)
    for row in rows.links:
        _link(tables, row)
    return tables


def _variations(
    rows: Rows, choices: Mapping[_Key, Mapping[str, str]], labels: Mapping[_Key, Record]
) -> Iterator[tuple[_Key, _Members]]:
    for row in rows.overrides:
        yield (row["name"], row["element"]), _overridden(row)
    for key, chosen in choices.items():
        yield key, {"choices": chosen}
    for key, row in labels.items():
        yield key, {"label": row["label"]}


def _depth(tables: Mapping[str, _Members], said: tuple[_Key, _Members]) -> int:
    """How far below the top a table is: what is said there is said of what the tables above made of the column."""
    return len(list(_line(tables, said[0][0])))


def _line(tables: Mapping[str, _Members], table: str) -> Iterator[_Members]:
    """A table and those that it extends, as far as they are there; no circle is gone round twice."""
    passed: set[str] = set()
    while table in tables and table not in passed:
        passed.add(table)
        yield tables[table]
        table = tables[table].get("extends", "")


def _table(row: Record) -> _Members:
    parent = row.get("super_class.name")
    return {
        "label": row.get("label") or row["name"],
        **({"extends": parent} if parent else {}),
        "fields": {},
        "relationships": {},
    }


def _field(row: Record, choices: Mapping[_Key, Mapping[str, str]]) -> _Members:
    internal = str(row.get("internal_type") or "string")
    type_ = column_type(internal)
    is_kept = row["element"] in _KEPT_BY_THE_INSTANCE or row.get("virtual") == "true"
    length = str(row.get("max_length") or "")
    borrowed = choices.get((row.get("choice_table") or "", row.get("choice_field") or ""))
    members: _Members = {
        "type": type_,
        "label": row.get("column_label") or row["element"],
        "max_length": int(length) if length.isdecimal() else None,
        "read_only": is_kept or row.get("read_only") == "true",
        "mandatory": row.get("mandatory") == "true",
        "write_only": type_ in JOURNALS,
        "choices": borrowed if row.get("choice") not in _NO_CHOICES else None,
        "reference_table": row.get("reference"),
        "internal_type": internal if internal != type_ else "",
        "default": row.get("default_value"),
        "display": row.get("display") == "true",
        "suggestions": row.get("choice") == _SUGGESTION,
        "reference_key": row.get("reference_key"),
        "reference_qualifier": row.get("reference_qual"),
        "dependent_on": row.get("dependent_on_field") or row.get("dependent"),
        "attributes": row.get("attributes"),
    }
    return _without_nothing(members)


def _overridden(row: Record) -> _Members:
    said = {name: row.get(column) for name, (flag, column) in _OVERRIDABLE.items() if row.get(flag) == "true"}
    for name in ("mandatory", "read_only"):
        if name in said:
            said[name] = said[name] == "true"
    if row.get("display_override") == "true":
        said["display"] = True
    return said


def _vary(tables: Mapping[str, _Members], table: str, column: str, members: _Members) -> None:
    """Say something else of a column in a table, which may inherit it."""
    found = _inherited(tables, table, column)
    if found is None or all((found.get(name) or None) == (value or None) for name, value in members.items()):
        return
    tables[table]["fields"][column] = _without_nothing({**found, **members})


def _inherited(tables: Mapping[str, _Members], table: str, column: str) -> _Members | None:
    """The nearest definition of a column; None where there is none, or the table is not one of these."""
    found = (members["fields"].get(column) for members in _line(tables, table))
    return next((members for members in found if members is not None), None)


def _link(tables: Mapping[str, _Members], row: Record) -> None:
    near, far = str(row.get("from_table")), row.get("to_table")
    keys = row.get("m2m_from_field"), row.get("m2m_to_field")
    if near in tables and far and row.get("m2m_table") and all(keys):
        tables[near]["relationships"][row["m2m_table"]] = {
            "table": far,
            "foreign_key": keys[0],
            "type": "many_to_many",
            "through": row["m2m_table"],
            "far_key": keys[1],
        }


def _choices(rows: Iterable[Record], language: str) -> dict[_Key, dict[str, str]]:
    """Values with labels, in the order of ``sequence``; a value that stands for several comes once."""
    found: dict[_Key, dict[str, str]] = {}
    spoken: dict[tuple[str, str, str], str] = {}
    for row in sorted(rows, key=_sequence):
        value = str(row.get("value") or "")
        key = (row["name"], row["element"], value)
        if key not in spoken or (spoken[key] != language and row.get("language") == language):
            spoken[key] = str(row.get("language"))
            found.setdefault((row["name"], row["element"]), {})[value] = row.get("label") or value
    return found


def _sequence(row: Record) -> tuple[int, str]:
    text = str(row.get("sequence") or "")
    return (int(text) if text.isdecimal() else 0, str(row.get("value") or ""))


def _in_language(rows: Iterable[Record], language: str) -> dict[_Key, Record]:
    found: dict[_Key, Record] = {}
    for row in rows:
        key = (row["name"], row["element"])
        if row.get("label") and (key not in found or row.get("language") == language):
            found[key] = row
    return found


def _without_nothing(members: _Members) -> _Members:
    """What is said of a column, without what everybody takes for granted."""
    return {name: value for name, value in members.items() if value or name in ("type", "label")}
