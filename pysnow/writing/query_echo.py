"""Whether an instance applied a query, judged by what it found: the columns must be there, and equalities must hold.

An instance drops the conditions that it cannot read, a misspelt column most of all, and applies the rest; unless
``glide.invalid_query.returns_no_rows`` is set, it then finds more than was meant. Nothing in its answer says so. But a
column that a table does not have is missing from the records, too, and a record that does not satisfy an equality was
not found by it. The comparison is lenient where a database is: it tells what was dropped, not what is written how.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from pysnow.encoded_query import AnyOf, Condition, Directive, Operand, Order, Query, parse
from pysnow.exceptions import InvalidUsage, QueryIgnored, QueryTypeError
from pysnow.field_value import raw_value

__all__ = ["Echo", "echo_of", "folded", "missing_columns", "named_columns", "unknown_column"]

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False, "": False}
_HARMLESS = ("EQ", "GROUPBY")
_PSEUDO = re.compile(r"[0-9]+textquery[0-9]+", re.ASCII)
"""What stands for a search in the words of a record, and is no column."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What the records that a query finds have to show.

    Attributes:
        query: The query; None where it cannot be read and the caller said that this is fine.
    """

    query: Query | None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the conditions name: they have to be asked for."""
        return named_columns(self.query) if self.query is not None else ()

    def check(self, record: Mapping[str, Any], table: str | None = None) -> None:
        """Check a record that was found, with :attr:`columns` asked for.

        Args:
            record: The record, its values stored or in both forms.
            table: Table it is of, for the error.

        Raises:
            QueryIgnored: A column is missing, or the record does not satisfy an equality.
        """
        if missing := missing_columns(record, self.columns):
            raise unknown_column(missing[0], table, changes=True)
        if self.query is not None and not _satisfies(record, self.query):
            raise QueryIgnored(
                "The record that was found does not satisfy the query: the instance has dropped a condition of it. "
                "Nothing was changed; name the record by its sys_id",
                table=table,
                committed=False,
            )


def echo_of(text: str, *, is_raw: bool, allow_raw: bool = False) -> Echo:
    """Read the query by which the one record to change is to be found.

    Args:
        text: Encoded query.
        is_raw: Whether it was written by hand, and not printed by this library.
        allow_raw: Whether a hand-written one may be of several parts, or hold terms that cannot be read here.

    Raises:
        InvalidUsage: It has no condition; or it needs ``allow_raw``.
    """
    try:
        query = parse(text)
    except QueryTypeError as error:
        if is_raw and allow_raw:
            return Echo(None)
        raise InvalidUsage(
            f"{error}, so it cannot be told which record it means: write it another way, or say allow_raw=True"
        ) from error
    if is_raw and not allow_raw:
        _refuse_opaque(query)
    if not any(isinstance(term, (AnyOf, Directive)) for group in query.groups for term in group):
        raise InvalidUsage("A query without a condition matches every record: say which one is to be changed")
    return Echo(query)


def named_columns(query: Query, *, with_orders: bool = False) -> tuple[str, ...]:
    """Columns that a query names, each once.

    Args:
        query: The query.
        with_orders: Whether those count that only say the order.
    """
    named = (condition.field.lower() for condition in _conditions(query))
    names = dict.fromkeys(name for name in named if not _PSEUDO.fullmatch(name))
    if with_orders:
        names.update(dict.fromkeys(order.field.lower() for order in query.orders))
    return tuple(names)


def missing_columns(record: Mapping[str, Any], columns: Iterable[str]) -> list[str]:
    """Columns that were asked for and are not in a record: unknown to the table, or closed to the user."""
    found = {name.lower() for name in record}
    return [column for column in columns if column.lower() not in found]


def unknown_column(column: str, table: str | None, known: Iterable[str] = (), *, changes: bool = False) -> QueryIgnored:
    """The error about a column that is missing from an answer.

    Args:
        column: Name of the column.
        table: Table concerned.
        known: Columns that the table has, as far as they are known; near ones are named.
        changes: Whether a change was to follow, which was not made.
    """
    found = get_close_matches(column.lower(), list(known), n=3)
    near = f" (near: {', '.join(found)})" if found else ""
    return QueryIgnored(
        f"{table or 'The table'} has no column {column!r}{near}, or you may not read it: the instance ignores the "
        f"conditions and fields that name it{'. Nothing was changed' if changes else ''}",
        table=table,
        committed=False if changes else None,
    )


def _refuse_opaque(query: Query) -> None:
    directives = (term.text for group in query.groups for term in group if isinstance(term, Directive))
    opaque = [text for text in directives if not text.startswith(_HARMLESS)]
    opaque += [condition.field for condition in _conditions(query) if _PSEUDO.fullmatch(condition.field.lower())]
    if len(query.groups) > 1 or opaque:
        what = f"holds {opaque[0][:40]!r}" if opaque else "has several parts (^NQ)"
        raise InvalidUsage(f"The query {what}: to change a record by it, say allow_raw=True, or name its sys_id")


def _conditions(query: Query) -> Iterator[Condition]:
    for group in query.groups:
        for term in group:
            if isinstance(term, AnyOf):
                yield from term.conditions


def _satisfies(record: Mapping[str, Any], query: Query) -> bool:
    values = {name.lower(): raw_value(value) for name, value in record.items()}
    return any(all(_term_holds(term, values) for term in group) for group in query.groups)


def _term_holds(term: AnyOf | Order | Directive, values: Mapping[str, object]) -> bool:
    if not isinstance(term, AnyOf):
        return True
    return any(_may_hold(condition, values.get(condition.field.lower())) for condition in term.conditions)


def _may_hold(condition: Condition, value: object) -> bool:
    """Whether a condition may hold for a value: only equalities can be told without knowing the column's type."""
    if condition.operator not in ("=", "IN") or not isinstance(value, (str, int, float)):
        return True
    asked: Operand = condition.operand
    choices = asked if isinstance(asked, tuple) else (asked,)
    return any(not isinstance(choice, str) or _may_equal(str(value), choice) for choice in choices)


def _may_equal(value: str, asked: str) -> bool:
    found, wanted = folded(value), folded(asked)
    if found == wanted:
        return True
    if {found, wanted} & {"true", "false"}:
        return _TRUTH.get(found, found) == _TRUTH.get(wanted, wanted)
    # Moments come in other forms and zones than they are asked in, amounts with a currency.
    if _MOMENT.fullmatch(found) or _MOMENT.fullmatch(wanted) or ";" in wanted:
        return True
    return _number(found) is not None and _number(found) == _number(wanted)


def folded(text: str) -> str:
    """A text as the usual collations of databases see it: without case, accents and blanks at the ends.

    Args:
        text: The text.
    """
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None
