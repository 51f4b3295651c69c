"""Creating, changing and deleting many records of a table."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sized
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from pysnow.batching.batch_sender import BATCH_PATH, BatchSender
from pysnow.batching.bulk_query import is_query, records_meant
from pysnow.batching.bulk_rows import creations, deletions, key_reader, updates
from pysnow.batching.bulk_run import GROUP_ROWS, BulkRun, checked_size, checked_workers
from pysnow.batching.bulk_target import BulkTarget
from pysnow.batching.upsert_job import UpsertPlan
from pysnow.batching.upserts import Upserts
from pysnow.batching.written_records import note_written
from pysnow.defaults import BASE_PATH
from pysnow.exceptions import InvalidUsage
from pysnow.records.choice_labels import Labels, checked_language
from pysnow.request import SnowRequest
from pysnow.url_builder import URLBuilder
from pysnow.writing.applied import warn_of
from pysnow.writing.outcome import Outcomes

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow.batching.bulk_rows import KeyOf
    from pysnow.batching.bulk_run import Entry
    from pysnow.batching.bulk_target import BulkTable
    from pysnow.records.field_shapes import Shown
    from pysnow.wire.transport import Transport
    from pysnow.writing.creation_key import Idempotency
    from pysnow.writing.outcome import Outcome

__all__ = [
    "BulkOptions",
    "OutcomeStream",
    "batch_sender",
    "create_many",
    "delete_many",
    "update_many",
    "upsert_many",
    "warn_of_ignored",
]


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """How many rows are written.

    Attributes:
        workers: Most threads.
        batch_size: Rows of a batch.
        params: Query parameters of each write.
        headers: Headers of each write.
        labels: Whether texts of the rows may be labels of choices, and of which language.

    Raises:
        InvalidUsage: A number makes no sense.
    """

    workers: int = 4
    batch_size: int = GROUP_ROWS
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    labels: Labels = False

    def __post_init__(self) -> None:
        checked_workers(self.workers)
        checked_size(self.batch_size)
        checked_language(self.labels)


class OutcomeStream:
    """Outcomes one by one, of rows that are sent as they are asked for. A ``with`` statement closes it.

    Args:
        outcomes: The outcomes.
    """

    def __init__(self, outcomes: Iterator[Outcome]) -> None:
        self._outcomes = outcomes
        self._has_begun = False
        self._given = 0

    def __iter__(self) -> Self:
        """Give itself."""
        return self

    def __next__(self) -> Outcome:
        """Give the next outcome; rows are taken and sent as that needs it."""
        self._has_begun = True
        outcome = next(self._outcomes)
        self._given += 1
        return outcome

    def __repr__(self) -> str:
        return f"<OutcomeStream {'under way' if self._has_begun else 'not begun'}, {self._given} outcomes given>"

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __del__(self) -> None:
        if not self.__dict__.get("_has_begun", True):
            warnings.warn(
                "Nothing was sent: rows from an iterator are sent as their outcomes are read. Loop over the result, or"
                " pass a list",
                ResourceWarning,
                stacklevel=2,
            )

    def close(self) -> None:
        """Send no more rows. Those that are under way may still be carried out."""
        self._has_begun = True
        close: Callable[[], None] = getattr(self._outcomes, "close", lambda: None)
        close()


def batch_sender(address: str, transport: Transport, table: Any) -> BatchSender:
    """Make what sends batches.

    Args:
        address: Address of the instance.
        transport: Sends.
        table: The resource that errors are about.
    """
    request = SnowRequest(transport, URLBuilder(address, BASE_PATH, BATCH_PATH), table)
    return BatchSender(request, transport, address, lambda: request.deadline("batch"))


def warn_of_ignored(table: str, outcomes: Iterable[Outcome]) -> None:
    """Warn of fields that rows were written without: once, however many rows there are.

    Args:
        table: The table.
        outcomes: What became of the rows.
    """
    names = dict.fromkeys(name for each in outcomes if each.ok for name in each.ignored)
    if names:
        warn_of(table, [f"{', '.join(map(repr, names))} (see the ignored of each outcome)"])


def create_many(
    table: BulkTable,
    rows: Iterable[Mapping[str, Any]],
    *,
    key: KeyOf = None,
    idempotency: Idempotency | None = None,
    dry_run: bool = False,
    options: BulkOptions,
) -> Outcomes | OutcomeStream:
    """Create records; see ``Table.create_many``.

    Args:
        table: The table.
        rows: Dicts of fields.
        key: Where their keys are.
        idempotency: By which column they are recognised.
        dry_run: Whether only to tell what would be created.
        options: How they are written.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
    """
    _check_rows(rows)
    key_reader(key)
    if idempotency not in (None, "sys_id", "correlation_id", "none"):
        raise InvalidUsage(f"idempotency must be 'sys_id', 'correlation_id' or 'none', not {idempotency!r}")
    target = BulkTarget(table, options.params, options.headers, options.labels)
    if not dry_run:
        target.begin("create")
    return _outcomes(target, rows, creations(target, rows, key, idempotency, dry_run=dry_run), options)


def update_many(
    table: BulkTable,
    rows: Any,
    payload: Mapping[str, Any] | None = None,
    *,
    expect: int | range | None = None,
    dry_run: bool = False,
    allow_raw: bool = False,
    options: BulkOptions,
) -> Outcomes | OutcomeStream:
    """Change records; see ``Table.update_many``.

    Args:
        table: The table.
        rows: Dicts of fields with a sys_id each, or a query.
        payload: Fields to change of each record that the query finds.
        expect: How many records the query may match.
        dry_run: Whether only to tell what would change.
        allow_raw: Whether an encoded query may be one that cannot be read here.
        options: How they are written.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
        UnexpectedCount: The query matches another number of records; nothing was changed.
        QueryIgnored: A record does not satisfy the query; nothing was changed.
    """
    target = BulkTarget(table, options.params, options.headers, options.labels)
    if not dry_run:
        target.begin("update")
    if not is_query(rows):
        if payload is not None or expect is not None:
            raise InvalidUsage("A payload and expect= go with a query; rows say themselves what changes, and of which")
        _check_rows(rows)
        return _outcomes(target, rows, updates(target, rows, dry_run=dry_run), options)
    if not isinstance(payload, Mapping) or not payload:
        raise InvalidUsage("Records found by a query need a payload: update_many(query, {'urgency': '1'}, expect=12)")
    if "sys_id" in payload:
        raise InvalidUsage("The payload names a sys_id, which is of one record only: leave it out")
    fields = target.fields(payload)
    found = records_meant(target, rows, expect, allow_raw=allow_raw, dry_run=dry_run)
    meant = [{"sys_id": sys_id, **fields} for sys_id in found]
    target = replace(target, is_ready=True)
    return _outcomes(target, meant, updates(target, meant, dry_run=dry_run), options)


def upsert_many(
    table: BulkTable,
    rows: Iterable[Mapping[str, Any]],
    key: str | Iterable[str],
    *,
    update: bool = True,
    dry_run: bool = False,
    options: BulkOptions,
) -> Outcomes | OutcomeStream:
    """Have records of keys; see ``Table.upsert_many``.

    Args:
        table: The table.
        rows: Dicts of fields.
        key: Columns by which their records are recognised.
        update: Whether records that are there are changed.
        dry_run: Whether only to tell what would be done.
        options: How they are written.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
    """
    _check_rows(rows)
    columns = _checked_columns(key)
    target = BulkTarget(table, options.params, options.headers, options.labels)
    if not dry_run:
        target.begin("upsert")
    plan = UpsertPlan(columns, update=update, dry_run=dry_run)
    return _outcomes(target, rows, Upserts(target, plan).entries(rows), options)


def delete_many(
    table: BulkTable,
    rows: Any,
    *,
    expect: int | range | None = None,
    dry_run: bool = False,
    allow_raw: bool = False,
    options: BulkOptions,
) -> Outcomes | OutcomeStream:
    """Delete records; see ``Table.delete_many``.

    Args:
        table: The table.
        rows: Sys_ids, or dicts that hold one; or a query.
        expect: How many records the query may match.
        dry_run: Whether only to tell what would be deleted.
        allow_raw: Whether an encoded query may be one that cannot be read here.
        options: How they are deleted.

    Raises:
        InvalidUsage: An argument cannot be used; nothing was sent.
        UnexpectedCount: The query matches another number of records; nothing was deleted.
        QueryIgnored: A record does not satisfy the query; nothing was deleted.
    """
    target = BulkTarget(table, options.params, options.headers)
    if not dry_run:
        target.begin("delete")
    if is_query(rows):
        found = records_meant(target, rows, expect, allow_raw=allow_raw, dry_run=dry_run)
        return _outcomes(target, found, deletions(target, found, dry_run=dry_run), options)
    if expect is not None:
        raise InvalidUsage("expect= goes with a query: rows say themselves which records are meant")
    _check_rows(rows)
    return _outcomes(target, rows, deletions(target, rows, dry_run=dry_run), options)


def _outcomes(
    target: BulkTarget, rows: Any, entries: Iterator[Entry], options: BulkOptions
) -> Outcomes | OutcomeStream:
    """Write all rows that are at hand; those that are still to come, as they are asked for."""
    table = target.table
    sender = batch_sender(table._transport.base_url, table._transport, table)
    run = _noted(BulkRun(entries, sender, workers=options.workers, size=options.batch_size), target.shown)
    if not isinstance(rows, Sized):
        return OutcomeStream(run)
    outcomes = Outcomes(run)
    warn_of_ignored(target.name, outcomes)
    return outcomes


def _noted(run: BulkRun, shown: Shown) -> Generator[Outcome, None, None]:
    """The outcomes, each of which a record that was its row gets to know: in the thread that reads them."""
    outcomes = iter(run)
    with closing(outcomes):
        for outcome in outcomes:
            note_written(outcome, shown)
            yield outcome


def _checked_columns(key: object) -> tuple[str, ...]:
    columns = (key,) if isinstance(key, str) else tuple(key) if isinstance(key, Iterable) else ()
    if not columns or not all(isinstance(column, str) and column for column in columns):
        raise InvalidUsage(f"key must be the name of a column, or a list of such names; not {key!r}")
    return columns


def _check_rows(rows: Any) -> None:
    if isinstance(rows, (str, bytes, Mapping)) or not isinstance(rows, Iterable):
        raise InvalidUsage(f"rows must be a list, or anything else that gives rows; not {type(rows).__name__}")
