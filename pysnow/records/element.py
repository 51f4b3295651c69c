"""One field of a record: a text that knows its other half, and the way to the fields behind a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pysnow.params_builder import DisplayValue
    from pysnow.records.record import Record

__all__ = ["Element"]

_OWN: Final = frozenset({"display", "link", "sys_id", "value"})


class Element(str):
    """A field, as ``record.state`` and ``record.field("state")`` give it.

    As a text it is the stored value where that came, else what people read; empty means false, and nothing else does.
    Attributes are the fields behind a reference, as far as they were fetched: ``record.caller_id.manager.email``. They
    come before the methods of texts, so that ``record.caller_id.title`` is a column when that was fetched.

    Args:
        record: The record.
        path: Name of the field, dot-walked if need be.
        text: The field as a text.
    """

    __slots__ = ("_path", "_record")

    _path: str
    _record: Record

    def __new__(cls, record: Record, path: str, text: str) -> Element:
        """Make the field of a record."""
        self = super().__new__(cls, text)
        self._record = record
        self._path = path
        return self

    @property
    def value(self) -> str:
        """The stored value; see :meth:`Record.raw <pysnow.records.record.Record.raw>`."""
        return self._record.raw(self._path)

    @property
    def display(self) -> str:
        """What people read; see :meth:`Record.display <pysnow.records.record.Record.display>`."""
        return self._record.display(self._path)

    @property
    def link(self) -> str | None:
        """Address of the record that a reference points to, or None."""
        return self._record.link(self._path)

    @property
    def sys_id(self) -> str:
        """The stored value of a reference."""
        return self.value

    def load(self, fields: Iterable[str] | str | None = None, *, display_value: DisplayValue | None = None) -> Record:
        """Read the record that a reference refers to: one GET, each time that it is called.

        Its link says which table that is of. Where none came, the dictionary does, which is asked once for each table.

        Args:
            fields: Columns to return, ``sys_id`` beside them; all when not given.
            display_value: As for :meth:`Table.get <pysnow.Table.get>`; as the record was read when not given.

        Raises:
            ValueNotFetched: Neither the reference nor the ``sys_id`` behind it was fetched.
            InvalidUsage: It is no reference to one record, is of another instance, or the record has no client.
            NoResults: The reference is empty, or what it refers to is not there or may not be read.
            PysnowException: The instance refuses, or does not answer.
        """
        from pysnow.records.following import referred_record

        return referred_record(self._record, self._path, fields, display_value)

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in _OWN:
            record, path = self._record, f"{self._path}.{name}"
            if record.has_path(path):
                return record.field(path)
        return super().__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _OWN:  # it was looked up, and raised an error that is an AttributeError, too
            return getattr(type(self), name).__get__(self)
        return self._record.field(f"{self._path}.{name}")

    def __dir__(self) -> list[str]:
        start = f"{self._path}."
        behind = {name[len(start) :].split(".")[0] for name in self._record if name.startswith(start)}
        return [*sorted({*_OWN, "load"}), *behind]

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)
