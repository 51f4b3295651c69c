"""A GlideRecord: a query, a cursor over its rows, and the one row that it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from pysnow.encoded_query import check_name
from pysnow.exceptions import InvalidUsage, ValueNotFetched
from pysnow.gliderecord.cursor import BOTH, GlideCursor
from pysnow.gliderecord.display import stored_for
from pysnow.gliderecord.element import GlideElement
from pysnow.gliderecord.names import about_unknown
from pysnow.gliderecord.rows import refuse_ignored
from pysnow.gliderecord.terms import Collected

if TYPE_CHECKING:
    from pysnow.writing.outcome import Outcomes

__all__ = ["GlideRecord"]


class GlideRecord(GlideCursor):
    """A cursor over the rows of a query, with the names of the scripts of an instance.

    ``client.GlideRecord("incident")`` makes one. Columns of the current row are attributes, which can be set, unless a
    method has the name: then ``get_element()`` and ``set_value()``. Rows are read as they are asked for, and not kept.
    Errors are raised. Threads must not share one.

    Args:
        table: The table, as the client makes it.
    """

    # -- the current row -----------------------------------------------------------------------------------------------

    def is_new_record(self) -> bool:
        """Tell whether the row was made here, and not inserted yet."""
        return self._place == "new"

    def get_unique_value(self) -> str:
        """Give the sys_id; empty when there is none.

        Raises:
            ValueNotFetched: The row has none.
        """
        return self._row.sys_id if self._is_current else ""

    def get_link(self) -> str:
        """Give the address of the form, for a browser.

        Raises:
            InvalidUsage: There is no current record.
        """
        self._check_current("get_link")
        return self._row.url

    def get_element(self, name: str) -> GlideElement:
        """Give a field.

        Args:
            name: The column, dot-walked if need be.

        Raises:
            ValueNotFetched: It was not fetched; of a new record: not set.
        """
        if not self._row.has_path(name):
            raise ValueNotFetched(self._unknown(name))
        return self._row.field(name)

    def get_value(self, name: str) -> str:
        """Give the stored value of a field; an empty text where it is empty.

        Args:
            name: The column, dot-walked if need be.

        Raises:
            ValueNotFetched: As for :meth:`get_element`.
        """
        return str(self.get_element(name))

    def get_display_value(self, name: str | None = None) -> str:
        """Give what people read in a field; without a name, in the table's display column.

        Args:
            name: The column, dot-walked if need be.

        Raises:
            ValueNotFetched: As for :meth:`get_element`, or the field was set and not written yet.
            PysnowException: The dictionary, which names the display column, cannot be read.
        """
        if name is None:
            from pysnow.records.dictionary import display_column

            name = display_column(self._table, self._table.name)
        return self.get_element(name).display_value

    def is_nil(self, name: str) -> bool:
        """Tell whether a field is empty.

        Args:
            name: The column.

        Raises:
            ValueNotFetched: As for :meth:`get_element`.
        """
        return self.get_element(name).nil()

    nil = is_nil

    def changes(self) -> bool:
        """Tell whether values were set, and not written yet."""
        return bool(self._row.changes)

    def set_value(self, name: str, value: object) -> None:
        """Set the stored value of a field; :meth:`update` or :meth:`insert` write it.

        Args:
            name: The column.
            value: Text, number, boolean, datetime with a zone, another record; None or an empty text to empty it.

        Raises:
            InvalidUsage: It is no column of this record.
        """
        if "." in check_name(name):
            raise InvalidUsage(f"{name!r} is a field of another record: get() that one, and update() it")
        stored: Any = value._row if isinstance(value, GlideRecord) else value
        self._row[name] = stored

    def set_display_value(self, name: str, text: str) -> None:
        """Set a field by what people read: the name of a referenced record, the label of a choice, or a text.

        The dictionary, the record and the choices are looked up with GETs, and kept for a while.

        Args:
            name: The column.
            text: What people read.

        Raises:
            InvalidUsage: No choice has the label, or the column is of a type for which :meth:`set_value` has a Python
                type.
            NoResults: No record has the name.
            MultipleResults: More than one has.
            PysnowException: The dictionary cannot be read.
        """
        self.set_value(name, stored_for(self._table, check_name(name), text))

    def serialize(
        self,
        display_value: bool | Literal["all"] = False,
        fields: Iterable[str] | None = None,
        *,
        changes_only: bool = False,
    ) -> dict[str, str | dict[str, str]]:
        """Give the row as a dict of texts, which does not change when the cursor moves on.

        Args:
            display_value: True for what people read; ``"all"`` for dicts of ``value`` and ``display_value``.
            fields: Columns; all that were fetched when not given.
            changes_only: Whether to give those alone that were set and not written yet.

        Raises:
            ValueNotFetched: As for :meth:`get_display_value`.
        """
        changed = self._row.changes if changes_only else None
        names = [name for name in (fields or self._row) if changed is None or name in changed]
        return {name: _in_form(self.get_element(name), display_value) for name in names}

    # -- writing -------------------------------------------------------------------------------------------------------

    def initialize(self) -> None:
        """Begin a new record, empty as yet; :meth:`insert` creates it."""
        self._stand_on({}, "new")

    def insert(self) -> str:
        """Create the record, and give its sys_id; the row is then as the instance has it.

        Raises:
            InvalidUsage: There was no :meth:`initialize`; nothing was sent.
            PysnowException: As for :meth:`Table.create <pysnow.Table.create>`.
        """
        if self._place != "new":
            raise InvalidUsage("insert() creates what initialize() began: a record that was read is not copied")
        made = self._table.create(self._row.changes, params={"sysparm_display_value": BOTH})
        self._stand_on(made.one(), "other")
        return self._row.sys_id

    def update(self) -> str:
        """Write the values that were set, and nothing else, and give the sys_id: one PUT; none when none were set.

        A new record is inserted. Where the query had an order, the first write reads the rows that are left, because
        they may move.

        Raises:
            InvalidUsage: There is no current record; nothing was sent.
            QueryIgnored: The record does not satisfy the query that found it; nothing was changed.
            PysnowException: As for :meth:`Record.save <pysnow.Record.save>`.
        """
        if self._place == "new":
            return self.insert()
        self._check_current("update")
        if self._row.changes:
            self._before_write()
            self._row.save()
        return self._row.sys_id

    def delete_record(self) -> bool:
        """Delete the current record, and stand on none; :meth:`next` goes on behind it.

        Returns:
            True; what hinders is raised.

        Raises:
            InvalidUsage: There is no current record; nothing was sent.
            QueryIgnored: The record does not satisfy the query that found it; nothing was deleted.
            PysnowException: As for :meth:`Table.delete <pysnow.Table.delete>`.
        """
        self._check_current("delete_record")
        self._before_write()
        self._row.delete()
        self._stand_on({}, "nowhere")
        return True

    delete = delete_record

    def update_multiple(
        self, *, expect: int | range | None = None, dry_run: bool = False, allow_raw: bool = False
    ) -> Outcomes:
        """Write the values that were set, before any row was read, to all records that the conditions match.

        Args:
            expect: How many there may be: a number, or a range such as ``range(1, 100)``.
            dry_run: Send no change, and tell what each would change.
            allow_raw: Whether :meth:`add_encoded_query` may have added several parts, or what cannot be read here.

        Returns:
            An outcome for each record.

        Raises:
            InvalidUsage: No values were set, there is a current record, a limit or a join, or ``expect`` is missing;
                nothing was sent.
            UnexpectedCount: Another number of records match; nothing was changed.
            QueryIgnored: A record does not satisfy the conditions; nothing was changed.
        """
        changes = self._row.changes
        if self._place != "nowhere" or not changes:
            raise InvalidUsage("update_multiple() writes what set_value() set while no record is current")
        return self._table.update_many(
            self._many("update_multiple"), changes, expect=expect, dry_run=dry_run, allow_raw=allow_raw
        )

    def delete_multiple(
        self, *, expect: int | range | None = None, dry_run: bool = False, allow_raw: bool = False
    ) -> Outcomes:
        """Delete all records that the conditions match.

        Args:
            expect: As for :meth:`update_multiple`.
            dry_run: Send no deletion, and tell which records it would be.
            allow_raw: As for :meth:`update_multiple`.

        Returns:
            An outcome for each record.

        Raises:
            InvalidUsage: There is a limit or a join, no condition, or ``expect`` is missing; nothing was sent.
            UnexpectedCount: Another number of records match; nothing was deleted.
            QueryIgnored: A record does not satisfy the conditions; nothing was deleted.
        """
        meant = self._many("delete_multiple")
        return self._table.delete_many(meant, expect=expect, dry_run=dry_run, allow_raw=allow_raw)

    # -- columns as attributes -----------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> GlideElement:
        # Protocols such as copying ask for names with an underscore; no column begins with one.
        if name.startswith("_"):
            raise AttributeError(name)
        return self.get_element(name)

    def __setattr__(self, name: str, value: object) -> None:
        own = getattr(type(self), name, None)
        if name.startswith("_") or isinstance(own, property):
            super().__setattr__(name, value)
        elif own is not None:
            raise AttributeError(f"{name}() is a method: a column of that name is set with set_value({name!r}, ...)")
        elif self._is_current and name not in self._row:
            raise ValueNotFetched(f"{self._unknown(name)}. set_value({name!r}, ...) sets what was not fetched")
        else:
            self.set_value(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for name in self._row if name.isidentifier())})

    def __repr__(self) -> str:
        where = repr(self._row) if self._is_current else "a new record" if self._place == "new" else "no record"
        return f"<GlideRecord {self._table.name}, on {where}>"

    # -- what is underneath --------------------------------------------------------------------------------------------

    def _before_write(self) -> None:
        """What must be certain before the current row is changed: that it was meant, and what comes behind it."""
        if self._place == "row":
            refuse_ignored(self._asked, self._read, self._table.name, is_whole=self._fields is None)
        if self._rows is not None:
            self._rows.settle()

    def _many(self, method: str) -> str | Collected:
        """The records that are meant, as the calls for many of them take it."""
        if self._limit is not None:
            raise InvalidUsage(f"{method}() means all records that match, and there is a limit: set_limit(None)")
        meant = self._meant()
        if meant.has_join:
            raise InvalidUsage(f"{method}() cannot compare records with a join: read them, and update() or delete()")
        return str(meant) if self._is_handwritten else meant

    def _unknown(self, name: str) -> str:
        methods = [own for own in dir(type(self)) if not own.startswith("_")]
        return about_unknown(name, methods, None if self._place == "nowhere" else self._row)


def _in_form(element: GlideElement, form: bool | Literal["all"]) -> str | dict[str, str]:
    if form == BOTH:
        return {"value": str(element), "display_value": element.display_value}
    return element.display_value if form else str(element)
