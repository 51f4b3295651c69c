"""Rows that refer to records by a foreign key: read in chunks of keys, complete, and sorted by record.

Invariants:

* Each chunk is a walk of its own, with as many pages as it takes, in the order of ``sys_id`` unless another is wanted.
* Rows are told apart by the stored key. Where people's texts are wanted, both are read, and the keys taken out again.
* A row that refers to none of the keys means that the instance has dropped the condition. It is never handed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pysnow.encoded_query import Condition, add_to_branches
from pysnow.exceptions import InvalidUsage, PysnowException, QueryIgnored
from pysnow.field_value import raw_value
from pysnow.records.record import Record
from pysnow.relations.keys import displayed, key_in

if TYPE_CHECKING:
    from pysnow._types import Record as Row
    from pysnow.params_builder import DisplayValue
    from pysnow.relations.finding import Tables

__all__ = ["IDS_PER_CHUNK", "Chunk", "ChunkResult", "RowsWanted", "checked_keys", "chunks_of", "read_chunk"]

IDS_PER_CHUNK: Final = 100
"""Sys_ids of one request: their 3,300 characters leave room in an address of 8,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsWanted:
    """Which rows are wanted of the records that some keys are of.

    Attributes:
        table: Their table.
        key: Their column that holds the key.
        query: Encoded query that they have to match, too.
        fields: Their columns, ``sys_id`` beside them; all when empty.
        order_by: Their order; of ``sys_id`` when None.
        shown: How they are to come.
        through: Link table, whose rows hold the key; ``key`` is a column of it then.
        far_key: Column of the link table that holds the sys_id of a row.
    """

    table: str
    key: str
    query: str = ""
    fields: tuple[str, ...] = ()
    order_by: str | tuple[str, ...] | None = None
    shown: DisplayValue = False
    through: str = ""
    far_key: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Keys whose rows are read together.

    Attributes:
        wanted: Which rows.
        keys: The keys.
    """

    wanted: RowsWanted
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of a chunk.

    Attributes:
        chunk: The chunk.
        rows: The rows of each key; empty when it failed.
        error: Why it failed, or None.
    """

    chunk: Chunk
    rows: dict[str, list[Record]]
    error: PysnowException | None = None


def chunks_of(wanted: RowsWanted, keys: Iterable[str]) -> Iterator[Chunk]:
    """Divide keys into chunks, in order, each key once.

    Args:
        wanted: Which rows.
        keys: The keys; empty ones refer to nothing, and are left out.

    Raises:
        InvalidUsage: A key is no text that can be asked for.
    """
    unique = list(dict.fromkeys(key for key in keys if key))
    for start in range(0, len(unique), IDS_PER_CHUNK):
        yield Chunk(wanted, tuple(unique[start : start + IDS_PER_CHUNK]))


def read_chunk(tables: Tables, chunk: Chunk) -> ChunkResult:
    """Read the rows of one chunk; what goes wrong is kept, not raised.

    Args:
        tables: The tables of the client.
        chunk: The chunk.
    """
    try:
        rows = _linked(tables, chunk) if chunk.wanted.through else _referring(tables, chunk)
    except PysnowException as error:
        return ChunkResult(chunk, {}, error)
    return ChunkResult(chunk, rows)


def _referring(tables: Tables, chunk: Chunk) -> dict[str, list[Record]]:
    """Rows that hold a key themselves."""
    wanted = chunk.wanted
    table = tables.table(wanted.table)
    found: dict[str, list[Record]] = {key: [] for key in chunk.keys}
    # Databases compare without regard to case.
    spelt = {key.lower(): key for key in chunk.keys}
    for key, row in _rows(tables, wanted, chunk.keys):
        if key.lower() not in spelt:
            raise _dropped(wanted)
        found[spelt[key.lower()]].append(Record(row, table, display_value=wanted.shown))
    return found


def _linked(tables: Tables, chunk: Chunk) -> dict[str, list[Record]]:
    """Rows that a link table leads to: its rows first, and then theirs."""
    wanted = chunk.wanted
    links = RowsWanted(table=wanted.through, key=wanted.key, fields=(wanted.key, wanted.far_key))
    pairs = [(key, key_in(row, wanted.far_key, False)) for key, row in _rows(tables, links, chunk.keys)]
    far = replace(wanted, key="sys_id", through="", far_key="")
    reached: dict[str, list[Record]] = {}
    for some in chunks_of(far, (target or "" for _, target in pairs)):
        reached.update(_referring(tables, some))
    found: dict[str, list[Record]] = {key: [] for key in chunk.keys}
    targets: dict[str, set[str]] = {key: set() for key in chunk.keys}
    for key, target in pairs:
        if key not in targets:
            raise _dropped(links)
        targets[key].add(target or "")
    for target, rows in reached.items():  # in the order in which rows came
        for key in chunk.keys:
            if target in targets[key]:
                found[key].extend(rows)
    return found


def _rows(tables: Tables, wanted: RowsWanted, keys: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """Rows with their keys, in the form in which they are wanted."""
    read_as = "all" if wanted.shown is True else wanted.shown
    is_added = bool(wanted.fields) and wanted.key not in wanted.fields
    fields = (*wanted.fields, wanted.key) if is_added else wanted.fields
    table = tables.table(wanted.table)
    walk = table.iterate(
        add_to_branches(wanted.query, Condition(wanted.key, "IN", tuple(keys))),
        fields or None,
        order_by=wanted.order_by,
        display_value=read_as,
        verify="off",
    )
    with walk:
        for row in walk:
            key = key_in(row, wanted.key, read_as)
            if not key:
                raise _dropped(wanted)
            if is_added and wanted.key != "sys_id":
                del row[wanted.key]
            yield key, displayed(row) if wanted.shown is True else row
    if not walk.report.received and wanted.key != "sys_id":
        # An instance may also answer a condition that it does not know with no rows at all
        # (`glide.invalid_query.returns_no_rows`): one GET tells, the first time.
        table._check_columns(columns=(wanted.key,))


def _dropped(wanted: RowsWanted) -> QueryIgnored:
    return QueryIgnored(
        f"{wanted.table} has no column {wanted.key!r}, or you may not read it: the instance sends rows that belong to "
        "none of the records",
        table=wanted.table,
    )


def checked_keys(ids: object) -> tuple[str, ...]:
    """Give keys as texts, in order, each once.

    Args:
        ids: The keys; records and references stand for theirs.

    Raises:
        InvalidUsage: One is no text that can be asked for.
    """
    if isinstance(ids, (str, Mapping)) or not isinstance(ids, Iterable):
        raise InvalidUsage(f"ids must be a list of sys_ids, not {type(ids).__name__}")
    return tuple(dict.fromkeys(map(_checked_key, ids)))


def _checked_key(given: object) -> str:
    key = given.sys_id if isinstance(given, Record) else raw_value(given)
    if not isinstance(key, str) or set(key) & set(",^\r\n") or not key.strip():
        raise InvalidUsage(f"ids must be sys_ids, and {key!r} is none")
    return key
