"""What creating many records would do, found out by reading alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.writing.dry_run import columns_missing
from pysnow.writing.field_diff import field_changes
from pysnow.writing.keyed_record import found_by
from pysnow.writing.outcome import Outcome

if TYPE_CHECKING:
    from pysnow.batching.bulk_target import BulkTarget
    from pysnow.writing.creation_key import CreationKey

__all__ = ["PlannedCreations"]


class PlannedCreations:
    """Tells what would be done; each column is asked for once.

    Args:
        target: The table.
    """

    def __init__(self, target: BulkTarget) -> None:
        self._target = target
        self._asked: set[str] = set()
        self._missing: set[str] = set()

    def of(self, row: object, payload: Mapping[str, Any], key: CreationKey | None) -> Outcome:
        """Tell what would become of a row: one GET where it has new columns, and with a key up to two.

        Args:
            row: The row as it was given.
            payload: Its fields as they would be sent.
            key: What it is recognised by.

        Raises:
            PysnowException: The instance refuses, or does not answer.
        """
        if key is not None and not key.is_fresh:
            for way, value in key.columns.items():
                record = found_by(self._target.change("read"), way, value)
                if record is not None:
                    return Outcome(row, "dry_run", "existed", self._target.shaped(record))
        ignored = self._ignored(payload)
        changes = {name: each for name, each in field_changes(payload, None).items() if name not in ignored}
        return Outcome(row, "dry_run", "created", changes=changes, ignored=ignored)

    def _ignored(self, payload: Mapping[str, Any]) -> tuple[str, ...]:
        unseen = [name for name in payload if name not in self._asked]
        if unseen:
            self._missing.update(columns_missing(self._target.change("read"), unseen))
            self._asked.update(unseen)
        return tuple(name for name in payload if name in self._missing)
