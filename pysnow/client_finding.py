"""Finding of a client: the record that is meant by a number, an address or a name, whichever table it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pysnow.client_manners import ClientManners

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pysnow._types import Query
    from pysnow.records.choices import Choices
    from pysnow.records.record import Record
    from pysnow.records.references import Ref
    from pysnow.relations.by_key import Children
    from pysnow.relations.wanted import Related

__all__ = ["ClientFinding"]


class ClientFinding(ClientManners):
    """What every :class:`~pysnow.Client` finds, and what belongs to it."""

    def lookup(
        self,
        what: str | Mapping[str, Any],
        table: str | None = None,
        *,
        fields: Iterable[str] | str | None = None,
        display_value: bool | Literal["all"] | None = None,
        related: Related | None = None,
    ) -> Record:
        """Give the record that is meant: ``lookup("INC0010001")``, or a pasted address of its form.

        Args:
            what: A number; ``<table>:<number>`` or ``<table>:<sys_id>``; an address of this instance, of a form, a list
                with one record, a workspace, a portal, or the Table API; a reference with its link; a record. The table
                of a number is known by its prefix: from a list, and from the instance's ``sys_number`` where that has
                no answer.
            table: Table of the record, for a sys_id, or a number with a prefix of your own.
            fields: As for :meth:`Table.one`.
            display_value: As for :meth:`Table.get`.
            related: What belongs to it, see :meth:`Table.iterate`; the record is read in a GET of its own then.

        Raises:
            InvalidUsage: It is none of these, or an address of another instance; nothing was sent.
            NoResults: There is no such record, or it may not be read.
            MultipleResults: Several records have the number; the error lists them.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.look_up import look_up

        if related is None:
            return look_up(self.table, what, table, fields, display_value)
        found = look_up(self.table, what, table, ["sys_id"], False)
        return self.table(found.table or "").get_by_id(
            found.sys_id, fields, display_value=display_value, related=related
        )

    def resolve(self, table: str, value: str | Mapping[str, Any]) -> str:
        """Give the sys_id of what people call a record: ``resolve("sys_user", "ada@example.com")``; kept five minutes.

        Args:
            table: Table of the record.
            value: Display value, number, sys_id, pasted address; of a user also user name, email address and ``@me``.

        Raises:
            InvalidUsage: It is something else; nothing was sent.
            NoResults: There is no such record, or it may not be read.
            MultipleResults: There is more than one; the error lists them.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.resolving import resolved

        return resolved(self.table(table), table, value)

    def ref(self, table: str, value: str | None = None, /, **columns: object) -> Ref:
        """Make a reference that looks its record up by itself, for expressions and builders: see :class:`~pysnow.Ref`.

        Args:
            table: Table of the record.
            value: As for :meth:`resolve`.
            columns: Columns and the values that they hold, instead of ``value``.

        Raises:
            InvalidUsage: Neither or both are given.
        """
        from pysnow.records.references import Ref

        return Ref(table, value, **columns).bound(self.table(table))

    def tables(self, like: str | None = None) -> dict[str, str]:
        """Give names and labels of the instance's tables (``sys_db_object``): ``tables("incident")``.

        Args:
            like: Text that name or label holds, in capitals or not; all tables when not given.

        Returns:
            Labels by name, in the order of names.

        Raises:
            IncompleteResult: This user may not see them: the instance hides rows instead of refusing.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.table_names import tables_like

        return tables_like(self._plain_table("sys_db_object"), like)

    def choices(
        self,
        table: str,
        column: str,
        *,
        language: str = "en",
        dependent: str | None = None,
        inactive: bool = False,
    ) -> Choices:
        """Give the choices of a column: stored values with their labels, and ``value_of(label)``; kept for an hour.

        Args:
            table: The table.
            column: The column.
            language: Language of the labels.
            dependent: Value of the column that it depends on; the choices of all such values when not given.
            inactive: Whether choices count that are not offered any more.

        Raises:
            InvalidUsage: There is no such column; near ones are named.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.choices import choices_of

        return choices_of(self.table(table), table, column, language, dependent, inactive=inactive)

    def children(
        self,
        table: str,
        foreign_key: str,
        ids: Iterable[str | Mapping[str, Any]],
        *,
        fields: Iterable[str] | str | None = None,
        query: Query | None = None,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] = False,
        workers: int = 4,
        errors: Literal["raise", "keep"] = "raise",
    ) -> Children:
        """Give the rows that refer to records: a list for each sys_id, however many there are of them.

        They are read in chunks of 100 sys_ids, each with as many pages as it takes, some side by side.

        Args:
            table: Table of the rows.
            foreign_key: Their column that refers to the records.
            ids: The records, or their sys_ids; each is in the result, with an empty list when nothing refers to it.
            fields: Columns to return; all when not given.
            query: What the rows have to match, too.
            order_by: Order of each list, as for :meth:`Table.iterate`; that of ``sys_id`` when not given.
            display_value: As for :meth:`Table.get`; rows are told apart by stored sys_ids all the same.
            workers: Most requests at a time, 1 to 16.
            errors: ``"raise"``, or ``"keep"`` to leave out the sys_ids whose rows could not be read; the result's
                ``errors`` say why.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            QueryIgnored: The rows have no such column.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.relations.by_key import read_children

        return read_children(
            self.table(table),
            foreign_key,
            ids,
            fields=fields,
            query=query,
            order_by=order_by,
            display_value=display_value,
            workers=workers,
            errors=errors,
        )
