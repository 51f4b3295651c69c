"""A walk whose records come with what belongs to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pysnow.params_builder import field_list
from pysnow.relations.attaching import Attacher
from pysnow.relations.pool import Pool
from pysnow.walking.iteration import begin_walk
from pysnow.walking.record_iterator import RecordIterator

if TYPE_CHECKING:
    from pysnow.exporting.exports import ExportSource
    from pysnow.params_builder import ParamsBuilder
    from pysnow.records.record import Record
    from pysnow.relations.related_record import RelatedRecord, RelationError
    from pysnow.relations.wanted import Related
    from pysnow.table import Table
    from pysnow.walking.iteration import Place, WalkOptions

__all__ = ["RelatedWalk", "begin_related_walk"]


class RelatedWalk(RecordIterator):
    """The records of a walk as :class:`~pysnow.relations.related_record.RelatedRecord`, a block at a time.

    Args:
        walk: The records alone.
        attacher: Reads what belongs to them.
        block: Records whose rows are read together.
        added: Columns that were asked for to find them, and not by the caller.
    """

    def __init__(self, walk: RecordIterator, attacher: Attacher, block: int, added: tuple[str, ...]) -> None:
        self._walk = walk
        self._attacher = attacher
        self._block = block
        self._added = added
        self._begun: list[tuple[Record, str]] = []  # records that wait for what belongs to them
        self._ready: deque[tuple[RelatedRecord, str]] = deque()
        self._token: str | None = None
        self._failed: Exception | None = None
        self.report = walk.report
        """How the walk went so far, the records that wait for being handed out included."""

    def __next__(self) -> RelatedRecord:
        """Give the next record.

        Raises:
            StopIteration: The walk has come to its end, or was closed.
            PysnowException: As for a walk. What went wrong with related rows is kept, see :attr:`related_errors`.
        """
        if not self._ready:
            self._fill()
        record, self._token = self._ready.popleft()
        return record

    @property
    def related_errors(self) -> tuple[RelationError, ...]:
        """Related rows that could not be read so far; :meth:`RelatedRecord.related` raises for them."""
        return tuple(self._attacher.errors)

    @property
    def resume_token(self) -> str:
        """Where the walk stands, behind the record that came last."""
        return self._walk.resume_token if self._token is None else self._token

    def _export_source(self) -> ExportSource:
        source = self._walk._export_source()
        rows = self._as_asked() if self._walk._plan.adds_sys_id else self
        return replace(source, rows=rows, fields=[name for name in source.fields if name not in self._added])

    def close(self) -> None:
        """End the walk; threads stop."""
        self._ready.clear()
        self._begun.clear()
        self._walk.close()
        self._attacher.pool.close()

    def __del__(self) -> None:
        attacher = getattr(self, "_attacher", None)
        if attacher is not None:
            attacher.pool.close()

    def __repr__(self) -> str:
        names = ", ".join(relation.name for relation in self._attacher.relations)
        count = self.report.received
        return f"<RelatedWalk with {names}, {count} {'row' if count == 1 else 'rows'}>"

    def _fill(self) -> None:
        """Read a block of records, and what belongs to them."""
        if self._failed is not None:
            failed, self._failed = self._failed, None
            raise failed
        if self._token is None:
            self._token = self._walk.resume_token
        begun = self._begun  # kept until their rows are there: an interrupt loses none
        try:
            while len(begun) < self._block:
                record = next(self._walk)
                begun.append((record, self._walk.resume_token))
        except StopIteration:
            if not begun:
                self._attacher.pool.close()
                raise
        except Exception as error:  # of the walk, or of the caller's progress=
            if not begun:
                raise
            self._failed = error  # the records that came before it are handed out first
        records = self._attacher.attached([record for record, _ in begun], self._added)
        self._ready.extend(zip(records, [token for _, token in begun], strict=True))
        self._begun = []


def begin_related_walk(
    table: Table,
    related: Related,
    place: Place,
    parameters: ParamsBuilder,
    options: WalkOptions,
    check: Callable[[tuple[str, ...]], object] | None = None,
) -> RelatedWalk:
    """Plan a walk whose records come with what belongs to them.

    Args:
        table: The table.
        related: What belongs to them.
        place: As for a walk.
        parameters: As for a walk.
        options: As for a walk.
        check: As for a walk.

    Raises:
        InvalidUsage: An argument cannot be used, or there is no such relation.
        PysnowException: A relation is known to the dictionary alone, and that cannot be read.
    """
    shown = parameters.display_value
    attacher = Attacher.of(table, related, shown, table.kwargs.get("schema"), Pool())
    names = field_list(parameters.fields)
    added = tuple(column for column in attacher.columns if names and column not in (*names, "sys_id"))
    parameters.fields = [*names, *added]
    return RelatedWalk(begin_walk(place, parameters, options, check), attacher, options.page_size, added)
