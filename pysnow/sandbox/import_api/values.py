"""Values of an import row, turned into what a transform map writes to its target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.import_api.maps import Entry, TransformMap
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.date_formats import read
from pysnow.sandbox.instance.display_input import choice_value, raw_value, reference_value
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.instance.refusals import OperationFailed

_DATES = frozenset({Form.DATE, Form.DATE_TIME})


class RowRejected(OperationFailed):
    """A field with the choice action ``reject`` met an unknown value (wording: our default)."""


@dataclass(frozen=True, slots=True)
class RowMapping:
    """One map on its way over one import row.

    Attributes:
        instance: The instance.
        transform_map: The map.
        caller: Who imports.
    """

    instance: Instance
    transform_map: TransformMap
    caller: Caller

    def values(self, staged: Row) -> dict[str, str]:
        """Give the values for the target by column.

        Fields that the target lacks are passed over, and so are empty values unless the map copies them.

        Raises:
            UnknownTable: The target table does not exist.
            RowRejected: A field rejects its value.
            Refusal: A record that a reference asks for cannot be made.
        """
        self.instance.platform.table(self.transform_map.target_table)
        values: dict[str, str] = {}
        for entry in self.transform_map.entries:
            column = self.instance.dictionary.columns(self.transform_map.target_table).get(entry.target)
            text = staged.get(entry.source) or ""
            if column is None or not (text or self.transform_map.copies_empty):
                continue
            value = self._value(entry, column, text) if text else ""
            if value is not None:
                values[entry.target] = value
        return values

    def _value(self, entry: Entry, column: Column, text: str) -> str | None:
        """Give the raw value for a text; None where the field shall be left alone."""
        form = form_of(column.type)
        platform, table = self.instance.platform, self.transform_map.target_table
        if choices := platform.dictionary.choices(table, column.element):
            known = choice_value(platform, table, column, text)
            known = known or next((text for choice in choices if choice.value == text), None)
            return known or self._unknown(entry, text, lambda: text)
        if form is Form.REFERENCE:
            known = reference_value(platform, column, text)
            return known or self._unknown(entry, text, lambda: self._create_referenced(column, text))
        if form is Form.REFERENCE_LIST:
            return raw_value(platform, table, column, text, self.caller)
        if form in _DATES and entry.date_format:
            return _date(text, entry.date_format)
        return text

    def _unknown(self, entry: Entry, text: str, create: Callable[[], str | None]) -> str | None:
        """Follow the choice action of a field ("Choice action" of transform map fields)."""
        if entry.choice_action == "ignore":
            return None
        if entry.choice_action == "reject":
            raise RowRejected(f"Row rejected: {entry.target} has no value {text}")
        return create()

    def _create_referenced(self, column: Column, text: str) -> str | None:
        """Create the record that a reference names; None for tables whose records have no name."""
        display = self.instance.dictionary.display_column(column.reference)
        if display is None:
            return None
        row = self.instance.create(column.reference, {display: text}, self.caller)
        return row.get(column.reference_key)


def _date(text: str, date_format: str) -> str:
    """Read a date in a map's own format; it counts as UTC, and what does not fit is empty (our default)."""
    moment = read(text, date_format)
    return moment.isoformat(" ", "seconds") if moment else ""
