"""The choices of a column: what is stored, and what people read."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from pysnow.exceptions import InvalidUsage, NoResults, PermissionDenied
from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of
from pysnow.records.dictionary import ancestors_of, column_of

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["Choices", "choices_of"]


class Choices(dict[str, str]):
    """Stored values with their labels, in the order in which a form shows them."""

    def value_of(self, label: str) -> str:
        """Give what is stored for a label; capitals do not count.

        Args:
            label: What people read.

        Raises:
            InvalidUsage: No choice has that label, or more than one.
        """
        wanted = str(label).strip().casefold()
        found = [value for value, text in self.items() if text.strip().casefold() == wanted]
        if len(found) != 1:
            which = f"{', '.join(found)} all have" if found else f"{', '.join(self.values()) or 'nothing'}: none has"
            raise InvalidUsage(f"Of the choices {which} the label {label!r}")
        return found[0]


def choices_of(
    table: Table, name: str, column: str, language: str, dependent: str | None, *, inactive: bool
) -> Choices:
    """Give the choices of a column (``sys_choice``): the table's own, else those of the nearest one it extends.

    A column that has none is looked up in the dictionary, as far as that may be read.

    Args:
        table: Any table of the client.
        name: The table that is meant.
        column: The column.
        language: Language of the labels.
        dependent: Value of the column that it depends on; those of all when None.
        inactive: Whether choices count that are not offered any more.

    Raises:
        InvalidUsage: There is no such column; near ones are named.
        PysnowException: The instance refuses, or does not answer.
    """
    key = ("choices", name, column, language, dependent, inactive)
    make = partial(_read, table, name, column, language, dependent, inactive)
    return Choices(memory_of(table._transport).kept(key, DICTIONARY_SECONDS, make))


def _read(table: Table, name: str, column: str, language: str, dependent: str | None, inactive: bool) -> dict[str, str]:
    order = ancestors_of(table, name)
    query: dict[str, object] = {"name": list(order), "element": column, "language": language}
    if not inactive:
        query["inactive"] = False
    if dependent is not None:
        query["dependent_value"] = dependent
    fields = ["name", "value", "label", "sequence"]
    rows = table._sibling("/table/sys_choice").get(query, fields=fields, display_value=False).all()
    if not rows:
        with suppress(NoResults, PermissionDenied):
            column_of(table, name, column)
    nearest = min((row["name"] for row in rows), key=order.index, default=name)
    own = sorted((row for row in rows if row["name"] == nearest), key=lambda row: int(row.get("sequence") or 0))
    return {row["value"]: row["label"] for row in own}
