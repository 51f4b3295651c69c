"""Finding columns and relations in a schema, by any of the names that they go by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pysnow.encoded_query import parse
from pysnow.exceptions import InvalidUsage
from pysnow.params_builder import ParamsBuilder
from pysnow.schema.definitions import Relationship
from pysnow.schema.near_misses import did_you_mean
from pysnow.writing.query_echo import named_columns
from pysnow.writing.record_look_up import as_query

if TYPE_CHECKING:
    from pysnow._types import Query
    from pysnow.schema.definitions import Field
    from pysnow.schema.schema import Schema

__all__ = ["children", "find", "parents", "relationship", "unknown", "unknown_columns"]

_ANY_TABLE = "sys_id"
"""What a dot-walk can always end with."""


def find(schema: Schema, table: str, name: str) -> Field | None:
    """Find a column, dot-walked if need be; None where there is none."""
    first, _, rest = name.partition(".")
    found = schema.all_fields(table).get(first.lower())
    if found is None or not rest:
        return found
    target = _target(schema, found)
    step = rest.split(".")[0]
    if step.startswith("ref_") and schema.has_table(step[4:]):  # `parent.ref_incident.category`: a column of a subclass
        target, rest = step[4:], rest.partition(".")[2]
    return find(schema, target, rest) if target is not None and rest else None


def unknown(schema: Schema, table: str, name: str) -> str:
    """Say that a table has no such column, and which ones are near."""
    *walked, last = name.split(".")
    at = table
    for index, step in enumerate(walked):
        found = find(schema, at, step)
        target = None if found is None else _target(schema, found)
        if found is not None and found.is_reference and target is None:
            where = found.reference_table or "a table that is not named"
            return f"{step} of {at} refers to {where}, which the schema does not have ({name!r})"
        if found is not None and not found.is_reference:
            return f"{step} of {at} is no reference, so that nothing lies behind it ({name!r})"
        if target is None:
            last, walked = step, walked[:index]
            break
        at = target
    near = did_you_mean(last, schema.all_fields(at))
    way = f" ({name!r})" if walked else ""
    return f"{at} has no column {last!r}{way}{near}"


def unknown_columns(schema: Schema, table: str, query: Query, fields: Iterable[str]) -> tuple[str, ...]:
    """Name the columns that a query asks for and a table does not have."""
    if not schema.knows_all_of(table):
        return ()
    text = ParamsBuilder.stringify_query(as_query(query))
    names = dict.fromkeys((*named_columns(parse(text), with_orders=True), *(name.lower() for name in fields)))
    return tuple(unknown(schema, table, name) for name in names if not _may_be(schema, table, name))


def relationship(schema: Schema, table: str, name: str) -> Relationship:
    """Find a relation by its name, by a reference, or by what refers to the table."""
    named = schema.relationships(table)
    if name in named:
        return named[name]
    outgoing = {relation.name: relation for relation in parents(schema, table)}
    if name in outgoing:
        return outgoing[name]
    incoming = children(schema, table)
    found = [relation for relation in incoming if name in (relation.name, relation.table)]
    if len(found) == 1:
        return found[0]
    if found:
        candidates = ", ".join(repr(relation.name) for relation in found)
        raise InvalidUsage(f"{name} refers to {table} by several columns: say one of {candidates}")
    known = [*named, *outgoing, *(relation.name for relation in incoming)]
    raise InvalidUsage(f"{table} has no relation {name!r}{did_you_mean(name, known)}")


def parents(schema: Schema, table: str) -> tuple[Relationship, ...]:
    """The references of a table as relations."""
    return tuple(
        Relationship(name, table, field.reference_table, name, "many_to_one")
        for name, field in sorted(schema.reference_fields(table).items())
        if field.reference_table
    )


def children(schema: Schema, table: str) -> tuple[Relationship, ...]:
    """The references to a table, or to one that it extends, as relations."""
    line = schema.lineage(table)
    return tuple(
        Relationship(f"{name}.{field.name}", table, name, field.name)
        for name in schema.table_names()
        for field in schema.table(name).fields.values()
        if field.is_reference and field.reference_table in line and not _is_inherited(schema, name, field.name)
    )


def _is_inherited(schema: Schema, table: str, name: str) -> bool:
    parent = schema.parent_table(table)
    return parent is not None and schema.has_table(parent) and name in schema.all_fields(parent)


def _may_be(schema: Schema, table: str, name: str) -> bool:
    """Whether a column may exist: it is there, or the walk to it leaves the tables that are known."""
    if name == _ANY_TABLE or name.startswith("sys_tags"):
        return True
    first, _, rest = name.partition(".")
    found = schema.all_fields(table).get(first)
    if found is None or not rest:
        return found is not None
    target = _target(schema, found)
    if rest.startswith("ref_"):
        target, rest = rest.partition(".")[0][4:], rest.partition(".")[2]
    elif target is None:
        return not found.is_reference or not found.reference_table or not schema.has_table(found.reference_table)
    return not schema.has_table(target) or _may_be(schema, target, rest)


def _target(schema: Schema, field: Field) -> str | None:
    known = field.is_reference and field.reference_table and schema.has_table(field.reference_table)
    return field.reference_table if known else None
