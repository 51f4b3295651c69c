"""What a table does with a schema: its client's own, or the instance's as far as the table needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Literal

from pysnow.exceptions import InvalidUsage, QueryIgnored
from pysnow.params_builder import wire_params
from pysnow.schema.cache import SchemaCache
from pysnow.schema.checking import checked_mode
from pysnow.schema.schema import Schema

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.table import Table
    from pysnow.wire.transport import Transport

__all__ = ["check_columns", "check_payload", "schema_of", "schema_promises"]

_NAME: Final = "_schema_cache"
_LIFETIME_SECONDS: Final = 3600.0


class _TablesOf:
    """The instance that a table is of."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.base_url = table._base_url

    def table(self, name: str) -> Table:
        """Give another table of it."""
        return self._table.other(name)


def schema_of(table: Table) -> Schema:
    """Give a schema that has a table whole: the client's, or what the instance says, kept for an hour.

    Args:
        table: The table.

    Raises:
        InvalidUsage: There is no such table.
        PysnowException: The instance refuses, or does not answer.
    """
    given: Schema | None = table.kwargs.get("schema")
    if given is not None and given.has_table(table.name) and not given.is_partial:
        return given
    return Schema.from_instance(_TablesOf(table), (table.name,), cache=_cache_of(table._transport))


def schema_promises(schema: object, overlay: str | None, mode: object) -> dict[str, object]:
    """Give the arguments of a resource that are about a schema, checked.

    Args:
        schema: The schema, or None.
        overlay: Path of what lies over the one that comes along, when there is no other.
        mode: What to do about payloads that do not fit.

    Raises:
        InvalidUsage: They are something else.
    """
    if schema is not None and not isinstance(schema, Schema):
        raise InvalidUsage(f"schema must be a pysnow.Schema, such as Schema.load(path); not {type(schema).__name__}")
    if schema is None and overlay is not None:
        schema = Schema.bundled().apply_overlay(overlay)
    return {"schema": schema, "schema_mode": checked_mode(mode)}


def check_payload(table: Table, operation: Literal["create", "update"], payload: JSON, params: object) -> None:
    """Compare a payload with the schema of a table's client, and do about it what the client is told to.

    Args:
        table: The table.
        operation: What it is for.
        payload: The payload; what is no mapping is left to those who send it.
        params: Query parameters of the call.

    Raises:
        SchemaMismatch: The client is strict about it, and the payload does not fit.
    """
    schema: Schema = table.kwargs["schema"]
    if isinstance(payload, Mapping):
        given = {**table.parameters.custom_params, **wire_params(params)}  # type: ignore[arg-type]  # checked there
        shows = str(given.get("sysparm_input_display_value", "")).lower() == "true"
        mode = table.kwargs.get("schema_mode")
        schema.check(table.name, payload, mode, operation=operation, display_values=shows)


def check_columns(table: Table, query: str, columns: Iterable[str]) -> None:
    """Refuse columns that the schema of a table's client does not know, and name near ones. Nothing is sent.

    Args:
        table: The table.
        query: Encoded query.
        columns: Further columns.

    Raises:
        QueryIgnored: The table has no such column.
        QueryTypeError: The query cannot be read.
    """
    schema: Schema = table.kwargs["schema"]
    unknown = schema.unknown_columns(table.name, query, columns)
    if unknown:
        raise QueryIgnored(f"{'; '.join(unknown)} (the instance would ignore it)", table=table.name, committed=False)


def _cache_of(transport: Transport) -> SchemaCache:
    known = vars(transport)
    # setdefault() is one step: two threads that come first at once get the same one.
    cache: SchemaCache = known.get(_NAME) or known.setdefault(
        _NAME, SchemaCache(lifetime_seconds=_LIFETIME_SECONDS, clock=transport.clock)
    )
    return cache
