"""One record of a table, and few."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from pysnow.table_walks import TableWalks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Literal, TypeVar

    from pysnow._types import Query
    from pysnow.records.finding import KeyedRecords, OnDuplicate
    from pysnow.records.record import Record
    from pysnow.relations.related_record import RelatedRecord
    from pysnow.relations.wanted import Related
    from pysnow.schema.definitions import Relationship

    Default = TypeVar("Default")
    Found = TypeVar("Found")

__all__ = ["TableFinding"]


class TableFinding(TableWalks):
    """How every :class:`~pysnow.Table` finds records."""

    @overload
    def one(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: None = None,
    ) -> Record: ...

    @overload
    def one(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related,
    ) -> RelatedRecord: ...

    def one(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related | None = None,
    ) -> Record:
        """Give the only record that matches: one GET of two rows, and more only where access rules hide rows.

        Args:
            query: As for :meth:`get`; all records when not given.
            fields: Columns to return, ``sys_id`` beside them; all when not given.
            display_value: As for :meth:`get`.
            strict: As for :meth:`get`.
            related: What belongs to it, see :meth:`iterate`.

        Raises:
            NoResults: There is none, or it may not be read.
            MultipleResults: There is more than one.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import only_of

        def read(names: Iterable[str] | str | None) -> Record:
            return only_of(self._table, query, names, display_value, ..., strict=strict)

        return self._with_related(related, fields, display_value, read)

    @overload
    def one_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: None = None,
    ) -> Record | None: ...

    @overload
    def one_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related,
    ) -> RelatedRecord | None: ...

    def one_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related | None = None,
    ) -> Record | None:
        """Give the only record that matches, or None; see :meth:`one`.

        Args:
            query: As for :meth:`get`; all records when not given.
            fields: As for :meth:`one`.
            display_value: As for :meth:`get`.
            strict: As for :meth:`get`.
            related: What belongs to it, see :meth:`iterate`.

        Raises:
            MultipleResults: There is more than one.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import only_of

        def read(names: Iterable[str] | str | None) -> Record | None:
            return only_of(self._table, query, names, display_value, None, strict=strict)

        return self._with_related(related, fields, display_value, read)

    @overload
    def first(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: None = None,
    ) -> Record: ...

    @overload
    def first(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related,
    ) -> RelatedRecord: ...

    def first(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related | None = None,
    ) -> Record:
        """Give the first record that matches: one GET of one row, unless it is hidden.

        Args:
            query: As for :meth:`get`; without any order, the instance picks one.
            fields: As for :meth:`one`.
            order_by: As for :meth:`get`; ``"-opened_at"`` for the latest.
            display_value: As for :meth:`get`.
            strict: As for :meth:`get`.
            related: What belongs to it, see :meth:`iterate`.

        Raises:
            NoResults: There is none, or it may not be read.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import first_of

        def read(names: Iterable[str] | str | None) -> Record:
            return first_of(self._table, query, names, display_value, ..., order_by, strict=strict)

        return self._with_related(related, fields, display_value, read)

    @overload
    def first_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: None = None,
    ) -> Record | None: ...

    @overload
    def first_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related,
    ) -> RelatedRecord | None: ...

    def first_or_none(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        order_by: str | Iterable[str] | None = None,
        display_value: bool | Literal["all"] | None = None,
        strict: bool | None = None,
        related: Related | None = None,
    ) -> Record | None:
        """Give the first record that matches, or None; see :meth:`first`.

        Args:
            query: As for :meth:`first`.
            fields: As for :meth:`one`.
            order_by: As for :meth:`first`.
            display_value: As for :meth:`get`.
            strict: As for :meth:`get`.
            related: What belongs to it, see :meth:`iterate`.

        Raises:
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import first_of

        def read(names: Iterable[str] | str | None) -> Record | None:
            return first_of(self._table, query, names, display_value, None, order_by, strict=strict)

        return self._with_related(related, fields, display_value, read)

    def find(
        self,
        value: str | None = None,
        /,
        *,
        fields: Iterable[str] | str | None = None,
        display_value: bool | Literal["all"] | None = None,
        **columns: object,
    ) -> Record:
        """Give the only record that holds a value: ``find("Network")``, ``find(email="ada@example.com")``.

        What the instance thinks equal is compared once more, capitals and blanks included.

        Args:
            value: What stands in the table's display column; that is looked up in the dictionary once.
            fields: As for :meth:`one`.
            display_value: As for :meth:`get`.
            columns: Columns and the values that they hold, instead of ``value``.

        Raises:
            InvalidUsage: Neither or both are given, or a value is empty; nothing was sent.
            NoResults: There is none, or it may not be read.
            MultipleResults: There is more than one; the error lists them.
            QueryIgnored: The table has no such column.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import by_value

        return by_value(self._table, value, columns, fields, display_value)

    @overload
    def get_by_id(
        self,
        sys_id: str | Mapping[str, Any],
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        related: None = None,
    ) -> Record: ...

    @overload
    def get_by_id(
        self,
        sys_id: str | Mapping[str, Any],
        fields: Iterable[str] | str | None = None,
        *,
        display_value: bool | Literal["all"] | None = None,
        related: Related,
    ) -> RelatedRecord: ...

    @overload
    def get_by_id(
        self,
        sys_id: str | Mapping[str, Any],
        fields: Iterable[str] | str | None = None,
        *,
        default: Default,
        display_value: bool | Literal["all"] | None = None,
        related: None = None,
    ) -> Record | Default: ...

    @overload
    def get_by_id(
        self,
        sys_id: str | Mapping[str, Any],
        fields: Iterable[str] | str | None = None,
        *,
        default: Default,
        display_value: bool | Literal["all"] | None = None,
        related: Related,
    ) -> RelatedRecord | Default: ...

    def get_by_id(
        self,
        sys_id: str | Mapping[str, Any],
        fields: Iterable[str] | str | None = None,
        *,
        default: object = ...,
        display_value: bool | Literal["all"] | None = None,
        related: Related | None = None,
    ) -> object:
        """Give the record of a sys_id: one GET.

        Args:
            sys_id: The sys_id, or a record or reference that holds it.
            fields: As for :meth:`one`.
            default: What to give when there is none, instead of an error.
            display_value: As for :meth:`get`.
            related: What belongs to it, see :meth:`iterate`.

        Raises:
            InvalidUsage: It is no sys_id; nothing was sent.
            RecordNotFound: There is none, or it may not be read, and there is no default.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.finding import by_sys_id

        def read(names: Iterable[str] | str | None) -> object:
            return by_sys_id(self._table, sys_id, names, display_value, default)

        return self._with_related(related, fields, display_value, read)

    def relations(self) -> tuple[Relationship, ...]:
        """List what ``related=`` takes by name: named relations, then references, then what refers to the table.

        Each says its ``name``, the ``table`` that it leads to, the column (``foreign_key``), and by ``type`` in which
        direction: ``many_to_one`` is a reference of this table. The client's schema is asked; without one that knows
        all of the table, the dictionary of the instance is, in a few GETs, and remembered for an hour.

        Raises:
            PysnowException: The dictionary cannot be read.
        """
        from pysnow.relations.finding import list_relations

        return list_relations(self._table, self.kwargs.get("schema"))

    def column(
        self, name: str, query: Query | None = None, *, order_by: str | Iterable[str] | None = None
    ) -> list[str]:
        """Give the stored values of a column, of all records that match.

        Args:
            name: The column, dot-walked if need be.
            query: As for :meth:`get`; all records when not given.
            order_by: As for :meth:`iterate`; in the order of their sys_ids when not given.

        Raises:
            QueryIgnored: The table has no such column, or it may not be read.
            PysnowException: As for :meth:`iterate`.
        """
        from pysnow.records.finding import column_of

        return column_of(self._table, name, query, order_by)

    def _with_related(
        self,
        related: Related | None,
        fields: Iterable[str] | str | None,
        display_value: bool | Literal["all"] | None,
        read: Callable[[Iterable[str] | str | None], Found],
    ) -> Found | RelatedRecord:
        if related is None:
            return read(fields)
        from pysnow.relations.attaching import read_with_related

        return read_with_related(self._table, related, fields, display_value, read)

    # The last one, so that the annotations above mean the built-in dict.
    def dict(
        self,
        query: Query | None = None,
        fields: Iterable[str] | str | None = None,
        *,
        by: str,
        display_value: bool | Literal["all"] | None = None,
        on_duplicate: OnDuplicate = "raise",
    ) -> KeyedRecords:
        """Give all records that match in a dict.

        Args:
            query: As for :meth:`get`; all records when not given.
            fields: As for :meth:`one`.
            by: Column whose value is the key; behind a reference it needs ``fields``.
            display_value: As for :meth:`get`; with True, keys are what people read.
            on_duplicate: ``"raise"`` when two records have the same key, ``"last"`` to keep the last, ``"list"`` for
                lists of records.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            MultipleResults: Two records have the same key.
            QueryIgnored: The table has no such column, or it may not be read.
            PysnowException: As for :meth:`iterate`.
        """
        from pysnow.records.finding import by_key

        return by_key(self._table, by, query, fields, display_value, on_duplicate)
