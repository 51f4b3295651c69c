"""What a table does with a schema: its client's own, or the instance's as far as the table needs it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Final, Literal

from pysnow.caller import callers_level
from pysnow.exceptions import InvalidUsage, QueryIgnored, QueryTypeError, SchemaWarning, UnknownColumnWarning
from pysnow.params_builder import wire_params
from pysnow.schema.cache import SchemaCache
from pysnow.schema.checking import checked_mode, tell
from pysnow.schema.documents import read_document
from pysnow.schema.schema import Schema

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.table import Table
    from pysnow.wire.transport import Transport

__all__ = ["are_kin", "check_columns", "check_payload", "schema_of", "schema_promises", "warn_of_columns"]

_NAME: Final = "_schema_cache"
_WARNED: Final = "_columns_warned_of"
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


def schema_promises(schema: object, overlay: str | None, mode: object, release: str | None = None) -> dict[str, object]:
    """Give the arguments of a resource that are about a schema, checked.

    Args:
        schema: The schema, or None.
        overlay: Path of what lies over the one that comes along, when there is no other.
        mode: What to do about payloads that do not fit.
        release: Release of the instance, as the settings have it.

    Raises:
        InvalidUsage: They are something else, or strict about no schema.
    """
    if schema is not None and not isinstance(schema, Schema):
        raise InvalidUsage(
            f"schema must be a pysnow.Schema, such as Schema.load(path), not {schema!r:.60}; how strict to be, "
            "schema_mode says"
        )
    made_for = schema.release if schema is not None else ""
    if schema is None and overlay is not None:
        above = Schema(read_document(overlay))
        schema, made_for = Schema.bundled().apply_overlay(above), above.release
    if release and made_for and release != made_for:
        warnings.warn(
            f"The schema was made for release {made_for!r}, and schema_release is {release!r}",
            SchemaWarning,
            stacklevel=callers_level(),
        )
    if schema is None and mode == "strict":
        raise InvalidUsage(
            "schema_mode='strict' needs a schema to be strict about: pass schema=, such as Schema.load(path)"
        )
    return {"schema": schema, "schema_mode": checked_mode(mode)}


def check_payload(
    table: Table, operation: Literal["create", "update"], payload: JSON, params: object, told: Collection[str] = ()
) -> tuple[str, ...]:
    """Compare a payload with the schema of a table's client, and do about it what the client is told to.

    Args:
        table: The table.
        operation: What it is for.
        payload: The payload; what is no mapping is left to those who send it.
        params: Query parameters of the call.
        told: Problems that were told before, of an earlier look at the same payload.

    Returns:
        What is wrong with it, one text for each problem.

    Raises:
        SchemaMismatch: The client is strict about it, and the payload does not fit.
    """
    schema: Schema = table.kwargs["schema"]
    mode = table.kwargs.get("schema_mode")
    if mode is None or not isinstance(payload, Mapping):
        return ()
    given = {**table.parameters.custom_params, **wire_params(params)}  # type: ignore[arg-type]  # checked there
    shows = str(given.get("sysparm_input_display_value", "")).lower() == "true"
    found = schema.check(table.name, payload, None, operation=operation, display_values=shows)
    tell(table.name, [problem for problem in found if str(problem) not in told], mode)
    return tuple(map(str, found))


def are_kin(table: Table, other: str) -> bool:
    """Tell whether a table and another one may have records in common, since one extends the other.

    Args:
        table: The table.
        other: Name of the other one.

    Returns:
        False only when a schema that knows both tables, and all that they extend, says so, and none says otherwise.
    """
    found = [_kinship(schema, table.name, other) for schema in (table.kwargs.get("schema"), Schema.bundled()) if schema]
    return True in found or False not in found


def _kinship(schema: Schema, table: str, other: str) -> bool | None:
    if not (schema.has_table(table) and schema.has_table(other)):
        return None
    lines = schema.lineage(table), schema.lineage(other)
    if table in lines[1] or other in lines[0]:
        return True
    return False if all(schema.has_table(line[-1]) for line in lines) else None


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


def warn_of_columns(table: Table, query: str, columns: Iterable[str]) -> None:
    """Warn of columns that the schema of a table's client does not know, of each once. Nothing is sent.

    Args:
        table: The table.
        query: Encoded query; one that cannot be read is passed over.
        columns: Further columns.
    """
    if table.kwargs.get("schema_mode") is None:
        return
    schema: Schema = table.kwargs["schema"]
    try:
        unknown = schema.unknown_columns(table.name, query, columns)
    except QueryTypeError:
        return
    warned: set[str] = vars(table._transport).setdefault(_WARNED, set())
    for text in unknown:
        message = f"{text.rstrip('?')} (the instance ignores it, so that more may come than is meant)"
        if message not in warned:
            warnings.warn(message, UnknownColumnWarning, stacklevel=callers_level())
            warned.add(message)


def _cache_of(transport: Transport) -> SchemaCache:
    known = vars(transport)
    # setdefault() is one step: two threads that come first at once get the same one.
    cache: SchemaCache = known.get(_NAME) or known.setdefault(
        _NAME, SchemaCache(lifetime_seconds=_LIFETIME_SECONDS, clock=transport.clock)
    )
    return cache
