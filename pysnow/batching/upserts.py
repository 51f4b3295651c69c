"""Rows that are to be there, turned into what is to be done about each: nothing, a change, or a creation.

::

    a hundred rows: one look for their keys
      one record has the key   -> nothing differs: unchanged; else a PUT of what differs, within a batch
      none, or several         -> upsert() by itself, which looks once more, and creates or refuses

So each record is recognised as ``upsert()`` recognises it, and created by it alone, with its looks before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from pysnow.batching.patience import is_silence
from pysnow.batching.update_job import UpdateJob
from pysnow.batching.upsert_job import UpsertJob
from pysnow.encoded_query import print_equality
from pysnow.exceptions import AuthenticationError, InvalidUsage, PysnowException, QueryTypeError, TokenCreateError
from pysnow.field_value import raw_value
from pysnow.writing.dry_run import entries_added
from pysnow.writing.field_diff import field_changes, unknown_fields
from pysnow.writing.outcome import Outcome
from pysnow.writing.query_echo import echo_of, folded
from pysnow.writing.record_state import journal_columns, state_of
from pysnow.writing.upsert_key import key_values

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.batching.bulk_run import Entry
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.batching.upsert_job import UpsertPlan

__all__ = ["Upserts"]

_LOOKED_FOR: Final = 100
"""Keys that one look is for."""

_KEYS_BYTES: Final = 3500
"""What they may take of an address that may have 8 KB, beside the columns."""

_FOR_ALL: Final = (AuthenticationError, TokenCreateError)
"""Errors that are the same for every row."""


@dataclass(frozen=True, slots=True)
class _Row:
    row: Any
    fields: dict[str, Any]
    name: str
    text: str
    """Value of the key; empty where it cannot be looked for with others."""


class Upserts:
    """The rows of one call.

    Args:
        target: The table.
        plan: What is done.
    """

    def __init__(self, target: BulkTarget, plan: UpsertPlan) -> None:
        self._target = target
        self._plan = plan
        self._named: set[str] = set()
        self._error_of_all: PysnowException | None = None

    def entries(self, rows: Iterable[Any]) -> Iterator[Entry]:
        """Turn rows into what is to be done.

        Args:
            rows: Dicts of fields, those of the key among them.
        """
        chunk: list[_Row | Outcome] = []
        filled = 0
        for row in rows:
            read = self._read(row)
            needed = len(quote(read.text)) + 3 if isinstance(read, _Row) else 0
            if len(chunk) >= _LOOKED_FOR or filled + needed > _KEYS_BYTES:
                yield from self._decided(chunk)
                chunk, filled = [], 0
            chunk.append(read)
            filled += needed
        yield from self._decided(chunk)

    def _read(self, row: Any) -> _Row | Outcome:
        try:
            fields = self._target.whole_fields(row)
            values = key_values(fields, self._plan.key)
            name = "\0".join([self._target.name, "upsert", *map(folded, values.values())])
            if name in self._named:
                raise InvalidUsage(f"An earlier row has the key {', '.join(values.values())!r}, too: leave one out")
            self._named.add(name)
            return _Row(row, fields, name, _listable(values))
        except PysnowException as error:
            return Outcome(row, "not_executed", error=error.describe(committed=False))

    def _decided(self, chunk: list[_Row | Outcome]) -> Iterator[Entry]:
        rows = [each for each in chunk if isinstance(each, _Row)]
        try:
            found = self._found(rows)
        except PysnowException as error:
            self._error_of_all = error if isinstance(error, _FOR_ALL) or is_silence(error) else None
            error.describe(committed=False)
            yield from (each if isinstance(each, Outcome) else _refused(each, error) for each in chunk)
            return
        for each in chunk:
            yield each if isinstance(each, Outcome) else self._entry(each, found.get(folded(each.text), []))

    def _found(self, rows: list[_Row]) -> dict[str, list[Record]]:
        """Records by their key: one walk."""
        if self._error_of_all is not None:
            raise self._error_of_all
        listed = [each for each in rows if each.text]
        found: dict[str, list[Record]] = defaultdict(list)
        if not listed:
            return found
        (key,) = self._plan.key
        query = print_equality(key, [each.text for each in listed])
        echo = echo_of(query, is_raw=False)
        columns = dict.fromkeys(["sys_id", "sys_mod_count", key, *(name for each in listed for name in each.fields)])
        walk = self._target.table.iterate(
            query, list(columns), display_value="all", exclude_reference_link=True, page_size=_LOOKED_FOR
        )
        with walk as records:
            for record in records:
                echo.check(record, self._target.name)  # the instance drops what it does not know, and finds all
                found[folded(str(raw_value(record.get(key))))].append(record)
        return found

    def _entry(self, each: _Row, found: list[Record]) -> Entry:
        if len(found) != 1 or not each.text:
            return UpsertJob(self._target, each.row, each.fields, each.name, self._plan)
        try:
            return self._changed(each, found[0])
        except PysnowException as error:
            return _refused(each, error.describe(committed=False))

    def _changed(self, each: _Row, record: Record) -> Entry:
        """What brings a record up to date that is there."""
        state, plan = state_of(record), self._plan
        fields = {name: value for name, value in each.fields.items() if name != "sys_id"}
        self._target.check_changes(fields)
        changes = field_changes(fields, state) if plan.update else {}
        unknown = unknown_fields(fields, state) if plan.update else ()
        if changes:
            changes |= entries_added(fields, state)
        if plan.dry_run or not changes:
            status, action = ("dry_run" if plan.dry_run else "done"), ("updated" if changes else "unchanged")
            held = self._target.shaped({name: raw_value(value) for name, value in record.items()})
            return Outcome(each.row, status, action, held, changes=changes, ignored=unknown)  # type: ignore[arg-type]
        sent = {name: fields[name] for name in dict.fromkeys((*changes, *journal_columns(fields)))}
        sys_id = str(raw_value(record["sys_id"]))
        return UpdateJob(self._target, each.row, sys_id, sent, state, changes, unknown)


def _listable(values: Mapping[str, str]) -> str:
    """The value of a key of one column, if a query can ask for it among others."""
    if len(values) != 1:
        return ""
    ((column, text),) = values.items()
    try:
        print_equality(column, [text, text])
    except QueryTypeError:
        return ""
    return "" if "," in text else text


def _refused(each: _Row, error: PysnowException) -> Outcome:
    return Outcome(each.row, "not_executed", error=error)
