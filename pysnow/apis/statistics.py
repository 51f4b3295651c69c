"""What the Aggregate API answers, as values: numbers over all rows, or over groups of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias, overload

from pysnow.exceptions import InvalidUsage, MissingResult
from pysnow.records.typed_values import as_duration

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = [
    "Average",
    "Group",
    "GroupValue",
    "Number",
    "Statistics",
    "Stats",
    "Sum",
    "averaged_moments",
    "statistics_of",
]

Number: TypeAlias = int | Decimal
"""A number, exact as it was sent."""

Sum: TypeAlias = int | Decimal | timedelta
"""A number; of durations, one of them."""

Average: TypeAlias = Decimal | timedelta | str
"""A number; of durations, one of them; of moments, the text of one."""

_FUNCTIONS: Final = ("avg", "sum", "min", "max")
# A number with zeros in front is a text that somebody sorts by.
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]{1,99})?", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)
_DURATIONS: Final = frozenset({"glide_duration", "timer"})


@dataclass(frozen=True, slots=True)
class Statistics:
    """Numbers over some rows. A column without any value has None.

    Attributes:
        count: How many rows; None when that was not asked for.
        avg: Averages by column; of durations, a ``timedelta``; of moments, a text, in UTC.
        sum: Sums by column; of durations, a ``timedelta``.
        min: Least values by column; of moments, durations and texts, the stored text.
        max: Greatest values by column.
    """

    count: int | None = None
    avg: Mapping[str, Average | None] = field(default_factory=dict, hash=False)
    sum: Mapping[str, Sum | None] = field(default_factory=dict, hash=False)
    min: Mapping[str, Number | str | None] = field(default_factory=dict, hash=False)
    max: Mapping[str, Number | str | None] = field(default_factory=dict, hash=False)

    def cells(self) -> dict[str, int | Decimal | timedelta | str | None]:
        """Give them by names such as ``count`` and ``avg_priority``."""
        count = {} if self.count is None else {"count": self.count}
        by_column = ((name, getattr(self, name)) for name in _FUNCTIONS)
        return {**count, **{f"{name}_{column}": value for name, found in by_column for column, value in found.items()}}


@dataclass(frozen=True, slots=True)
class GroupValue:
    """What the rows of a group have in common in one column.

    Attributes:
        field: The column.
        value: Its stored value, ``""`` where it is empty; None when only labels were asked for.
        label: What people read; None when only stored values were asked for.
    """

    field: str
    value: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that have values in common, and the numbers over them.

    Attributes:
        values: What they have in common, column by column.
        stats: The numbers.
    """

    values: tuple[GroupValue, ...]
    stats: Statistics

    @property
    def count(self) -> int:
        """How many rows.

        Raises:
            InvalidUsage: That was not asked for.
        """
        return _count(self.stats.count)

    @property
    def avg(self) -> Mapping[str, Average | None]:
        """Averages by column."""
        return self.stats.avg

    @property
    def sum(self) -> Mapping[str, Sum | None]:
        """Sums by column."""
        return self.stats.sum

    @property
    def min(self) -> Mapping[str, Number | str | None]:
        """Least values by column."""
        return self.stats.min

    @property
    def max(self) -> Mapping[str, Number | str | None]:
        """Greatest values by column."""
        return self.stats.max

    def value(self, name: str) -> str:
        """Give the stored value in a column; ``""`` where it is empty.

        Raises:
            InvalidUsage: It is not grouped by that column, or only labels were asked for.
        """
        return _there(self._in(name).value, "display_value=True brings labels alone: ask with 'all'")

    def label(self, name: str) -> str:
        """Give what people read in a column; ``""`` where it is empty.

        Raises:
            InvalidUsage: It is not grouped by that column, or labels were not asked for.
        """
        return _there(self._in(name).label, "display_value=False brings no labels: ask with 'all'")

    def __getitem__(self, name: str) -> str:
        """Give the stored value in a column, or the label where there is nothing else."""
        found = self._in(name)
        return _there(found.label if found.value is None else found.value, "there is no value")

    def _in(self, name: str) -> GroupValue:
        for value in self.values:
            if value.field == name:
                return value
        raise InvalidUsage(f"It is grouped by {', '.join(value.field for value in self.values)}, not by {name!r}")


@dataclass(frozen=True, slots=True, repr=False)
class Stats:
    """The answer: numbers over all rows, or a sequence of groups; it can be printed as a :meth:`table`.

    Attributes:
        groups: The groups, in the order of the answer; without ``group_by`` one, of all rows.
        is_grouped: Whether ``group_by`` was asked for.
    """

    groups: tuple[Group, ...]
    is_grouped: bool

    @property
    def count(self) -> int:
        """How many rows; with groups, those in all the groups that came.

        Raises:
            InvalidUsage: That was not asked for.
        """
        return sum(group.count for group in self.groups)

    @property
    def avg(self) -> Mapping[str, Average | None]:
        """Averages of all rows by column.

        Raises:
            InvalidUsage: There are groups: each has its own.
        """
        return self._whole.avg

    @property
    def sum(self) -> Mapping[str, Sum | None]:
        """Sums of all rows by column.

        Raises:
            InvalidUsage: There are groups: each has its own.
        """
        return self._whole.sum

    @property
    def min(self) -> Mapping[str, Number | str | None]:
        """Least values of all rows by column.

        Raises:
            InvalidUsage: There are groups: each has its own.
        """
        return self._whole.min

    @property
    def max(self) -> Mapping[str, Number | str | None]:
        """Greatest values of all rows by column.

        Raises:
            InvalidUsage: There are groups: each has its own.
        """
        return self._whole.max

    def rows(self) -> list[dict[str, int | Decimal | timedelta | str | None]]:
        """Give a flat dict for each group: values under the columns, labels under ``<column>_label``, and numbers."""
        return [{**_cells(group), **group.stats.cells()} for group in self.groups]

    def to_dict(self) -> dict[str, JSON]:
        """Give all of it as dicts and lists: ``stats``, or ``groups`` with ``values``, ``labels`` and ``stats``."""
        if not self.is_grouped:
            return {"stats": _as_dict(self._whole)}
        return {
            "groups": [
                {
                    "values": {value.field: value.value for value in group.values if value.value is not None},
                    "labels": {value.field: value.label for value in group.values if value.label is not None},
                    "stats": _as_dict(group.stats),
                }
                for group in self.groups
            ]
        }

    def table(self) -> str:
        """Give it as lines of text, a line for each group, with labels where there are any."""
        lines = self._lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)

    @overload
    def __getitem__(self, index: int) -> Group: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Group]: ...

    def __getitem__(self, index: int | slice) -> Group | Sequence[Group]:
        return self.groups[index]

    def __iter__(self) -> Iterator[Group]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        if self.is_grouped:
            return f"<Stats, {len(self.groups)} groups>"
        return f"<Stats {' '.join(f'{name}={value}' for name, value in self._whole.cells().items())}>"

    def _repr_html_(self) -> str:
        head, *body = (
            "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in line)
            for tag, line in zip(("th", *["td"] * len(self.groups)), self._lines(), strict=True)
        )
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in body)}</table>"

    @property
    def _whole(self) -> Statistics:
        if self.is_grouped:
            raise InvalidUsage("There are groups, and each has its own numbers: go through them, or leave group_by out")
        return self.groups[0].stats

    def _lines(self) -> list[list[str]]:
        """A head, and a line for each group; a group has no cell where it has no number."""
        fields = [value.field for value in self.groups[0].values] if self.groups else []
        cells = [group.stats.cells() for group in self.groups]
        numbers = list(dict.fromkeys(name for row in cells for name in row))
        body = [
            [str(value.value if value.label is None else value.label) for value in group.values]
            + ["" if row.get(name) is None else str(row[name]) for name in numbers]
            for group, row in zip(self.groups, cells, strict=True)
        ]
        return [[*fields, *numbers], *body]


def averaged_moments(stats: Mapping[str, JSON]) -> tuple[str, ...]:
    """Columns whose average is written as a moment, which a duration is, too; only their type tells which it is.

    Args:
        stats: One ``stats`` object.

    Raises:
        MissingResult: Its averages are in a form that is not known.
    """
    return tuple(column for column, text in _by_column(stats, "avg") if _MOMENT.fullmatch(text))


def statistics_of(stats: Mapping[str, JSON], types: Mapping[str, str] | None = None) -> Statistics:
    """Read the numbers of one ``stats`` object.

    Args:
        stats: The object.
        types: Types of :func:`averaged_moments`, as far as they are known.

    Raises:
        MissingResult: Something in it is no number.
    """
    count = stats.get("count")
    return Statistics(
        None if count is None else _whole_number(count),
        avg={name: _average(name, value, types or {}) for name, value in _by_column(stats, "avg")},
        sum={name: _sum(name, value) for name, value in _by_column(stats, "sum")},
        min={name: _number_or_text(value) for name, value in _by_column(stats, "min")},
        max={name: _number_or_text(value) for name, value in _by_column(stats, "max")},
    )


def _by_column(stats: Mapping[str, JSON], name: str) -> Iterator[tuple[str, str]]:
    """The values of one function, which the API nests under its name."""
    found = stats.get(name)
    if found is not None and not isinstance(found, Mapping):
        raise MissingResult(f"The answer of the Aggregate API has {name!r} in a form that is not known")
    for column, value in (found or {}).items():
        yield column, "" if value is None else str(value)


def _number_or_text(text: str) -> Number | str | None:
    if not _NUMBER.fullmatch(text):
        return text or None
    return Decimal(text) if "." in text else int(text)


def _number(text: str) -> Number | None:
    found = _number_or_text(text)
    if isinstance(found, str):
        raise MissingResult(f"The answer of the Aggregate API holds {text[:40]!r} where a number belongs")
    return found


def _sum(name: str, text: str) -> Sum | None:
    # Of what is written as moments, only durations can be added up.
    return _duration(name, text) if _MOMENT.fullmatch(text) else _number(text)


def _average(name: str, text: str, types: Mapping[str, str]) -> Average | None:
    if _MOMENT.fullmatch(text):
        return _duration(name, text) if types.get(name) in _DURATIONS else text
    found = _number(text)
    return None if found is None else Decimal(found)


def _duration(name: str, text: str) -> timedelta | None:
    try:
        return as_duration(name, text)
    except InvalidUsage as error:
        raise MissingResult(f"The answer of the Aggregate API cannot be read: {error}") from error


def _whole_number(value: JSON) -> int:
    found = _number(str(value))
    if not isinstance(found, int) or found < 0:
        raise MissingResult(f"The answer of the Aggregate API counts {str(value)[:40]!r} rows")
    return found


def _count(count: int | None) -> int:
    if count is None:
        raise InvalidUsage("The rows were not counted: ask with count=True")
    return count


def _there(text: str | None, hint: str) -> str:
    if text is None:
        raise InvalidUsage(hint)
    return text


def _cells(group: Group) -> dict[str, str | None]:
    cells: dict[str, str | None] = {}
    for value in group.values:
        cells[value.field] = value.label if value.value is None else value.value
        if value.value is not None and value.label is not None:
            cells[f"{value.field}_label"] = value.label
    return cells


def _as_dict(stats: Statistics) -> dict[str, JSON]:
    count = {} if stats.count is None else {"count": stats.count}
    return {**count, **{name: dict(getattr(stats, name)) for name in _FUNCTIONS if getattr(stats, name)}}
