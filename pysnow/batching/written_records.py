"""Records that were read, changed and given as rows: once they are written they hold what the instance answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.records.field_shapes import stored_in
from pysnow.records.record import Record

if TYPE_CHECKING:
    from pysnow.records.field_shapes import Shown
    from pysnow.writing.outcome import Outcome

__all__ = ["note_written"]


def note_written(outcome: Outcome, shown: Shown) -> None:
    """Let a record that was a row have no changes any more, as after its ``save()``; all other rows stay as they are.

    Args:
        outcome: What became of the row.
        shown: How the answer holds its fields.
    """
    row, answer = outcome.row, outcome.record
    if not (outcome.ok and outcome.action in ("updated", "unchanged") and isinstance(row, Record) and row._before):
        return
    answer = answer or {}
    row._undo([name for name in outcome.ignored if name not in answer])
    if shown == row._mode and len(answer) > 1:
        row._take({name: answer[name] for name in row if name in answer})
        return
    # In another shape than that of the record: what was assigned is a stored value, and is known to be one.
    for name in [name for name in row._before if name in row]:
        stored = stored_in(answer.get(name), shown)
        dict.__setitem__(row, name, row[name] if stored is None else stored)
        row._before[name] = row[name]
