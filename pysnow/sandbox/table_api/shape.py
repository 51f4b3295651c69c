"""How the records of one Table API call are shown.

``sysparm_query_category`` and ``sysparm_query_no_domain`` are read by nobody: there are neither read replicas to choose
from nor separated domains to look beyond.
"""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.shaping import json_shape, write_page
from pysnow.sandbox.store.json_rows import JsonShape

_DISPLAY_VALUES = ("true", "all")


@dataclass(frozen=True, slots=True)
class Shape:
    """How records are shown.

    Attributes:
        fields: ``sysparm_fields``, or else the columns of ``sysparm_view``; None shows all columns.
        display_value: ``sysparm_display_value``: ``false``, ``true`` or ``all``.
        exclude_reference_link: ``sysparm_exclude_reference_link``.
    """

    fields: list[str] | None
    display_value: str
    exclude_reference_link: bool

    @classmethod
    def of(cls, exchange: Exchange, table: str) -> Shape:
        """Read the shape a request asks for."""
        parameters = exchange.parameters
        display_value = parameters.text("sysparm_display_value")
        view = parameters.text("sysparm_view")
        fields = parameters.names("sysparm_fields")
        if fields is None and view:
            fields = exchange.instance.view_columns(table, view)
        return cls(
            fields=fields,
            display_value=display_value if display_value in _DISPLAY_VALUES else "false",
            exclude_reference_link=parameters.flag("sysparm_exclude_reference_link"),
        )

    def json_shape(self, exchange: Exchange, table: str) -> JsonShape | None:
        """Give what the store can print by itself: raw values; None for display values, and for an unknown table."""
        if self.display_value in _DISPLAY_VALUES or table not in exchange.instance.dictionary:
            return None
        links = self.exclude_reference_link
        return json_shape(exchange.instance, table, fields=self.fields, exclude_reference_link=links)

    def written(self, exchange: Exchange, table: str, rows: list[Row]) -> list[bytes]:
        """Shape rows of a table, as JSON text in UTF-8."""
        texts = write_page(
            exchange.instance,
            table,
            rows,
            fields=self.fields,
            display_value=self.display_value,
            exclude_reference_link=self.exclude_reference_link,
            caller=exchange.caller,
            access=exchange.records.cells,
        )
        return list(map(str.encode, texts))
