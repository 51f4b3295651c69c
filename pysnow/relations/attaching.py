"""Reading what belongs to some records, and handing it out with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pysnow.encoded_query import parse
from pysnow.exceptions import InvalidUsage, PysnowException, ValueNotFetched
from pysnow.params_builder import field_list
from pysnow.records.record import Record
from pysnow.relations.children import ChunkResult, RowsWanted, chunks_of, read_chunk
from pysnow.relations.finding import Tables, find_relations
from pysnow.relations.keys import key_in
from pysnow.relations.pool import Pool
from pysnow.relations.related_record import RelatedRecord, RelationError
from pysnow.relations.wanted import read_related

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue
    from pysnow.relations.wanted import Related, Wanted
    from pysnow.schema.definitions import Relationship
    from pysnow.schema.schema import Schema
    from pysnow.table import Table

__all__ = ["Attacher", "fetch_related", "read_with_related"]

_Found = TypeVar("_Found")

_KEY: Final = "sys_id"


@dataclass(frozen=True, slots=True)
class _Relation:
    """One relation of a table's records, and how its rows are read."""

    name: str
    column: str
    rows: RowsWanted
    limit: int | None


@dataclass(slots=True)
class Attacher:
    """Reads what belongs to records of one table. Not for several threads at once; it has its own.

    Attributes:
        table: The table.
        relations: The relations that are wanted.
        shown: How the records are read.
        pool: Threads that read side by side.
        errors: What could not be read so far.
    """

    table: Table
    relations: tuple[_Relation, ...]
    shown: DisplayValue
    pool: Pool
    errors: list[RelationError] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, related: Related, shown: DisplayValue, schema: Schema | None, pool: Pool) -> Attacher:
        """Find out what is wanted. Names that no schema knows are looked up in the dictionary, in a few GETs.

        Args:
            table: The table whose records are read.
            related: What the caller wrote.
            shown: How the records are read.
            schema: The client's schema, if it has one.
            pool: Threads that read side by side.

        Raises:
            InvalidUsage: It cannot be read, or there is no such relation.
            PysnowException: The dictionary cannot be read.
        """
        wanted = read_related(table.name, related)
        found = find_relations(table, wanted, schema)
        return cls(table, tuple(map(_relation, wanted, found, [shown] * len(wanted))), shown, pool)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that records must have for their rows to be found."""
        return tuple(dict.fromkeys(relation.column for relation in self.relations))

    def attached(self, rows: Sequence[Mapping[str, Any]], added: Iterable[str] = ()) -> list[RelatedRecord]:
        """Give rows as records with what belongs to them.

        Args:
            rows: The rows, with all :attr:`columns`.
            added: Columns that the caller did not ask for; the records go without them.
        """
        keys = {column: [key_in(row, column, self.shown) for row in rows] for column in self.columns}
        tables = Tables(self.table)
        work = [
            (relation, chunk)
            for relation in self.relations
            for chunk in chunks_of(relation.rows, (key or "" for key in keys[relation.column]))
        ]
        results = self.pool.map(lambda task: (task[0], read_chunk(tables, task[1])), work)
        found = self._by_key(results)
        superfluous = set(added)
        return [
            RelatedRecord(
                {name: value for name, value in row.items() if name not in superfluous},
                self.table,
                display_value=self.shown,
                related={
                    relation.name: self._of_record(relation, keys[relation.column][index], found[relation.name])
                    for relation in self.relations
                },
            )
            for index, row in enumerate(rows)
        ]

    def _by_key(
        self, results: Iterable[tuple[_Relation, ChunkResult]]
    ) -> dict[str, dict[str, list[Record] | PysnowException]]:
        """Rows, or the error in their place, by relation and key."""
        found: dict[str, dict[str, list[Record] | PysnowException]] = {rel.name: {} for rel in self.relations}
        for relation, result in results:
            by_key = found[relation.name]
            if result.error is not None:
                self.errors.append(RelationError(relation.name, result.chunk.keys, result.error))
                by_key.update(dict.fromkeys(result.chunk.keys, result.error))
            for key, rows in result.rows.items():
                by_key[key] = rows[: relation.limit]
        return found

    def _of_record(
        self, relation: _Relation, key: str | None, found: Mapping[str, list[Record] | PysnowException]
    ) -> list[Record] | PysnowException:
        if key is None:
            error = ValueNotFetched(
                f"{relation.column!r} holds no stored value, so the rows of {relation.name!r} cannot be told: read the "
                "records with display_value='all', or with links"
            )
            self.errors.append(RelationError(relation.name, (), error))
            return error
        return found.get(key, [])


def fetch_related(
    table: Table,
    records: Iterable[Mapping[str, Any]],
    related: Related,
    *,
    display_value: DisplayValue = False,
    schema: Schema | None = None,
    workers: int = 4,
) -> list[RelatedRecord]:
    """Read what belongs to records that are there already.

    Args:
        table: The table that they are of.
        records: The records, with their ``sys_id``, and the columns that the relations start from.
        related: What is wanted, see :mod:`pysnow.relations.wanted`.
        display_value: How they were read.
        schema: Where names are looked for first.
        workers: Most requests at a time.

    Returns:
        The records, each with ``related(name)`` and ``related_errors``.

    Raises:
        InvalidUsage: There is no such relation, or a record lacks a column that is needed.
        PysnowException: The dictionary cannot be read.
    """
    pool = Pool(workers)
    attacher = Attacher.of(table, related, display_value, schema, pool)
    rows = list(records)
    missing = next((column for row in rows for column in attacher.columns if column not in row), None)
    if missing is not None:
        raise InvalidUsage(f"Related rows are found by {missing!r}, which was not fetched: ask for it, too")
    try:
        return attacher.attached(rows)
    finally:
        pool.close()


def _relation(wanted: Wanted, found: Relationship, shown: DisplayValue) -> _Relation:
    is_outgoing = found.type == "many_to_one"
    rows = RowsWanted(
        table=found.table,
        key=_KEY if is_outgoing else found.foreign_key,
        query=_both(found.filter, wanted.query),
        fields=wanted.fields,
        order_by=wanted.order_by,
        shown=shown if wanted.display_value is None else wanted.display_value,
        through=found.through,
        far_key=found.far_key,
    )
    return _Relation(wanted.name, found.foreign_key if is_outgoing else _KEY, rows, wanted.limit_per_parent)


def _both(first: str, second: str) -> str:
    """A query of the rows that match two."""
    if not first or not second:
        return first or second
    if len(parse(first).groups) > 1 and len(parse(second).groups) > 1:
        raise InvalidUsage("The filter of the relation and the query both have several parts (^NQ): join them by hand")
    outer, inner = (second, first) if len(parse(second).groups) > 1 else (first, second)
    return "^NQ".join(f"{part}^{inner}" for part in outer.split("^NQ"))


def read_with_related(
    table: Table,
    related: Related,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    read: Callable[[list[str] | None], _Found],
) -> _Found | RelatedRecord:
    """Read one record, and what belongs to it.

    Args:
        table: Its table.
        related: What is wanted.
        fields: Columns of the record; as the table reads when None.
        display_value: How it is read; as the table reads when None.
        read: Reads it, with some columns; what is no record is given back.

    Raises:
        InvalidUsage: There is no such relation.
        PysnowException: The record, or the dictionary, cannot be read.
    """
    shown = table.parameters.display_value if display_value is None else display_value
    pool = Pool()
    attacher = Attacher.of(table, related, shown, table.kwargs.get("schema"), pool)
    names = field_list(table.parameters.fields if fields is None else fields)
    added = tuple(column for column in attacher.columns if names and column not in (*names, _KEY))
    record = read([*names, *added] or None)
    if not isinstance(record, Record):
        return record
    try:
        return attacher.attached([record], added)[0]
    finally:
        pool.close()
