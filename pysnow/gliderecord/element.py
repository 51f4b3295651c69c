"""One field of a GlideRecord, and the row that holds it."""

from __future__ import annotations

from typing import Any

from pysnow.exceptions import ValueNotFetched
from pysnow.records.element import Element
from pysnow.records.record import Record

__all__ = ["GlideElement", "Row"]


class GlideElement(Element):
    """A field: as a text its stored value, false when it is empty and never else, so that ``"0"`` is true.

    Fields behind a reference are attributes, as far as they were fetched: ``gr.caller_id.email`` needs
    ``gr.fields = [..., "caller_id.email"]``.
    """

    __slots__ = ()

    @property
    def display_value(self) -> str:
        """What people read.

        Raises:
            ValueNotFetched: The field was set, and the instance has not said yet what people read then.
        """
        if self._path in self._record.changes:
            raise ValueNotFetched(f"{self._path!r} was set: what people read is known after update() or insert()")
        return self._record.display(self._path)

    def changes(self) -> bool:
        """Tell whether another value was set, and not written yet."""
        return self._path in self._record.changes

    def nil(self) -> bool:
        """Tell whether it is empty."""
        return not str(self)

    def __getattr__(self, name: str) -> Any:
        if name == "display_value":  # it was looked up, and raised an error that is an AttributeError, too
            return GlideElement.display_value.__get__(self)
        return super().__getattr__(name)

    def __dir__(self) -> list[str]:
        return ["changes", "display_value", "nil", *super().__dir__()]


class Row(Record):
    """A record whose fields are :class:`GlideElement`.

    It takes the arguments of :class:`~pysnow.Record`.
    """

    __slots__ = ()

    def field(self, name: str) -> GlideElement:
        """Give a field, as :meth:`Record.field <pysnow.records.record.Record.field>` does."""
        return GlideElement(self, name, str(super().field(name)))
