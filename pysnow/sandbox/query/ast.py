"""An encoded query as values: groups (``^NQ``) of terms (``^``) of alternatives (``^OR``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pysnow.sandbox.query.operators import Operator


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison, such as ``stateIN1,2``.

    Attributes:
        field: Column or dotted path, as written; empty for stray text.
        operator: What is asked; ``Operator.NONE`` for stray text.
        value: What follows the operator, with ``^^`` read as a caret.
    """

    field: str
    operator: Operator
    value: str = ""


@dataclass(frozen=True, slots=True)
class RelatedListQuery:
    """``RLQUERY<table>.<field>,<count>``: how many rows of a table point here.

    Attributes:
        table: The related table.
        field: Its reference to the queried table.
        count: Comparison and number, such as ``>=1``.
        query: What the related rows must satisfy.
    """

    table: str
    field: str
    count: str
    query: EncodedQuery


@dataclass(frozen=True, slots=True)
class JoinQuery:
    """``JOIN<table>.<field>=<other table>.<other field>!<conditions>``: a row of another table has the same value.

    Attributes:
        table: The queried table.
        field: Its column.
        other_table: The other table.
        other_field: The column that must be equal.
        query: What the other row must satisfy.
    """

    table: str
    field: str
    other_table: str
    other_field: str
    query: EncodedQuery


@dataclass(frozen=True, slots=True)
class SubQuery:
    """``SUBQUERY<field>,<other field>,<other table>``: the value is among those of another table's column.

    Attributes:
        field: Column of the queried table.
        other_field: Column of the other table.
        other_table: The other table.
        query: What the other rows must satisfy.
    """

    field: str
    other_field: str
    other_table: str
    query: EncodedQuery


Clause: TypeAlias = Condition | RelatedListQuery | JoinQuery | SubQuery
Term: TypeAlias = tuple[Clause, ...]
"""Alternatives joined by ``^OR``; one of them must hold."""
Group: TypeAlias = tuple[Term, ...]
"""Terms joined by ``^``; all of them must hold."""


@dataclass(frozen=True, slots=True)
class Order:
    """``ORDERBY`` or ``ORDERBYDESC``."""

    field: str
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A whole query; without groups it matches every row.

    Attributes:
        groups: Parts joined by ``^NQ``; one of them must hold.
        orders: How to sort, most significant first.
    """

    groups: tuple[Group, ...] = ()
    orders: tuple[Order, ...] = ()
