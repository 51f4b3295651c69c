"""Which rows are meant by the name of a relation: by a schema, or by the dictionary of the instance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pysnow.exceptions import InvalidUsage
from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of
from pysnow.schema.reading import read_incoming, read_instance
from pysnow.schema.schema import Schema

if TYPE_CHECKING:
    from pysnow.relations.wanted import Wanted
    from pysnow.schema.definitions import Relationship
    from pysnow.table import Table

__all__ = ["Tables", "find_relations", "list_relations"]


class Tables:
    """The tables of the client that a table belongs to.

    Args:
        table: The table.

    Attributes:
        base_url: Address of the instance.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self.base_url = table._base_url

    def table(self, name: str) -> Table:
        """Give another table of the same client."""
        return self._table.other(name)


def find_relations(table: Table, wanted: Sequence[Wanted], schema: Schema | None = None) -> list[Relationship]:
    """Find the relations that are wanted.

    A name is looked for in the schema, then in the one that comes along, then in the dictionary of the instance, which
    is asked in a few GETs and remembered for an hour.

    Args:
        table: Where they start.
        wanted: What the caller named.
        schema: The client's schema, if it has one.

    Raises:
        InvalidUsage: There is no such relation; near ones are named.
        PysnowException: The dictionary cannot be read.
    """
    return [one.given or _found(table, one.name, schema) for one in wanted]


def list_relations(table: Table, schema: Schema | None = None) -> tuple[Relationship, ...]:
    """List the relations that start from a table, those first that a name is looked for in first.

    Args:
        table: The table.
        schema: The client's schema, if it has one; one that is whole saves asking the instance.

    Raises:
        InvalidUsage: The instance has no such table.
        PysnowException: The dictionary cannot be read.
    """
    is_known = schema is not None and schema.has_table(table.name)
    further = Schema.bundled() if schema is not None and is_known and not schema.is_partial else _remembered(table)
    found: dict[str, Relationship] = {}
    for known in (schema, further):
        if known is not None and known.has_table(table.name):
            named = known.relationships(table.name).values()
            for one in (*named, *known.parent_of(table.name), *known.children_of(table.name)):
                found.setdefault(one.name, one)
    return tuple(found.values())


def _found(table: Table, name: str, schema: Schema | None) -> Relationship:
    for known in (schema, Schema.bundled()):
        if known is None or not known.has_table(table.name):
            continue
        try:
            found = known.relationship(table.name, name)
        except InvalidUsage:
            continue
        # The bare name of a table stands for its one reference, and only a whole dictionary knows that there is one.
        if not known.is_partial or found.name == name:
            return found
    return _remembered(table).relationship(table.name, name)


def _remembered(table: Table) -> Schema:
    key = ("relations", table.name)
    return memory_of(table._transport).kept(key, DICTIONARY_SECONDS, lambda: _of_instance(table))


def _of_instance(table: Table) -> Schema:
    """What the dictionary says of a table, those that it extends, and all that refers to them."""
    tables = Tables(table)
    document = read_instance(tables, (table.name,))
    line = Schema(document).lineage(table.name)
    for row in read_incoming(tables, line):
        fields = document["tables"].setdefault(row["name"], {}).setdefault("fields", {})
        fields.setdefault(row["element"], {"type": "reference", "reference_table": row["reference"]})
    return Schema.bundled().apply_overlay(document)
