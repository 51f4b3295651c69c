"""Labels of choices in payloads, exchanged for what is stored: ``{"state": "On Hold"}`` becomes ``{"state": "3"}``.

A text of a payload is taken, in this order, for

* a choice whose label it is, capitals aside, or whose stored value: the only such one. Choices of a column that depends
  on another one count when they belong to what the payload says there; to anything, when it says nothing;
* any other text, where the column only makes suggestions.

What fits none or several is an error before anything is written. Columns without choices keep their texts, and so do
numbers, references, and fields in the shape in which they were read (``{"value": "3"}``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.exceptions import InvalidUsage
from pysnow.field_value import raw_value
from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of
from pysnow.records.dictionary import ancestors_of

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["Labels", "checked_language", "with_stored_values"]

Labels: TypeAlias = bool | str
"""Whether texts of a payload may be labels of choices: True for English ones, or their language, such as ``"de"``."""

_LANGUAGE: Final = "en"
_CODE: Final = re.compile(r"[A-Za-z]{2,}([_-][A-Za-z]+)*", re.ASCII)
_DROPDOWNS: Final = ("1", "3")
_LISTED_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class _Choice:
    value: str
    label: str
    dependent: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """A column with choices, or one that ought to have some.

    Attributes:
        name: Its name.
        depends_on: Column that decides which choices apply, or empty.
        is_open: Whether it takes other texts, too.
        choices: Its choices.
    """

    name: str
    depends_on: str
    is_open: bool
    choices: tuple[_Choice, ...]


def with_stored_values(table: Table, payload: Any, labels: Labels) -> Any:
    """Give a payload in which labels of choices are exchanged for stored values: two GETs, remembered for an hour.

    Args:
        table: The table.
        payload: Fields by name.
        labels: Whether they may be labels, and of which language; False for the payload as it is.

    Raises:
        InvalidUsage: A text is no choice of its column, or may be one of several; nothing was written.
        PysnowException: The instance refuses to show its choices, or does not answer.
    """
    language = checked_language(labels)
    if language is None or not isinstance(payload, Mapping):
        return payload
    texts = {name for name, value in payload.items() if isinstance(value, str) and value.strip() and "." not in name}
    fields = dict(payload)
    for column in _parents_first(_columns(table, texts, language)):
        parent = fields.get(column.depends_on) if column.depends_on in fields else None
        fields[column.name] = _stored(column, fields[column.name], parent, language)
    return fields


def checked_language(labels: Any) -> str | None:
    """Give the language of labels; None where texts are no labels.

    Args:
        labels: As a call has it.

    Raises:
        InvalidUsage: It is neither a flag nor the code of a language.
    """
    if isinstance(labels, bool):
        return _LANGUAGE if labels else None
    if isinstance(labels, str) and _CODE.fullmatch(labels):
        return labels
    raise InvalidUsage(f"labels must be True, False or a language such as 'de', not {labels!r}")


def _columns(table: Table, names: set[str], language: str) -> tuple[_Column, ...]:
    if not names:
        return ()
    key = ("labels", table.name, language, *sorted(names))
    return memory_of(table._transport).kept(key, DICTIONARY_SECONDS, lambda: _read(table, sorted(names), language))


def _read(table: Table, names: list[str], language: str) -> tuple[_Column, ...]:
    order = ancestors_of(table, table.name)
    meant = {"name": list(order), "element": names}
    told = _nearest(_rows(table, "sys_dictionary", meant, "choice", "dependent", "dependent_on_field"), order)
    shown = _rows(table, "sys_choice", {**meant, "language": language}, "value", "label", "dependent_value", "inactive")
    choices = _nearest(shown, order)
    found = (_column(name, told.get(name, [{}])[0], choices.get(name, [])) for name in names)
    return tuple(column for column in found if column is not None)


def _rows(table: Table, name: str, query: Mapping[str, Any], *columns: str) -> list[dict[str, str]]:
    fields = ["name", "element", *columns]
    rows = table._sibling(f"/table/{name}").get(query, fields=fields, display_value=False).all()
    return [{field: str(raw_value(row.get(field)) or "") for field in fields} for row in rows]


def _nearest(rows: Iterable[dict[str, str]], order: tuple[str, ...]) -> dict[str, list[dict[str, str]]]:
    """Rows by column: those of the nearest table that has some."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in sorted(rows, key=lambda row: order.index(row["name"])):
        own = found.setdefault(row["element"], [])
        if not own or own[0]["name"] == row["name"]:
            own.append(row)
    return found


def _column(name: str, told: Mapping[str, str], rows: list[dict[str, str]]) -> _Column | None:
    kind = told.get("choice", "")
    if not rows and kind not in _DROPDOWNS:
        return None
    depends_on = told.get("dependent_on_field") or told.get("dependent") or ""
    choices = tuple(
        _Choice(row["value"], row["label"], row["dependent_value"], row["inactive"] != "true") for row in rows
    )
    return _Column(name, depends_on, bool(told) and kind not in _DROPDOWNS, choices)


def _parents_first(columns: tuple[_Column, ...]) -> list[_Column]:
    waiting, ordered = {column.name: column for column in columns}, list[_Column]()
    while waiting:
        # Columns that depend on each other in a circle are taken as they come.
        free = [column for column in waiting.values() if column.depends_on not in waiting] or [*waiting.values()]
        ordered += free
        waiting = {name: column for name, column in waiting.items() if column not in free}
    return ordered


def _stored(column: _Column, text: str, parent: object, language: str) -> str:
    """What is stored for a text of the payload."""
    choices = _applicable(column, parent)
    named = [choice for choice in choices if choice.value == text]
    labelled = _labelled((choice for choice in choices if choice.is_active), text)
    candidates = list(dict.fromkeys([*labelled, *named]))
    values = {choice.value for choice in candidates}
    if len(values) == 1:
        return candidates[0].value
    inactive = _labelled((choice for choice in choices if not choice.is_active), text)
    if not values and column.is_open and not inactive:
        return text
    raise _objection(column, text, parent, candidates, inactive, language)


def _applicable(column: _Column, parent: object) -> list[_Choice]:
    if not column.depends_on or parent is None:
        return [*column.choices]
    return [choice for choice in column.choices if choice.dependent in ("", str(raw_value(parent)))]


def _labelled(choices: Iterable[_Choice], text: str) -> list[_Choice]:
    """Choices with a label: spelt like that, or else in other capitals."""
    wanted = text.strip()
    alike = [choice for choice in choices if choice.label.strip().casefold() == wanted.casefold()]
    return [choice for choice in alike if choice.label.strip() == wanted] or alike


def _objection(
    column: _Column,
    text: str,
    parent: object,
    candidates: list[_Choice],
    inactive: list[_Choice],
    language: str,
) -> InvalidUsage:
    what = f"{column.name} {text!r}"
    if candidates:
        hint = f"; say {column.depends_on!r} in the payload, too" if column.depends_on and parent is None else ""
        return InvalidUsage(f"{what} may be {_listed(column, candidates, ' or ')}: pass the stored value{hint}")
    if inactive:
        shown = _listed(column, inactive, ", ")
        return InvalidUsage(f"{what} is not offered any more ({shown}): pass the stored value if it is meant")
    choices = [choice for choice in _applicable(column, parent) if choice.is_active]
    if not choices:
        return InvalidUsage(
            f"{what}: no choices with labels in language {language!r} are to be seen; a stored value is taken as"
            f" {{'value': {text!r}}}"
        )
    where = f" where {column.depends_on} is {raw_value(parent)!r}" if column.depends_on and parent is not None else ""
    return InvalidUsage(f"{what} is no choice{where}: there are {_listed(column, choices, ', ')}")


def _listed(column: _Column, choices: list[_Choice], between: str) -> str:
    shown = [_described(column, choice) for choice in choices[:_LISTED_MAX]]
    return between.join(shown) + (f"{between}{len(choices) - _LISTED_MAX} more" if len(choices) > _LISTED_MAX else "")


def _described(column: _Column, choice: _Choice) -> str:
    where = f", where {column.depends_on} is {choice.dependent!r}" if column.depends_on and choice.dependent else ""
    return f"{choice.value!r} ({choice.label}{where})"
