"""The operators of the query language, as methods that the query builder and the expressions have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeAlias, TypeVar

from pysnow.encoded_query import check_name
from pysnow.enums import DateTimeOn, RelativeDirection, RelativeEquality, RelativeTimeWindows
from pysnow.exceptions import QueryTypeError
from pysnow.query_moments import Moments
from pysnow.query_values import Script, as_text, between_text, day_text, list_text, short, value_text

__all__ = ["FieldOperators"]

ResultT = TypeVar("ResultT", covariant=True)

Moment: TypeAlias = date | datetime | str | Script
Comparison: TypeAlias = RelativeEquality | Literal["eq", "gt", "gte", "lt", "lte"]
Unit: TypeAlias = RelativeTimeWindows | Literal["minute", "hour", "day", "month", "quarter", "year"]
Direction: TypeAlias = RelativeDirection | Literal["ago", "ahead"]

# Names in quotes: the class is defined below.
Column: TypeAlias = "str | FieldOperators[Any]"

_DATE_PART_COMPARISONS = {"eq": "EE", "gt": "GT", "gte": "GE", "lt": "LT", "lte": "LE"}


class FieldOperators(ABC, Generic[ResultT]):
    """One method an operator; what a condition becomes is up to the subclass.

    Every method raises ``QueryTypeError`` for a value that the operator cannot carry.
    """

    _moments: Moments

    if not TYPE_CHECKING:  # a type checker is to refuse names that do not exist

        def __getattr__(self, name: str) -> NoReturn:
            from difflib import get_close_matches

            methods = [method for method in dir(type(self)) if not method.startswith("_")]
            near = [] if name.startswith("_") else get_close_matches(name, methods, n=2, cutoff=0.5)
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise AttributeError(f"{type(self).__name__} has no method {name!r}{hint}")

    @abstractmethod
    def _condition(self, operator: str, operand: str = "") -> ResultT:
        """Take one condition on the current field."""

    def _equal(self, value: object) -> ResultT:
        if value is None:
            return self.is_empty()
        if isinstance(value, (list, tuple, set, frozenset)):
            return self.in_list(value)
        return self._condition("=", value_text(value, self._moments.compared))

    def _unequal(self, value: object) -> ResultT:
        if value is None:
            return self.is_not_empty()
        if isinstance(value, (list, tuple, set, frozenset)):
            return self.not_in_list(value)
        return self._condition("!=", value_text(value, self._moments.compared))

    def _list(self, values: object) -> str:
        return str(values) if isinstance(values, Script) else list_text(values, self._moments.member)

    # -- emptiness

    def is_empty(self) -> ResultT:
        """Match rows in which the column is empty (``ISEMPTY``)."""
        return self._condition("ISEMPTY")

    def is_not_empty(self) -> ResultT:
        """Match rows in which the column is not empty (``ISNOTEMPTY``)."""
        return self._condition("ISNOTEMPTY")

    def is_empty_string(self) -> ResultT:
        """Match rows in which the column holds the empty string (``EMPTYSTRING``)."""
        return self._condition("EMPTYSTRING")

    def is_anything(self, _unused: object = None) -> ResultT:
        """Match every row (``ANYTHING``); programs of old pass an argument, which says nothing."""
        return self._condition("ANYTHING")

    # -- text

    def starts_with(self, starts_with: str | Script) -> ResultT:
        """Match texts, or display values of a reference, with this beginning (``STARTSWITH``)."""
        return self._condition("STARTSWITH", as_text(starts_with))

    def ends_with(self, ends_with: str | Script) -> ResultT:
        """Match texts, or display values of a reference, with this end (``ENDSWITH``)."""
        return self._condition("ENDSWITH", as_text(ends_with))

    def contains(self, contains: str | Script) -> ResultT:
        """Match texts, or display values of a reference, that hold this (``LIKE``)."""
        return self._condition("LIKE", as_text(contains))

    def not_contains(self, not_contains: str | Script) -> ResultT:
        """Match texts that do not hold this (``NOT LIKE``); empty ones are not matched."""
        return self._condition("NOT LIKE", as_text(not_contains))

    # -- lists and ranges

    def in_list(self, values: object) -> ResultT:
        """Match the members of a list, tuple or set (``IN``); a ``Script`` can stand for the whole list."""
        return self._condition("IN", self._list(values))

    def not_in_list(self, values: object) -> ResultT:
        """Match what is no member of a list, tuple or set (``NOT IN``); empty columns are not matched."""
        return self._condition("NOT IN", self._list(values))

    def between(self, start: object, end: object) -> ResultT:
        """Match what lies between two ends, themselves included (``BETWEEN``).

        Args:
            start: Number, date, datetime, ISO 8601 text or ``Script``.
            end: The same, not before ``start``. A date stands for its first second.
        """
        return self._condition("BETWEEN", between_text(start, end, self._moments.ends))

    # -- references

    def instance_of(self, table: str) -> ResultT:
        """Match a class or those derived from it, on ``sys_class_name`` (``INSTANCEOF``)."""
        return self._condition("INSTANCEOF", check_name(table))

    def dynamic(self, sys_id: str) -> ResultT:
        """Match by a dynamic filter, such as "me" or "one of my groups" (``DYNAMIC``).

        Args:
            sys_id: Row of ``sys_filter_option_dynamic``.
        """
        return self._condition("DYNAMIC", as_text(sys_id))

    def in_hierarchy(self, sys_id: str) -> ResultT:
        """Match a record or its descendants (``IN_HIERARCHY``)."""
        return self._condition("IN_HIERARCHY", as_text(sys_id))

    def in_hierarchy_dynamic(self, sys_id: str) -> ResultT:
        """Match what a dynamic filter gives, or its descendants (``IN_HIERARCHY_DYNAMIC``)."""
        return self._condition("IN_HIERARCHY_DYNAMIC", as_text(sys_id))

    def does_not_have(self, value: object) -> ResultT:
        """Match records without this tag, on ``sys_tags.<sys_id>`` (``DOESNOTHAVE``)."""
        return self._condition("DOESNOTHAVE", value_text(value))

    def excluding(self, value: object) -> ResultT:
        """Match all but this tag, on ``sys_tags.<sys_id>`` (``EXCLUDING``)."""
        return self._condition("EXCLUDING", value_text(value))

    # -- other columns of the row

    def same_as(self, other: Column, unit: str | None = None) -> ResultT:
        """Match rows in which another column is equal (``SAMEAS``).

        Args:
            other: The other column.
            unit: For moments: ``day``, ``week``, ``month``, ... in which both must lie.
        """
        return self._condition("SAMEAS", _other_field(other, unit))

    def not_same_as(self, other: Column, unit: str | None = None) -> ResultT:
        """Match rows in which another column differs (``NSAMEAS``); arguments as for :meth:`same_as`."""
        return self._condition("NSAMEAS", _other_field(other, unit))

    def greater_than_field(self, other: Column) -> ResultT:
        """Match rows in which this number or moment is above another column's (``GT_FIELD``)."""
        return self._condition("GT_FIELD", _column(other))

    def less_than_field(self, other: Column) -> ResultT:
        """Match rows in which this number or moment is below another column's (``LT_FIELD``)."""
        return self._condition("LT_FIELD", _column(other))

    def greater_than_or_equal_field(self, other: Column) -> ResultT:
        """Match rows in which this number or moment is not below another column's (``GT_OR_EQUALS_FIELD``)."""
        return self._condition("GT_OR_EQUALS_FIELD", _column(other))

    def less_than_or_equal_field(self, other: Column) -> ResultT:
        """Match rows in which this number or moment is not above another column's (``LT_OR_EQUALS_FIELD``)."""
        return self._condition("LT_OR_EQUALS_FIELD", _column(other))

    def is_more_than(self, amount: int, unit: Unit, side: Literal["before", "after"], other: Column) -> ResultT:
        """Match moments more than so long before or after another column's (``MORETHAN``).

        Example: ``.field("due_date").is_more_than(3, "day", "after", "opened_at")``.
        """
        return self._condition("MORETHAN", _distance(amount, unit, side, other))

    def is_less_than(self, amount: int, unit: Unit, side: Literal["before", "after"], other: Column) -> ResultT:
        """Match moments less than so long before or after another column's (``LESSTHAN``)."""
        return self._condition("LESSTHAN", _distance(amount, unit, side, other))

    # -- moments

    def on(self, when: Moment | DateTimeOn) -> ResultT:
        """Match moments within a day or a period (``ON``), in the time zone of the account.

        Args:
            when: The day, or a period such as ``DateTimeOn.last_week``. An aware datetime gives its day in UTC.
        """
        return self._condition("ON", _period(when))

    def not_on(self, when: Moment | DateTimeOn) -> ResultT:
        """Match moments outside a day or a period (``NOTON``); argument as for :meth:`on`."""
        return self._condition("NOTON", _period(when))

    def relative(self, comparison: Comparison, amount: int, unit: Unit, direction: Direction = "ago") -> ResultT:
        """Compare with a moment so far from now (``RELATIVEGT`` and its kin).

        Example: ``relative("gt", 3, "hour", "ago")`` matches what is later than three hours ago.

        Args:
            comparison: ``eq``, ``gt``, ``gte``, ``lt`` or ``lte``: equal, later, not earlier, earlier, not later.
            amount: Distance from now, in units; 0 or more.
            unit: ``minute``, ``hour``, ``day``, ``month``, ``quarter`` or ``year``.
            direction: ``ago`` or ``ahead``.
        """
        operator = _word(RelativeEquality, comparison)
        return self._condition(
            operator, f"@{_word(RelativeTimeWindows, unit)}@{_word(RelativeDirection, direction)}@{_count(amount)}"
        )

    def date_part(self, part: str, value: str | int, comparison: Comparison = "eq") -> ResultT:
        """Compare a part of a moment (``DATEPART``), such as ``date_part("dayofweek", "monday", "gte")``.

        Args:
            part: ``dayofweek``, ``month``, ``quarter``, ``year``, ``week``, ``hourofday`` ...
            value: Value of the part, as the platform names it: ``monday``, ``january``, ``2026``.
            comparison: ``eq``, ``gt``, ``gte``, ``lt`` or ``lte``; weeks run from Sunday to Saturday.
        """
        name, value_name = check_name(part), check_name(str(value))
        code = _DATE_PART_COMPARISONS[RelativeEquality(_word(RelativeEquality, comparison)).name]
        return self._condition("DATEPART", f"{value_name}@javascript:gs.datePart('{name}','{value_name}','{code}')")


def _column(other: Column) -> str:
    return check_name(str(other) if isinstance(other, FieldOperators) else other)


def _other_field(other: Column, unit: str | None) -> str:
    return _column(other) if unit is None else f"{_column(other)}@{check_name(unit)}"


def _distance(amount: int, unit: Unit, side: str, other: Column) -> str:
    if side not in ("before", "after"):
        raise QueryTypeError(f"a distance is 'before' or 'after' the other column, not {short(side)}")
    # Only here the platform's unit of a day is called "day".
    name = "day" if _word(RelativeTimeWindows, unit) == "dayofweek" else _word(RelativeTimeWindows, unit)
    return f"{_column(other)}@{name}@{side}@{_count(amount)}"


def _period(when: Moment | DateTimeOn) -> str:
    if isinstance(when, DateTimeOn):
        return when.value
    day = _day(when)
    return f'custom@javascript:gs.dateGenerate("{day}", "start")@javascript:gs.dateGenerate("{day}", "end")'


def _day(when: Moment) -> str:
    try:
        return day_text(when)
    except QueryTypeError as error:
        from difflib import get_close_matches

        words = "_".join(str(when).lower().split())
        near = get_close_matches(words, [period.name for period in DateTimeOn], n=1) or ["last_week"]
        raise QueryTypeError(
            f"{short(when)} is no day: pass a date, 'YYYY-MM-DD', or a period such as DateTimeOn.{near[0]}"
        ) from error


def _count(amount: object) -> int:
    if isinstance(amount, int) and not isinstance(amount, bool) and 0 <= amount < 10**9:
        return int(amount)
    raise QueryTypeError(f"an amount of time is a whole number, 0 or more, not {short(amount)}")


def _word(words: type[Enum], given: object) -> str:
    if isinstance(given, words):
        return str(given.value)
    for word in words:
        if given in (word.name, word.value):
            return str(word.value)
    raise QueryTypeError(f"{short(given)} is none of {', '.join(word.name for word in words)}")
