"""Dot-walking: from a path such as ``caller_id.department.name`` to joined SQL columns.

Each distinct reference path is joined once and always by LEFT JOIN, so that a projection never loses a row; a condition
that needs the joined row fails on its NULLs by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.dictionary.types import Kind, kind_of
from pysnow.sandbox.query.compiled import BASE_ALIAS, Fragment, Join

MAX_JOINS = 60
"""SQLite joins 64 tables at most; a path beyond this many is treated like a broken one."""

_MAX_DISPLAY_STEPS = 3
_REF_PREFIX = "ref_"
_BY_SYS_ID = "=sys_id"


@dataclass(frozen=True, slots=True)
class Operand:
    """A resolved column.

    Attributes:
        sql: The SQL expression of its stored value; ``NULL`` when rows hold none.
        kind: How its values compare.
        column: The dictionary's column.
        table: Table at which it is visible.
        alias: Alias of the SQL table it comes from.
        path: The references walked to get there; empty for a column of the queried table.
    """

    sql: str
    kind: Kind
    column: Column
    table: str
    alias: str = BASE_ALIAS
    path: tuple[str, ...] = ()


class Joins:
    """The joins of one statement, added as paths are resolved. Not to be shared by threads."""

    def __init__(self, dictionary: Dictionary, table: str, given: Iterable[Join] = ()) -> None:
        """Start at a table, with joins that a compiled query has made already.

        Raises:
            UnknownTable: the dictionary lacks the table.
        """
        self._dictionary = dictionary
        self._start = Join((), BASE_ALIAS, dictionary.table(table).name, Fragment(""))
        self._joins = {join.path: join for join in given}

    def __len__(self) -> int:
        """Count the joins."""
        return len(self._joins)

    def added(self, since: int = 0) -> tuple[Join, ...]:
        """List the joins in the order they must be written, leaving out the first ``since``."""
        return tuple(self._joins.values())[since:]

    def resolve(self, path: str) -> Operand | None:
        """Find the column a path leads to; None for an unknown column or a broken path.

        Args:
            path: Column name, or references and a column joined by dots; ``ref_<table>`` between two dots goes on at a
                sub-class.
        """
        *steps, element = path.split(".")
        place: Join | None = self._start
        for step in steps:
            place = self._walk(place, step) if place else None
        column = self._dictionary.column(place.table, element) if place else None
        return self._operand(place, column) if place and column else None

    def display(self, operand: Operand) -> Operand | None:
        """Give the column that shows a reference: the display column of its target, followed while it is a reference.

        None when the target is unknown or has no display column.
        """
        for _ in range(_MAX_DISPLAY_STEPS):
            if operand.kind is not Kind.REFERENCE:
                return operand
            # By sys_id even where the reference holds another key: on an instance LIKE finds nothing there
            # (recorded 2026 for sys_number.category).
            target = self._follow(operand, key="sys_id")
            element = self._dictionary.display_column(target.table) if target else None
            column = self._dictionary.column(target.table, element) if target and element else None
            if target is None or column is None:
                return None
            operand = self._operand(target, column)
        return operand

    def _operand(self, place: Join, column: Column) -> Operand:
        physical = self._dictionary.physical(place.table, column.element)
        sql = f'{place.alias}."{physical.name}"' if physical else "NULL"
        return Operand(sql, kind_of(column.type), column, place.table, place.alias, place.path)

    def _walk(self, place: Join, step: str) -> Join | None:
        column = self._dictionary.column(place.table, step)
        if column is not None:
            operand = self._operand(place, column)
            return self._follow(operand, key=column.reference_key) if operand.kind is Kind.REFERENCE else None
        sub_class = step[len(_REF_PREFIX) :]
        if step.startswith(_REF_PREFIX) and sub_class in self._dictionary.descendants(place.table):
            return self._join((*place.path, step), sub_class, key="sys_id", value=f'{place.alias}."sys_id"')
        return None

    def _follow(self, operand: Operand, *, key: str) -> Join | None:
        target = operand.column.reference
        if target not in self._dictionary or self._dictionary.physical(target, key) is None:
            return None
        path = (*operand.path, operand.column.element)
        if key != operand.column.reference_key:
            path = (*path, _BY_SYS_ID)
        return self._join(path, target, key=key, value=operand.sql)

    def _join(self, path: tuple[str, ...], table: str, *, key: str, value: str) -> Join | None:
        if path not in self._joins:
            if len(self._joins) >= MAX_JOINS:
                return None
            alias = f"t{len(self._joins) + 1}"
            self._joins[path] = Join(path, alias, table, self._clause(table, alias, key, value))
        return self._joins[path]

    def _clause(self, table: str, alias: str, key: str, value: str) -> Fragment:
        root = self._dictionary.root(table)
        if key != "sys_id":
            # Other keys need not be unique; one row must stay one row.
            physical = self._dictionary.physical(table, key)
            assert physical is not None  # checked by _follow
            value = f'(SELECT "sys_id" FROM "{root}" WHERE "{physical.name}" = {value} LIMIT 1)'
        of_class = class_condition(self._dictionary, table, alias)
        also = f" AND {of_class.sql}" if of_class.sql else ""
        return Fragment(f'LEFT JOIN "{root}" AS {alias} ON {alias}."sys_id" = {value}{also}', of_class.params)


def class_condition(dictionary: Dictionary, table: str, alias: str, *, use_index: bool = False) -> Fragment:
    """Give the condition that keeps the rows of a table and its sub-classes; empty for a root, which holds them all.

    Args:
        dictionary: Knows the hierarchy.
        table: Table to keep to.
        alias: Alias of the SQL table.
        use_index: Let SQLite find rows by class; else it only checks the class of rows found otherwise, which keeps
            the order of ``sys_id`` for free.
    """
    if dictionary.parent(table) is None:
        return Fragment("")
    names = tuple(dictionary.descendants(table))
    marks = ", ".join("?" * len(names))
    # A single class is sorted by sys_id within its index, several are not: "+" keeps SQLite off the index.
    plus = "" if use_index or len(names) == 1 else "+"
    return Fragment(f'{plus}{alias}."sys_class_name" IN ({marks})', names)
