"""The way of a record back to the instance: what changed, and nothing else; and the record as it is then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import Conflict, InvalidUsage, NoResults, RecordNotFound, ValueNotFetched
from pysnow.field_value import raw_value
from pysnow.writing.applied import ignored_fields, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pysnow.records.record import Record
    from pysnow.table import Table
    from pysnow.writing.applied import Ignored
    from pysnow.writing.record_state import RecordState

__all__ = ["Saved", "read_again", "save_changes"]

_FIELDS_TEXT_MAX = 1500
"""Longest list of columns that is sent: addresses of 2,000 characters pass every proxy."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of changes.

    Attributes:
        table: Name of the table.
        fields: The fields that the record has, as they are now.
        ignored: Fields that did not take what was sent.
        absent: Names of fields that the answer does not show.
    """

    table: str
    fields: dict[str, Any]
    ignored: Mapping[str, Ignored]
    absent: tuple[str, ...]

    def check(self) -> None:
        """Raise when a field did not take what was sent.

        Raises:
            NotApplied: One did not; the record was written all the same.
        """
        tell(self.table, self.ignored, self.fields, strict=True)

    def warn(self) -> None:
        """Warn when a field did not take what was sent."""
        tell(self.table, self.ignored, self.fields)


def save_changes(
    record: Record, table: Table, changes: Mapping[str, Any], before: RecordState, *, if_unchanged: bool
) -> Saved:
    """Write the changes of a record: one PUT.

    Args:
        record: The record.
        table: Its table.
        changes: Stored values by column.
        before: The record as it was read, as far as that is known of these columns.
        if_unchanged: Whether to refuse when somebody else has changed it since.

    Raises:
        Conflict: Somebody else has changed it; nothing was written.
        PysnowException: As ``Table.update`` does.
    """
    walked = [name for name in changes if "." in name]
    if walked:
        raise InvalidUsage(f"{walked[0]!r} is a field of another record, which is changed there: nothing was sent")
    sys_id = record.sys_id
    count = _mod_count(record) if if_unchanged else None
    params = _shape(record)
    try:
        answer = table._updated(dict(changes), sys_id, {"if_mod_count": count, "params": params})
        written = answer.one()
    except RecordNotFound:
        raise
    except NoResults:
        raise _conflict(table, sys_id, changes, count) from None
    fields = {name: written[name] for name in (*record, *changes) if name in written}
    if set(written) <= {"sys_id"}:  # an answer that was not to hold the record tells nothing
        return Saved(table.name, fields, {}, ())
    ignored = ignored_fields(changes, written, params, before)
    return Saved(table.name, fields, ignored, tuple(name for name in changes if name not in written))


def read_again(record: Record, table: Table) -> dict[str, Any]:
    """Read the fields of a record once more, in the shape in which they came: one GET.

    Args:
        record: The record.
        table: Its table.

    Raises:
        RecordNotFound: It is not there, or may not be read.
        PysnowException: The instance refuses, or does not answer.
    """
    fresh = table.request("GET", f"/{record.sys_id}", params=_shape(record)).one()
    return {name: fresh[name] for name in record if name in fresh}


def _shape(record: Record) -> dict[str, str]:
    """Parameters by which an answer looks as the record did."""
    shown = record._mode
    has_links = any(isinstance(value, dict) and "link" in value for value in record.values())
    shape = {
        "sysparm_display_value": shown if isinstance(shown, str) else str(shown).lower(),
        "sysparm_exclude_reference_link": str(not has_links).lower(),
    }
    fields = ",".join(record)
    return {**shape, "sysparm_fields": fields} if len(fields) <= _FIELDS_TEXT_MAX else shape


def _mod_count(record: Record) -> int:
    try:
        return int(record.raw("sys_mod_count"))
    except ValueNotFetched:
        raise ValueNotFetched(
            "if_unchanged needs 'sys_mod_count', read with the record: ask for it in fields"
        ) from None
    except ValueError as error:
        raise InvalidUsage(f"sys_mod_count of the record is no number: {record['sys_mod_count']!r}") from error


def _conflict(table: Table, sys_id: str, changes: Mapping[str, Any], count: int | None) -> Conflict:
    fields = ["sys_mod_count", "sys_updated_by", *changes]
    params = {"sysparm_fields": ",".join(fields), "sysparm_display_value": "false"}
    now = {name: raw_value(value) for name, value in table.request("GET", f"/{sys_id}", params=params).one().items()}
    theirs = {name: now.get(name) for name in changes}
    found = str(now.get("sys_mod_count", ""))
    both = ", ".join(f"{name} is {theirs[name]!r} now, and was to be {changes[name]!r}" for name in changes)
    error = Conflict(
        f"{now.get('sys_updated_by') or 'Somebody'} has changed the record since it was read: {both}. Nothing was "
        "written; reload() and decide",
        operation="update",
        table=table.name,
        sys_id=sys_id,
        committed=False,
    )
    error.ours, error.theirs, error.read_mod_count = dict(changes), theirs, count
    error.found_mod_count = int(found) if found.isdecimal() else None
    return error
