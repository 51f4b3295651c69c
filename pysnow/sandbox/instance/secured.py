"""Records as one caller of a web service may see and change them: the instance behind its access control rules.

The order of work is the documented one: query and before-query rules, count, offset and limit, then row rules, then
column rules. A page may thus come short, or empty, in mid-table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from pysnow.sandbox.acl import Evaluation
from pysnow.sandbox.acl.needs import ALWAYS, NEVER, Check
from pysnow.sandbox.acl.queries import QueryGuard, hidden_by_rule, restricted
from pysnow.sandbox.instance import attachments, deletion, records, search
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.cell_access import CellAccess
from pysnow.sandbox.instance.encryption import contexts_of, encrypted_for_others, may_be_encrypted
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE, Platform, Row
from pysnow.sandbox.instance.properties import ATTACHMENT_ROLE, words_of
from pysnow.sandbox.instance.refusals import AccessDenied, ReadDenied, RecordNotFound
from pysnow.sandbox.instance.search import Page, WrittenPage
from pysnow.sandbox.query.ast import EncodedQuery
from pysnow.sandbox.store.json_rows import JsonShape
from pysnow.sandbox.store.statements import by_sys_ids

_DICTIONARY_TABLES = frozenset({"sys_db_object", "sys_dictionary"})


class SecuredRecords:
    """The records of an instance for one caller. Made for one request; threads do not share it."""

    def __init__(self, platform: Platform, caller: Caller) -> None:
        """Take a caller.

        Args:
            platform: The instance's dictionary, store, rules and roles.
            caller: Who calls.
        """
        self._platform = platform
        self._caller = caller
        self._subject = platform.security.subject(caller.sys_id, caller.user_name)
        self._context = platform.query_context(caller.sys_id, caller.user_name, caller.zone)
        self._evaluation = Evaluation(platform.store, self._context)
        self._guard = QueryGuard(self._subject, platform.dictionary)

    # -- reading --------------------------------------------------------------------------------------------------

    def find(
        self,
        table: str,
        query_text: str,
        *,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        filters: Iterable[tuple[str, str]] = (),
        count: bool = True,
    ) -> Page:
        """Find records as far as the query decides; ``readable`` then takes out those that row rules hide.

        The total counts rows that the caller may not see (Table API documentation). Arguments are those of
        ``Instance.find``.

        Raises:
            UnknownTable: There is no such table.
            ReadDenied: The table is closed to web services.
        """
        self._open(table)
        wanted = search.Search(table, query_text, tuple(filters), columns)
        window = search.Window(limit, offset, count)
        return search.find(
            self._platform, wanted, self._context, window, adapt=lambda query: self.adapted(query, table)
        )

    def find_written(
        self,
        table: str,
        query_text: str,
        shape: JsonShape,
        *,
        limit: int | None = None,
        offset: int = 0,
        filters: Iterable[tuple[str, str]] = (),
        count: bool = True,
    ) -> WrittenPage | None:
        """Find records as JSON text, which nobody has to look at again: for a caller whom no rule on reading binds.

        Arguments and errors are those of ``find``.

        Args:
            table: Table to look in.
            query_text: Encoded query.
            shape: What the objects show.
            limit: Most records to return.
            offset: Matching records to skip first.
            filters: Pairs of the ``field=value`` shorthand.
            count: Whether to count all matches.

        Returns:
            The records; None where rules bind the caller, or the store cannot print them: ask for rows instead.
        """
        self._open(table)
        if not self._subject.is_free("read") or may_be_encrypted(table):
            return None
        wanted = search.Search(table, query_text, tuple(filters))
        window = search.Window(limit, offset, count)
        return search.find_written(
            self._platform, wanted, shape, self._context, window, adapt=lambda query: self.adapted(query, table)
        )

    def adapted(self, query: EncodedQuery, table: str) -> EncodedQuery:
        """Give a query as it is asked for this caller: without refused columns, narrowed by before-query rules."""
        if not self._subject.asks_freely:
            query = self._guard.guarded(query, table)
        return restricted(query, hidden_by_rule(self._subject, self._platform.dictionary, table))

    def readable(self, table: str, rows: Sequence[Row]) -> list[Row]:
        """Take out of a page what row rules hide.

        Args:
            table: Table the rows were found in.
            rows: The rows; each holds its ``sys_id``.
        """
        if may_be_encrypted(table):
            keys = [row["sys_id"] or "" for row in rows]
            hidden = encrypted_for_others(self._platform, self._subject, table, keys)
            rows = [row for row in rows if row["sys_id"] not in hidden]
        if self._subject.is_free("read"):
            return list(rows)
        allowed = self._permitted(table, [row["sys_id"] or "" for row in rows], "read")
        return [row for row in rows if row["sys_id"] in allowed]

    def get(self, table: str, sys_id: str) -> Row | None:
        """Return a record; None if there is none of that class, or the caller may not see it.

        Raises:
            UnknownTable: There is no such table.
            ReadDenied: The table is closed to web services.
        """
        self._open(table)
        row = self._platform.store.get(table, sys_id)
        if row is None or self._is_hidden_by_rule(table, sys_id):
            return None
        return next(iter(self.readable(table, [row])), None)

    def get_written(self, table: str, sys_id: str, shape: JsonShape) -> list[bytes] | None:
        """Return a record as JSON text, in a list that is empty if there is none; None as for ``find_written``.

        Raises:
            UnknownTable: There is no such table.
            ReadDenied: The table is closed to web services.
        """
        self._open(table)
        if not self._subject.is_free("read") or may_be_encrypted(table):
            return None
        return self._platform.store.select_json(shape, by_sys_ids(table, (sys_id,)))

    def check_readable(self, table: str) -> None:
        """Refuse a table of which the caller may not read any record, as the Aggregate API does.

        Raises:
            UnknownTable: There is no such table.
            ReadDenied: The caller may read none of its records, or it is closed to web services.
        """
        self._open(table)
        if self._evaluation.uniform(table, lambda name: self._subject.row_need(name, "read")) is False:
            raise ReadDenied

    def may_ask(self, table: str, path: str) -> bool:
        """Tell whether the caller may use a column, or dotted path, in a condition, a group or a figure."""
        return self._subject.asks_freely or self._guard.allows(table, path)

    @property
    def cells(self) -> CellAccess:
        """Which columns of which rows the caller may see."""
        return CellAccess(self._subject, self._evaluation)

    # -- writing --------------------------------------------------------------------------------------------------

    def create(self, table: str, payload: Mapping[str, object], options: WriteOptions) -> Row:
        """Create a record and return it as stored, even if its creator may not see it.

        Columns that the caller may not write are ignored (our default). Rules with a condition look at the new record.

        Args:
            table: Table name.
            payload: JSON values by column.
            options: How the values are meant.

        Raises:
            AccessDenied: The caller may not create such a record.
            ReadDenied: The table is closed to web services.
            Refusal: As for ``Instance.create``.
        """
        self._open(table)
        if self._subject.is_free("create"):
            return records.create_record(self._platform, table, payload, self._caller, options)
        name = records.class_of_new_row(self._platform, table, payload)
        if self._subject.row_need(name, "create") == NEVER:
            raise AccessDenied("Insert")
        accepted = self._accepted(name, payload, "create", None)
        # What a row of the dictionary changed must go with the row, if that is refused in the end.
        with self._platform.store.transaction(), self._tables_with(table):
            row = records.create_record(self._platform, table, accepted, self._caller, options)
            self._check(name, row["sys_id"] or "", "create", "Insert")
            return row

    def check_creatable(self, table: str) -> None:
        """Refuse a table in which the caller may create no record at all.

        Raises:
            UnknownTable: There is no such table.
            AccessDenied: The caller may create none of its records.
            ReadDenied: The table is closed to web services.
        """
        self._open(table)
        if not self._subject.is_free("create") and self._subject.row_need(table, "create") == NEVER:
            raise AccessDenied("Insert")

    def update(self, table: str, sys_id: str, payload: Mapping[str, object], options: WriteOptions) -> Row | None:
        """Change a record and return it as stored; None if the caller sees none of that class.

        Columns that the caller may not write are ignored (our default).

        Args:
            table: Table name.
            sys_id: Key of the record.
            payload: JSON values by column.
            options: How the values are meant.

        Raises:
            AccessDenied: The caller may read the record, but not change it.
            ReadDenied: The table is closed to web services.
            Refusal: As for ``Instance.update``.
        """
        self._open(table)
        if not (self._subject.is_free("read") and self._subject.is_free("write")) or may_be_encrypted(table):
            row = self.get(table, sys_id)
            if row is None:
                return None
            self._check(table, sys_id, "write", "Update")
            payload = self._accepted(row.get("sys_class_name") or table, payload, "write", sys_id)
        return records.update_record(self._platform, table, sys_id, payload, self._caller, options)

    def delete(self, table: str, sys_id: str) -> bool:
        """Delete a record; False if the caller sees none of that class.

        Raises:
            AccessDenied: The caller may read the record, but not delete it.
            ReadDenied: The table is closed to web services.
            Refusal: As for ``Instance.delete``.
        """
        self._open(table)
        if not (self._subject.is_free("read") and self._subject.is_free("delete")) or may_be_encrypted(table):
            if self.get(table, sys_id) is None:
                return False
            self._check(table, sys_id, "delete", "Delete")
        return deletion.delete_record(self._platform, table, sys_id, self._caller)

    def add_attachment(
        self,
        table: str,
        sys_id: str,
        name: str,
        content_type: str,
        chunks: Iterable[bytes],
        *,
        created_on: str = "",
        encryption_context: str = "",
    ) -> Row:
        """Attach a file to a record that the caller may change, and return its row of ``sys_attachment``.

        Args:
            table: Table of the record.
            sys_id: Key of the record.
            name: File name.
            content_type: Media type.
            chunks: The content, read once and never whole in memory.
            created_on: When it counts as created, in stored form; empty for now.
            encryption_context: Key of the context that its readers need; empty for none.

        Raises:
            RecordNotFound: There is no such record, or the caller may not see it.
            AccessDenied: The caller may not change the record, not attach files at all, or lacks the context.
            ReadDenied: The table is closed to web services.
            Refusal: As for ``Instance.add_attachment``.
        """
        if self.get(table, sys_id) is None:
            raise RecordNotFound
        if self._subject.row_need(ATTACHMENT_TABLE, "create") == NEVER or not self._has_attachment_role():
            raise AccessDenied("Insert")
        if encryption_context and encryption_context not in contexts_of(self._platform, self._subject):
            raise AccessDenied("Insert")
        self._check(table, sys_id, "write", "Insert")
        return attachments.add_attachment(
            self._platform,
            table,
            sys_id,
            name=name,
            content_type=content_type,
            chunks=chunks,
            caller=self._caller,
            created_on=created_on,
            encryption_context=encryption_context,
        )

    # -- inside ---------------------------------------------------------------------------------------------------

    def _open(self, table: str) -> None:
        """Refuse tables that are unknown or closed to web services, whoever calls."""
        self._platform.table(table)
        if self._platform.security.is_closed(table):
            raise ReadDenied

    def _check(self, table: str, sys_id: str, operation: str, name: str) -> None:
        if not self._subject.is_free(operation) and sys_id not in self._permitted(table, [sys_id], operation):
            raise AccessDenied(name)

    def _permitted(self, table: str, sys_ids: Collection[str], operation: str) -> frozenset[str]:
        allowed = self._evaluation.permitted(table, sys_ids, lambda name: self._subject.row_need(name, operation))
        return self._following_records(allowed, operation) if table == ATTACHMENT_TABLE and allowed else allowed

    def _following_records(self, sys_ids: Collection[str], operation: str) -> frozenset[str]:
        """Keep the attachments whose record allows it: reading them is reading it, all else is changing it."""
        columns = ("sys_id", "table_name", "table_sys_id")
        by_table: dict[str, list[Row]] = defaultdict(list)
        for row in self._platform.store.get_many(ATTACHMENT_TABLE, sys_ids, columns=columns):
            by_table[row["table_name"] or ""].append(row)
        of_record = "read" if operation == "read" else "write"
        found: set[str] = set()
        for table, rows in by_table.items():
            owners = {row["table_sys_id"] or "" for row in rows}
            if table in self._platform.dictionary:
                allowed = self._permitted(table, owners, of_record)
                found |= {row["sys_id"] or "" for row in rows if row["table_sys_id"] in allowed}
        return frozenset(found)

    def _is_hidden_by_rule(self, table: str, sys_id: str) -> bool:
        hidden = hidden_by_rule(self._subject, self._platform.dictionary, table)
        return not all(self._evaluation.matching(Check(table, query), table, [sys_id]) for query in hidden)

    def _accepted(
        self, table: str, payload: Mapping[str, object], operation: str, sys_id: str | None
    ) -> dict[str, object]:
        """Give the part of a body whose columns the caller may write."""
        columns = self._platform.dictionary.columns(table)
        return {
            name: value
            for name, value in payload.items()
            if name not in columns or self._may_write(table, name, operation, sys_id)
        }

    def _may_write(self, table: str, element: str, operation: str, sys_id: str | None) -> bool:
        need = self._subject.field_need(table, element, operation)
        if need in (ALWAYS, NEVER) or sys_id is None:
            return need != NEVER
        return sys_id in self._evaluation.permitted(table, [sys_id], lambda _: need)

    def _tables_with(self, table: str) -> AbstractContextManager[None]:
        return self._platform.dictionary.tentative() if table in _DICTIONARY_TABLES else nullcontext()

    def _has_attachment_role(self) -> bool:
        roles = words_of(self._platform.properties, ATTACHMENT_ROLE)
        return not roles or any(self._subject.has_role(role) for role in roles)
