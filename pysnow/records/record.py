"""One row of a table: the dict that came, with its values told apart, its changes known, and the way back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Self, overload

from pysnow.exceptions import InvalidUsage, PysnowException, ValueNotFetched
from pysnow.field_value import is_display_only, raw_value
from pysnow.records.element import Element
from pysnow.records.field_shapes import link_in, shown_in, stored_in, text_of
from pysnow.records.references import Ref
from pysnow.records.typed_values import as_datetime, as_decimal, as_duration, written_value
from pysnow.writing.record_state import RecordState

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from pysnow._types import JSON
    from pysnow.records.field_shapes import Shown
    from pysnow.records.record_files import RecordFiles
    from pysnow.records.typed_values import Typed
    from pysnow.table import Table
    from pysnow.writing.dry_run import DryRun

__all__ = ["Record"]

_ABSENT: Final = object()
_NAMES: Final = ("number", "name", "user_name", "label", "short_description", "file_name")
_LONGEST: Final = timedelta(days=30 * 365)
"""Longest time that is taken for a duration: what is later than 1999 is a moment."""

_LISTED = 8
"""Fields that an error repeats, so that the list can be copied with the missing one in it."""


class Record(dict[str, Any]):
    """A record, as it came: ``json.dumps()`` gives what the instance sent, and it compares and copies as a dict.

    Columns are items (``record["state"]``) and, unless a method has the name, attributes (``record.state``,
    ``record.caller_id.email``). What was not fetched is an error, and never another value; nothing is fetched behind
    your back. Assigned items are :attr:`changes` until they are saved. Threads must not share one that is changed.

    Args:
        wire: The fields; copied.
        table: Table it was read from, which saves, reloads and deletes it; None for a record without a client.
        display_value: How it was read; as the table reads when not given.
    """

    __slots__ = ("_before", "_shown", "_table")

    if TYPE_CHECKING:
        _before: dict[str, Any] | None
        _shown: Shown | None
        _table: Table | str | None

    def __init__(
        self,
        wire: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        table: Table | None = None,
        *,
        display_value: Shown | None = None,
    ) -> None:
        dict.update(self, wire)  # a plain method: quicker than dict.__init__
        # Past __setattr__, which would cost as much as all the rest.
        _set_table(self, table)
        _set_shown(self, display_value)
        _set_before(self, None)

    # -- which record --------------------------------------------------------------------------------------------------

    @property
    def table(self) -> str | None:
        """Name of the table it was read from, or None. For a base table, ``sys_class_name`` tells the record's own."""
        return self._table if self._table is None or isinstance(self._table, str) else self._table.name

    @property
    def sys_id(self) -> str:
        """Its sys_id.

        Raises:
            ValueNotFetched: The column was not asked for.
        """
        return self.raw("sys_id")

    @property
    def url(self) -> str:
        """Address of its form, for a browser.

        Raises:
            ValueNotFetched: Its sys_id was not asked for.
            InvalidUsage: It has no client.
        """
        from pysnow.records.addresses import form_url

        table = self._home
        return form_url(table._base_url, table.name, self.sys_id)

    def open(self, browser: Callable[[str], object] | None = None) -> None:
        """Open its form in a browser; nothing is sent from here.

        Args:
            browser: Opens an address; that of this machine when not given.

        Raises:
            ValueNotFetched: Its sys_id was not asked for.
            InvalidUsage: It has no client.
        """
        import webbrowser

        (browser or webbrowser.open)(self.url)

    # -- values --------------------------------------------------------------------------------------------------------

    def raw(self, name: str) -> str:
        """Give the stored value of a field, as a text.

        Args:
            name: The field, dot-walked if need be.

        Raises:
            ValueNotFetched: The field was not asked for, or came as what people read alone.
        """
        value = self._fetched(name)
        stored = stored_in(value, self._shown_of(name))
        if stored is None and value is not None:
            # A sys_id is shown as it is, whatever is asked for.
            if name.rpartition(".")[2] != "sys_id" or not isinstance(value, str):
                raise ValueNotFetched(
                    f"{name!r} was read with display_value=True and holds no stored value: read it with "
                    "display_value='all', or False"
                )
            stored = value
        return text_of(stored, name)

    def display(self, name: str) -> str:
        """Give what people read in a field.

        Args:
            name: The field, dot-walked if need be.

        Raises:
            ValueNotFetched: The field was not asked for, or came as the stored value alone.
        """
        value = self._fetched(name)
        shown = shown_in(value, self._shown_of(name))
        if shown is None and isinstance(value, list):
            return text_of(value, name)  # which says what to do instead
        if shown is None:
            raise ValueNotFetched(f"{name!r} was read as the stored value alone: read it with display_value='all'")
        return text_of(shown, name)

    def link(self, name: str) -> str | None:
        """Give the address of the record that a reference points to; None when none came, or it is no reference.

        Args:
            name: The field, dot-walked if need be.

        Raises:
            ValueNotFetched: The field was not asked for.
        """
        return link_in(self._fetched(name))

    def field(self, name: str) -> Element:
        """Give a field as an :class:`~pysnow.records.element.Element`, as attributes do.

        Args:
            name: The field, dot-walked if need be; or a reference of which only fields behind it were fetched.

        Raises:
            ValueNotFetched: Neither it nor anything behind it was fetched.
        """
        if name not in self:
            if not self.has_path(name):
                raise self._not_fetched(name)
            return Element(self, name, "")
        shown = self._shown_of(name)
        stored = stored_in(self[name], shown)
        return Element(self, name, text_of(shown_in(self[name], shown) if stored is None else stored, name))

    def walk(self, prefix: str) -> dict[str, Any]:
        """Give the fields behind a reference as a dict, nested where they are dot-walked further.

        Args:
            prefix: The reference, such as ``caller_id``.

        Raises:
            ValueNotFetched: Nothing behind it was fetched.
        """
        start = f"{prefix}."
        if not any(name.startswith(start) for name in self):
            raise self._not_fetched(prefix, f"{start}sys_id")
        nested: dict[str, Any] = {}
        for name in sorted(name for name in self if name.startswith(start)):
            *steps, last = name[len(start) :].split(".")
            place = nested
            for step in steps:
                inner = place.get(step, {})
                # The reference itself was fetched, too.
                place[step] = place = dict(inner) if isinstance(inner, Mapping) else {"value": inner}
            place[last] = self[name]
        return nested

    def datetime(self, name: str) -> datetime | None:
        """Give a moment, in UTC; None where the field is empty.

        Args:
            name: The field.

        Raises:
            ValueNotFetched: Its stored value did not come.
            InvalidUsage: It is no moment.
        """
        return as_datetime(name, self.raw(name))

    def duration(self, name: str) -> timedelta | None:
        """Give a duration (``1970-01-05 11:00:11`` is 4 days, 11 hours and 11 seconds); None where the field is empty.

        Args:
            name: The field.

        Raises:
            ValueNotFetched: Its stored value did not come.
            InvalidUsage: It is no duration.
        """
        duration = as_duration(name, self.raw(name))
        if duration is not None and duration > _LONGEST:
            raise InvalidUsage(f"{name} holds {self.raw(name)!r}, which is a moment: read it with datetime({name!r})")
        return duration

    def decimal(self, name: str) -> Decimal | None:
        """Give a number; None where the field is empty.

        Args:
            name: The field.

        Raises:
            ValueNotFetched: Its stored value did not come.
            InvalidUsage: It is no number.
        """
        return as_decimal(name, self.raw(name))

    def typed(self, name: str) -> Typed:
        """Give a field as what its column holds: by the instance's dictionary, read once for each table.

        Args:
            name: The field, dot-walked if need be.

        Returns:
            Moments as aware datetimes in UTC, dates, times, durations, numbers as int or Decimal, booleans, lists, and
            texts; None where the field is empty and no text.

        Raises:
            ValueNotFetched: Its stored value did not come.
            InvalidUsage: The record has no client, or the value is not of its column's type.
            PysnowException: The dictionary cannot be read.
        """
        from pysnow.records.dictionary import column_at
        from pysnow.records.typed_values import python_value

        text, table = self.raw(name), self._home
        return python_value(column_at(table, table.name, name).kind, name, text)

    # -- changes -------------------------------------------------------------------------------------------------------

    @property
    def changes(self) -> dict[str, Any]:
        """Fields that were assigned another value since the record was read, with what is to be stored.

        Raises:
            InvalidUsage: A value cannot be stored, such as a datetime without a time zone.
        """
        names = self._assigned_names()
        written = {name: _storable(name, self[name]) for name in names}
        return {name: value for name, value in written.items() if not self._was_stored(name, value)}

    @overload
    def save(self, *, if_unchanged: bool = False, strict: bool = False, dry_run: Literal[False] = False) -> Self: ...

    @overload
    def save(self, *, if_unchanged: bool = False, strict: bool = False, dry_run: Literal[True]) -> DryRun: ...

    def save(self, *, if_unchanged: bool = False, strict: bool = False, dry_run: bool = False) -> Self | DryRun:
        """Write the :attr:`changes` to the instance, and nothing else: one PUT, and none when there are none.

        What the instance answers then stands in the fields that the record has; what did not take is warned of
        (:class:`~pysnow.FieldIgnoredWarning`). It is done as :meth:`Table.update <pysnow.Resource.update>` does it.

        Args:
            if_unchanged: Whether to refuse when the record was changed since it was read; ``sys_mod_count`` must have
                been read with it. It is looked at just before the PUT, in one more GET.
            strict: Whether to raise :class:`~pysnow.NotApplied` where it would warn; the rest is written all the same.
            dry_run: Send nothing that changes anything, and give what would change.

        Raises:
            Conflict: The record was changed by somebody else; nothing was written.
            ValueNotFetched: Its sys_id, or its ``sys_mod_count``, was not asked for.
            InvalidUsage: It has no client, or a value cannot be stored.
            AmbiguousWrite: The record may or may not have been changed; ``check()`` looks again.
            PysnowException: It was not changed.
        """
        from pysnow.records.saving import save_changes

        changes = self.changes
        if dry_run:
            return self._home.update({"sys_id": self.sys_id}, changes, dry_run=True)
        if changes:
            saved = save_changes(self, self._home, changes, self._state_before(), if_unchanged=if_unchanged)
            self._undo(saved.absent)
            self._take(saved.fields)
            if strict:
                saved.check()
            saved.warn()
        return self

    def reload(self) -> Self:
        """Read the fields that the record has once more: one GET. Changes that were not saved are lost.

        Raises:
            RecordNotFound: It is not there any more, or may not be read.
            ValueNotFetched: Its sys_id was not asked for.
            InvalidUsage: It has no client.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.saving import read_again

        fresh = read_again(self, self._home)
        self.clear()
        self._take(fresh)
        return self

    def delete(self, *, dry_run: bool = False) -> DryRun | None:
        """Delete the record on the instance, as :meth:`Table.delete <pysnow.Resource.delete>` does.

        Args:
            dry_run: Send nothing that changes anything, and give the record as it is now.

        Raises:
            RecordNotFound: It is not there.
            ValueNotFetched: Its sys_id was not asked for.
            InvalidUsage: It has no client.
            AmbiguousWrite: It may or may not have been deleted; ``check()`` looks again.
            PysnowException: It was not deleted.
        """
        if dry_run:
            return self._home.delete({"sys_id": self.sys_id}, dry_run=True)
        self._home.delete({"sys_id": self.sys_id})
        return None

    @property
    def attachments(self) -> RecordFiles:
        """Its files.

        Raises:
            InvalidUsage: It has no client.
        """
        from pysnow.records.record_files import RecordFiles

        return RecordFiles(self._home.attachments, self.sys_id)

    # -- a dict that notes what is assigned ----------------------------------------------------------------------------

    def __setitem__(self, name: str, value: JSON) -> None:
        before = self._before
        if before is None:
            before = self._before = {}
        if name not in before:
            before[name] = self.get(name, _ABSENT)
        dict.__setitem__(self, name, value)

    def update(self, *args: Any, **fields: Any) -> None:
        """Assign fields, as a dict does; :meth:`save` writes them to the instance."""
        for name, value in dict(*args, **fields).items():
            self[name] = value

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]  # as dict has it, without the overloads
        self.update(other)
        return self

    def setdefault(self, name: str, default: Any = None, /) -> Any:
        """Give a field, which is assigned when the record does not have it."""
        if name not in self:
            self[name] = default
        return self[name]

    def __copy__(self) -> Self:
        twin = type(self)(self, display_value=self._shown)
        twin._table = self._table
        twin._before = None if self._before is None else dict(self._before)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = copy.copy(self)
        memo[id(self)] = twin
        for name, value in self.items():
            dict.__setitem__(twin, name, copy.deepcopy(value, memo))
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        # The table holds a client, and that credentials.
        return _unpickled, (type(self), dict(self), self.table, self._mode, self._changed_names())

    # -- attributes, completion and display ----------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked for by pickle, notebooks and the like; no column begins with one
            raise AttributeError(name)
        own = getattr(type(self), name, None)
        if isinstance(own, property):  # it was looked up, and raised an error that is an AttributeError, too
            return own.__get__(self)
        return self.field(name)

    def __setattr__(self, name: str, value: object) -> None:
        try:
            super().__setattr__(name, value)
        except AttributeError:
            what = f"{name!r} is not assigned" if hasattr(type(self), name) else "Columns are assigned as items"
            raise AttributeError(f"{what}: write record[{name!r}] = ..., then record.save()") from None

    def __dir__(self) -> list[str]:
        columns = {name.split(".")[0] for name in self}
        return sorted({*super().__dir__(), *(name for name in columns if name.isidentifier())})

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        parts, count = ["Record", self.table or "", self._own_name()], len(self)
        changed = len(self._changed_names())
        more = f", {changed} changed" if changed else ""
        return f"<{' '.join(part for part in parts if part)}, {count} {'field' if count == 1 else 'fields'}{more}>"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><th>{escape(name)}</th><td>{self._cell(name)}</td></tr>" for name in self)
        return f"<table><caption>{escape(repr(self))}</caption>{rows}</table>"

    def _cell(self, name: str) -> str:
        from html import escape

        value = self[name]
        shown, stored = (
            (value.get("display_value"), value.get("value")) if isinstance(value, Mapping) else (value, None)
        )
        title = f' title="{escape(str(stored))}"' if stored is not None and shown is not None else ""
        text = escape(str(stored if shown is None else shown))
        return f"<span{title}>{text}</span>" if title else text

    def _own_name(self) -> str:
        for name in _NAMES:
            value = self.get(name)
            text = value.get("display_value", value.get("value")) if isinstance(value, Mapping) else value
            if isinstance(text, str) and text:
                words = " ".join(text.split())
                return words if len(words) <= 60 else f"{words[:57]}..."
        return str(raw_value(self.get("sys_id", "")))

    # -- what is underneath --------------------------------------------------------------------------------------------

    def check_storable(self) -> None:
        """Refuse when the record, as a whole, cannot be written back.

        Raises:
            InvalidUsage: It holds what people read, and no stored values.
        """
        labels = [name for name in self if self._shown_of(name) is True and not isinstance(self[name], Mapping)]
        if any(self[name] for name in labels):
            raise InvalidUsage(
                f"This record was read with display_value=True: {labels[0]!r} and others hold what people read. Read "
                "it with display_value='all', or send the fields that are to change"
            )

    def has_path(self, path: str) -> bool:
        """Tell whether a field was fetched, or any behind it.

        Args:
            path: The field, dot-walked if need be.
        """
        return path in self or any(name.startswith(f"{path}.") for name in self)

    @property
    def _home(self) -> Table:
        if self._table is None or isinstance(self._table, str):
            raise InvalidUsage(
                "This record has no client: it was pickled, or made by hand. Give it one with Record(record, "
                f"client.table({self.table or 'incident'!r}))"
            )
        return self._table

    @property
    def _mode(self) -> Shown:
        """How the record was read."""
        if self._shown is not None:
            return self._shown
        table = self._table
        return False if table is None or isinstance(table, str) else table.parameters.display_value

    def _shown_of(self, name: str) -> Shown:
        """How a field is to be understood: what was assigned is a stored value."""
        return False if self._before and name in self._before else self._mode

    def _stored_before(self, value: object, name: str) -> object:
        """The stored value that a field had, as it would be written, as far as it is known."""
        stored = None if value is _ABSENT else stored_in(value, self._mode)
        return stored if stored is None or isinstance(stored, (Mapping, list)) else text_of(stored, name)

    def _fetched(self, name: str) -> Any:
        value = self.get(name, _ABSENT)
        if value is _ABSENT:
            raise self._not_fetched(name)
        return value

    def _not_fetched(self, name: str, wanted: str | None = None) -> ValueNotFetched:
        from difflib import get_close_matches

        wanted = wanted or name
        if name in self:
            return ValueNotFetched(f"Nothing behind {name!r} was fetched. Ask for fields=[..., {wanted!r}]")

        near = get_close_matches(name, self, n=3)
        close = f" Near: {', '.join(near)}." if near else ""
        shown = f"fields={[*self, wanted]}" if len(self) < _LISTED else f"fields=[..., {wanted!r}]"
        if name == "sys_id":
            return ValueNotFetched(
                f"'sys_id' was not fetched, or the record was made by hand.{close} Ask for {shown}, or make a new "
                "record with create()"
            )
        return ValueNotFetched(f"{name!r} was not fetched, or the table has no such column.{close} Ask for {shown}")

    def _assigned_names(self) -> list[str]:
        return [name for name, old in (self._before or {}).items() if name in self and self[name] != old]

    def _changed_names(self) -> list[str]:
        """Names of :attr:`changes`, and of what cannot be stored."""
        changed = []
        for name in self._assigned_names():
            try:
                is_same = self._was_stored(name, _storable(name, self[name]))
            except PysnowException:
                is_same = False
            if not is_same:
                changed.append(name)
        return changed

    def _was_stored(self, name: str, written: object) -> bool:
        """Whether a field held this before it was assigned."""
        return written == self._stored_before((self._before or {})[name], name)

    def _state_before(self) -> RecordState:
        """What is known of the fields that were assigned, as they were read."""
        read = {name: value for name, value in (self._before or {}).items() if value is not _ABSENT}
        stored = {name: self._stored_before(value, name) for name, value in read.items()}
        shown = {name: shown_in(value, self._mode) for name, value in read.items()}
        count = stored_in(self.get("sys_mod_count"), self._mode)
        return RecordState(
            count if isinstance(count, str) else None,
            {name: value for name, value in stored.items() if isinstance(value, str)},
            {name: value for name, value in shown.items() if isinstance(value, str)},
        )

    def _undo(self, names: Iterable[str]) -> None:
        """Hold again what was there before fields were assigned that the table turned out not to have."""
        before = self._before or {}
        for name in names:
            if before.get(name, _ABSENT) is _ABSENT:
                dict.pop(self, name, None)
            else:
                dict.__setitem__(self, name, before[name])

    def _take(self, fresh: Mapping[str, Any]) -> None:
        """Hold what the instance says now."""
        dict.update(self, fresh)
        self._before = None


_set_before, _set_shown, _set_table = (vars(Record)[name].__set__ for name in Record.__slots__)


def _storable(name: str, value: object) -> object:
    if isinstance(value, Record):
        return value.sys_id
    if isinstance(value, Ref):  # looked up when it is sent
        return value
    if is_display_only(value):
        stored = stored_in(value, True)
        if stored is None:
            raise InvalidUsage(f"Field {name!r} holds what people read, and no stored value: pass the sys_id")
        return stored
    if not isinstance(value, Mapping):
        return written_value(name, value)
    return written_value(name, raw_value(value))


def _unpickled(
    cls: type[Record], fields: dict[str, Any], table: str | None, shown: Shown, changed: list[str]
) -> Record:
    record = cls(fields, display_value=shown)
    record._table = table
    record._before = dict.fromkeys(changed, _ABSENT) if changed else None
    return record
