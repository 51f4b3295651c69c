"""What every part of an instance works with: tables, rows, properties, time and fresh ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pysnow.sandbox.acl import Security
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Table
from pysnow.sandbox.instance.api_policies import ApiPolicies
from pysnow.sandbox.instance.asker import StoredAsker
from pysnow.sandbox.instance.audited_tables import AuditedTables
from pysnow.sandbox.instance.business_rules import BusinessRules
from pysnow.sandbox.instance.date_formats import stored_date_time
from pysnow.sandbox.instance.properties import INVALID_QUERY_RETURNS_NO_ROWS, is_on
from pysnow.sandbox.instance.refusals import UnknownTable
from pysnow.sandbox.query.ast import Condition, EncodedQuery, Order
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.compiled import CompiledQuery
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.store import Row, Store

if TYPE_CHECKING:
    from pysnow.sandbox.instance.rules import Rule

__all__ = ["ATTACHMENT_TABLE", "Condition", "Platform", "Row", "same"]

ATTACHMENT_TABLE = "sys_attachment"


# Keys asked for in one query; an instance's own list of them would be no longer.
_KEYS_PER_QUERY = 500

_UTC = ZoneInfo("UTC")


def same(element: str, value: str) -> Condition:
    """Return the condition that a column or path equals a value."""
    return Condition(element, Operator.EQUALS, value)


@dataclass(frozen=True, slots=True)
class Platform:
    """The ground an instance stands on. Threads may share it.

    Attributes:
        dictionary: The tables.
        store: The rows.
        properties: System properties by name.
        clock: Gives the time, aware of its zone.
        new_id: Gives a fresh sys_id.
        sequence: Gives ever higher numbers.
        security: Rules of access, and who has which roles.
        api_policies: Which API takes which kinds of credentials.
        audited_tables: Which tables' changes are kept.
        business_rules: Rules of ``sys_script`` that abort writes.
        rules: Business rules, in the order in which they run.
    """

    dictionary: Dictionary
    store: Store
    properties: dict[str, str]
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    sequence: Iterator[int]
    security: Security
    api_policies: ApiPolicies
    audited_tables: AuditedTables
    business_rules: BusinessRules
    rules: list[Rule]

    def now(self) -> str:
        """Return the time in stored form."""
        return stored_date_time(self.clock())

    def new_ordered_id(self) -> str:
        """Return a fresh sys_id that sorts after those handed out before."""
        microseconds = int(self.clock().timestamp() * 1_000_000)
        return f"{microseconds:014x}{next(self.sequence) & 0xFFFF:04x}{self.new_id()[18:]}"

    def table(self, name: str) -> Table:
        """Return a table's definition.

        Raises:
            UnknownTable: There is no such table.
        """
        if name not in self.dictionary:
            raise UnknownTable(name)
        return self.dictionary.table(name)

    def topmost(self, table: str, element: str) -> str:
        """Return the highest table of a lineage that has a column, itself at least."""
        lineage = self.dictionary.ancestors(table)
        return next((name for name in reversed(lineage) if element in self.dictionary.columns(name)), table)

    def real_record(self, table: str, sys_id: str) -> tuple[str, Row | None]:
        """Return the real class of a record with all its columns; the table itself and None if there is none."""
        row = self.store.get(table, sys_id)
        name = row.get("sys_class_name") if row else None
        if not name or name == table:
            return table, row
        return name, self.store.get(name, sys_id)

    def rows_where(
        self,
        table: str,
        *conditions: Condition,
        columns: Sequence[str] | None = None,
        descending: str = "",
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Find rows that meet all conditions, whoever asks.

        Args:
            table: Table name.
            conditions: What must hold.
            columns: Columns of the rows; None for all.
            descending: Column to sort by, highest first.
            limit: Most rows to return.
        """
        query = self.compiled(table, [[condition] for condition in conditions], descending=descending)
        return self.store.select(table, query, columns=columns, limit=limit)

    def rows_where_any(self, table: str, alternatives: Sequence[Condition]) -> Iterator[Row]:
        """Find rows that meet at least one condition."""
        return self.store.select(table, self.compiled(table, [alternatives]))

    def rows_with_keys(
        self, table: str, element: str, keys: Iterable[str], *, columns: Sequence[str] | None = None
    ) -> Iterator[Row]:
        """Find the rows whose column holds one of many keys, a few hundred keys at a time.

        Keys with a comma are passed over: lists of them have no way to say so.
        """
        if element == "sys_id":
            yield from self.store.get_many(table, keys, columns=columns)
            return
        wanted = iter(key for key in keys if key and "," not in key)
        while batch := list(islice(wanted, _KEYS_PER_QUERY)):
            yield from self.rows_where(table, Condition(element, Operator.IN, ",".join(batch)), columns=columns)

    def attachments_of(self, sys_id: str) -> Iterator[Row]:
        """Find the attachments of a record."""
        if ATTACHMENT_TABLE not in self.dictionary:
            return iter(())
        return self.rows_where(ATTACHMENT_TABLE, same("table_sys_id", sys_id))

    def user_display_names(self, user_names: Collection[str]) -> dict[str, str]:
        """Return the names of users by their login name."""
        rows = self.rows_with_keys("sys_user", "user_name", user_names, columns=("user_name", "name"))
        return {row["user_name"] or "": row.get("name") or row["user_name"] or "" for row in rows}

    def compiled(self, table: str, conditions: Sequence[Sequence[Condition]], *, descending: str = "") -> CompiledQuery:
        """Compile conditions that the platform itself makes.

        Args:
            table: Table name.
            conditions: All of which must hold, each one by at least one of its alternatives.
            descending: Column to sort by, highest first.
        """
        terms = tuple(tuple(alternatives) for alternatives in conditions)
        orders = (Order(descending, is_descending=True),) if descending else ()
        query = EncodedQuery(groups=(terms,) if terms else (), orders=orders)
        return compile(self.dictionary, table, query, self.query_context("", "system", _UTC))

    def query_context(self, user_sys_id: str, user_name: str, zone: ZoneInfo) -> QueryContext:
        """Return what a query needs to know about the moment and its caller."""
        now = self.clock()
        return QueryContext(
            now=now,
            user_sys_id=user_sys_id,
            user_name=user_name,
            time_zone=zone,
            invalid_query_returns_no_rows=is_on(self.properties, INVALID_QUERY_RETURNS_NO_ROWS),
            asker=StoredAsker(self.store, self.security, user_sys_id, user_name, now.astimezone(UTC)),
        )

    def load_properties(self) -> None:
        """Let the rows of ``sys_properties`` take effect over the defaults."""
        if "sys_properties" in self.dictionary:
            for row in self.store.select("sys_properties", columns=("name", "value")):
                self.properties[row["name"] or ""] = row["value"] or ""
