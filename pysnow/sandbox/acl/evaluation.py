"""Which rows of a page meet what their rules ask for: one query for each condition, however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from pysnow.sandbox.acl.needs import ALWAYS, NEVER, Check, Need
from pysnow.sandbox.acl.rules import ANY
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.compiled import BASE_ALIAS, CompiledQuery
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.fragments import combined, one_of
from pysnow.sandbox.query.parse import parse
from pysnow.sandbox.store import Store

NeedOf = Callable[[str], Need]
"""Gives the need for records of a class."""

_CLASS = "sys_class_name"


class Evaluation:
    """Evaluates needs for one caller."""

    def __init__(self, store: Store, context: QueryContext) -> None:
        """Take the caller's circumstances.

        Args:
            store: The rows.
            context: In whose name, and when, scripts of conditions are evaluated.
        """
        self._store = store
        # A condition that cannot be meant must hide rows, not show all of them (our default).
        self._context = replace(context, invalid_query_returns_no_rows=True)

    def uniform(self, table: str, need_of: NeedOf) -> bool | None:
        """Tell what holds for all rows of a table, whatever they are: True or False; None when it depends on them."""
        needs = {need_of(name) for name in self._store.dictionary.descendants(table)}
        if needs == {ALWAYS}:
            return True
        return False if needs == {NEVER} else None

    def permitted(self, table: str, sys_ids: Collection[str], need_of: NeedOf) -> frozenset[str]:
        """Give the rows whose need is met; the rules of a record's real class count, whatever table it is read by.

        Args:
            table: Table the rows were found in.
            sys_ids: Their keys.
            need_of: What records of each class need.
        """
        answer = self.uniform(table, need_of)
        if answer is not None:
            return frozenset(sys_ids if answer else ())
        met: set[str] = set()
        for need, of_class in self._by_need(table, sys_ids, need_of):
            met |= self._meeting(need, table, of_class)
        return frozenset(met)

    def matching(self, check: Check, table: str, sys_ids: Collection[str]) -> frozenset[str]:
        """Give the rows that meet a condition, in one query."""
        table = table if check.table == ANY else check.table
        if table not in self._store.dictionary:
            return frozenset()
        query = compile(self._store.dictionary, table, parse(check.query), self._context)
        rows = self._store.select(table, _among(query, sys_ids), columns=("sys_id",))
        matched = frozenset(row["sys_id"] or "" for row in rows)
        return frozenset(sys_ids) - matched if check.is_negated else matched

    def _by_need(self, table: str, sys_ids: Collection[str], need_of: NeedOf) -> Iterable[tuple[Need, list[str]]]:
        groups: dict[Need, list[str]] = defaultdict(list)
        for name, keys in self._by_class(table, sys_ids).items():
            groups[need_of(name)] += keys
        return groups.items()

    def _by_class(self, table: str, sys_ids: Collection[str]) -> dict[str, list[str]]:
        if len(self._store.dictionary.descendants(table)) == 1:
            return {table: list(sys_ids)}
        groups: dict[str, list[str]] = defaultdict(list)
        for row in self._store.get_many(table, sys_ids, columns=("sys_id", _CLASS)):
            groups[row[_CLASS] or table].append(row["sys_id"] or "")
        return groups

    def _meeting(self, need: Need, table: str, sys_ids: list[str]) -> frozenset[str]:
        known = {check: self.matching(check, table, sys_ids) for check in need.checks()}
        met = frozenset(sys_ids)
        for clause in need.clauses:
            met &= frozenset().union(
                *(met.intersection(*(known[check] for check in alternative)) for alternative in clause)
            )
        return met


def _among(query: CompiledQuery, sys_ids: Collection[str]) -> CompiledQuery:
    """Narrow a query to certain rows."""
    chosen = one_of(f'{BASE_ALIAS}."sys_id"', sys_ids)
    where = combined("AND", [query.where, chosen]) if query.where.sql else chosen
    return replace(query, where=where, order=(), order_joins=())
