"""A table described for people: as lines of text, and as HTML for notebooks."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.schema.definitions import Field, Relationship, TableDefinition

__all__ = ["TableDescription"]

_HEAD = ("column", "type", "label", "from", "notes")
_CHOICES_SHOWN = 6


@dataclass(frozen=True, slots=True, repr=False)
class TableDescription:
    """What a table is like; ``str()`` and a notebook show all of it. Nothing is sent for that.

    Attributes:
        table: The table.
        lineage: Its name, and those of the tables that it extends.
        fields: All its columns by name.
        children: What refers to it.
    """

    table: TableDefinition
    lineage: Sequence[str]
    fields: Mapping[str, Field]
    children: Sequence[Relationship]

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Give a row for each column: name, type, label, table that defines it, and what else there is to say.

        That is for people: of many choices, the first six are shown. :meth:`to_dicts` gives all of them.
        """
        return [_row(field) for _, field in sorted(self.fields.items())]

    def to_dicts(self) -> list[dict[str, JSON]]:
        """Give a dict for each column, for programs: members named as in a schema file, and all the choices."""
        return [_members(self.table.name, field) for _, field in sorted(self.fields.items())]

    def __str__(self) -> str:
        rows = [_HEAD, *self.rows()]
        widths = [max(len(row[index]) for row in rows) for index in range(len(_HEAD) - 1)]
        lines = ("  ".join((*map(str.ljust, row, widths), row[-1])).rstrip() for row in rows)
        return "\n".join((self._title, "", *lines, *self._endings()))

    def __repr__(self) -> str:
        count = len(self.fields)
        return f"<TableDescription {self.table.name}, {count} {'column' if count == 1 else 'columns'}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in _HEAD)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows()
        )
        ending = "".join(f"<p>{html.escape(line)}</p>" for line in self._endings() if line)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<h4>{html.escape(self._title)}</h4>{table}{ending}"

    @property
    def _title(self) -> str:
        line = " > ".join(self.lineage)
        return f"{line} ({self.table.label})" if self.table.label else line

    def _endings(self) -> Iterator[str]:
        if self.children:
            yield ""
            yield f"referred to by {', '.join(relation.name for relation in self.children)}"


def _row(field: Field) -> tuple[str, str, str, str, str]:
    length = f"({field.max_length})" if field.max_length and field.type == "string" else ""
    return field.name, f"{field.type}{length}", field.label, field.table, ", ".join(_notes(field))


def _members(table: str, field: Field) -> dict[str, JSON]:
    return {
        "table": table,
        "column": field.name,
        "type": field.type,
        "label": field.label,
        "from": field.table,
        "max_length": field.max_length,
        "reference_table": field.reference_table,
        "mandatory": field.mandatory,
        "read_only": field.read_only,
        "write_only": field.write_only,
        "display": field.display,
        "default": field.default,
        "choices": dict(field.choices),
        "suggestions": field.suggests,
        "dependent_on": field.dependent_on or None,
    }


def _notes(field: Field) -> Iterator[str]:
    if field.reference_table:
        yield f"-> {field.reference_table}"
    for name in ("mandatory", "read_only", "display"):
        if getattr(field, name):
            yield name.replace("_", "-")
    if field.write_only:  # such as a list of journals, which is read-only beside that
        yield "no stored value, read as label"
    if field.default is not None:
        yield f"default {field.default}"
    if field.choices:
        shown = [f"{value}={label}" for value, label in list(field.choices.items())[:_CHOICES_SHOWN]]
        yield "choices " + " | ".join([*shown, *(["..."] if len(field.choices) > _CHOICES_SHOWN else [])])
