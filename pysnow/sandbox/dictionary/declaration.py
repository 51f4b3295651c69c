"""Tables and columns as people declare them: ``{"u_name": "string", "u_owner": {"type": "reference", ...}}``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import TypeAlias

from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.dictionary.types import Kind, kind_of, known_types

Columns: TypeAlias = "Mapping[str, str | Mapping[str, object] | Column]"
"""Columns by element: a field type, the attributes of a ``Column``, or a ``Column``.

``choices`` may be a mapping of values to labels.
"""

_ATTRIBUTES = {field.name: field.default for field in fields(Column) if field.name not in ("element", "choices")}
_NUMBER = Column("number", "Number", "string", max_length=40)


def declared_table(
    name: str, *, label: str = "", columns: Columns | None = None, extends: str = "", prefix: str = ""
) -> Table:
    """Read the declaration of a table.

    Args:
        name: Table name.
        label: Label; made from the name unless given.
        columns: Its own columns.
        extends: Table it extends; empty for none.
        prefix: Prefix of its numbers, such as ``INC``; a table of its own gets a column ``number`` for them.

    Raises:
        ValueError: An attribute or a field type is unknown.
    """
    declared = [declared_column(element, given) for element, given in (columns or {}).items()]
    if prefix and not extends and all(column.element != "number" for column in declared):
        has_display = any(column.display for column in declared)
        declared.insert(0, replace(_NUMBER, display=not has_display))
    return Table(name, label or label_of(name), tuple(declared), extends=extends, prefix=prefix)


def declared_column(element: str, given: str | Mapping[str, object] | Column) -> Column:
    """Read the declaration of a column.

    Raises:
        ValueError: An attribute or a field type is unknown, or a reference has no table.
    """
    if isinstance(given, Column):
        column = replace(given, element=element)
    else:
        column = _column(element, {"type": given} if isinstance(given, str) else given)
    if column.type not in known_types():
        close = get_close_matches(column.type, known_types(), n=3)
        advice = f"did you mean {' or '.join(close)}?" if close else "see sys_glide_object for the list"
        raise ValueError(f"column {element}: unknown type {column.type!r}: {advice}")
    if kind_of(column.type) is Kind.REFERENCE and not column.reference:
        raise ValueError(
            f"column {element}: a reference needs a table: {{'type': 'reference', 'reference': 'sys_user'}}"
        )
    return column


def label_of(name: str) -> str:
    """Make a label from a name: ``u_start_date`` becomes ``Start date``."""
    words = name.removeprefix("u_").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _column(element: str, attributes: Mapping[str, object]) -> Column:
    choices = attributes.get("choices", ())
    values: dict[str, object] = {}
    for name, value in attributes.items():
        if name == "choices":
            continue
        default = _ATTRIBUTES.get(name)
        if name not in _ATTRIBUTES:
            raise ValueError(
                f"column {element}: unknown attribute {name!r}: use {', '.join((*_ATTRIBUTES, 'choices'))}"
            )
        wanted = str if not isinstance(default, bool | int) else type(default)
        if type(value) is not wanted:
            raise ValueError(f"column {element}: {name} must be of type {wanted.__name__}, not {value!r}")
        values[name] = value
    label = str(values.pop("label", "")) or label_of(element)
    return Column(element, label, choices=_choices(element, choices), **values)  # type: ignore[arg-type]  # checked above


def _choices(element: str, given: object) -> tuple[Choice, ...]:
    if isinstance(given, Mapping):
        return tuple(Choice(str(value), str(label)) for value, label in given.items())
    if isinstance(given, list | tuple) and all(isinstance(choice, str | Choice) for choice in given):
        return tuple(choice if isinstance(choice, Choice) else Choice(choice, choice) for choice in given)
    raise ValueError(f"column {element}: choices must map values to labels, such as {{'1': 'New'}}")
