"""Whether a write took: what was sent against the record in the answer, without another request. Pure, but for telling.

An instance ignores columns that it does not know, and those that an access rule keeps the user from changing, and says
nothing about either. Other values than those that were sent are no sign: business rules change them, dates, choices
and references are normalised. What is certain is this:

* a column that was asked for and did not come: the table has none such, or the user may not read it;
* a value that is still the old one, where the record was read before and another one was sent;
* any value, where the record's ``sys_mod_count`` is still the old one.

Journals and passwords are never echoed, so that nothing is concluded from what comes of them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pysnow.caller import callers_level
from pysnow.exceptions import FieldIgnoredWarning, NotApplied
from pysnow.field_value import is_display_only, raw_value
from pysnow.writing.field_diff import as_stored, is_same
from pysnow.writing.record_state import is_journal

if TYPE_CHECKING:
    from pysnow.writing.record_state import RecordState

__all__ = ["Ignored", "ignored_fields", "stored_now", "tell", "warn_of"]

_SILENT: Final = frozenset({"sys_id", "comments", "work_notes", "comments_and_work_notes"})
"""What tells the record, and the journals of the platform: many users write to these and may not read them."""

_SYS_ID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A field that did not take what was sent.

    Attributes:
        sent: What was sent, as it would be stored.
        now: Its stored value now; None where the answer does not show the field.
    """

    sent: str
    now: str | None = None


def ignored_fields(
    payload: Mapping[str, Any],
    record: Mapping[str, Any],
    params: Mapping[str, str],
    before: RecordState | None = None,
) -> dict[str, Ignored]:
    """Tell which fields of a write certainly did not take what was sent.

    Args:
        payload: What was sent.
        record: The record in the answer.
        params: Query parameters of the write: they decide what the answer shows.
        before: The record as it was read before; its display values as well where they are known.
    """
    if set(record) <= {"sys_id"}:  # the address alone: nothing was asked for, or access rules hide the record
        return {}
    found: dict[str, Ignored] = {}
    for name, value in payload.items():
        if name in _SILENT or "." in name or "password" in name.lower():
            continue
        if name not in record and name.lower() not in record:
            if _is_asked_for(name, params):
                found[name] = Ignored(as_stored(value))
        elif before is not None and _is_kept(name, value, record, params, before):
            found[name] = Ignored(as_stored(value), stored_now(record, name, params) or "")
    return found


def stored_now(record: Mapping[str, Any], name: str, params: Mapping[str, str]) -> str | None:
    """Give the stored value of a field in an answer; None where the answer does not tell.

    Args:
        record: The record in the answer.
        name: The field.
        params: Query parameters of the write.
    """
    value = record.get(name, record.get(name.lower()))
    is_stored = isinstance(value, Mapping) or str(params.get("sysparm_display_value", "false")).lower() != "true"
    return None if value is None or is_display_only(value) or not is_stored else as_stored(raw_value(value))


def tell(table: str | None, ignored: Mapping[str, Ignored], record: Mapping[str, Any], *, strict: bool = False) -> None:
    """Warn of fields that did not take what was sent; or raise.

    Args:
        table: The table.
        ignored: What :func:`ignored_fields` gives.
        record: The record in the answer.
        strict: Whether to raise.

    Raises:
        NotApplied: ``strict``, and there are some. The record was written all the same.
    """
    if not ignored:
        return
    if not strict:
        warn_of(table, [_said(name, each) for name, each in ignored.items()])
        return
    sys_id = raw_value(record.get("sys_id"))
    error = NotApplied(
        f"The record was written, but not all of it: {_listed(_said(*each) for each in ignored.items())}",
        table=table,
        sys_id=sys_id if isinstance(sys_id, str) else None,
        committed=True,
    )
    error.fields = {name: (each.sent, each.now) for name, each in ignored.items()}
    error.record = dict(record)
    raise error


def warn_of(table: str | None, said: Iterable[str]) -> None:
    """Warn of fields that did not take what was sent, or would not.

    Args:
        table: The table.
        said: A text about each; or its name.
    """
    text = f"Not everything that was written to {table} took: {_listed(said)}"
    warnings.warn(text, FieldIgnoredWarning, stacklevel=callers_level())


def _is_asked_for(name: str, params: Mapping[str, str]) -> bool:
    if fields := params.get("sysparm_fields"):
        return name.lower() in (field.strip().lower() for field in fields.split(","))
    return not params.get("sysparm_view")


def _is_kept(
    name: str, value: object, record: Mapping[str, Any], params: Mapping[str, str], before: RecordState
) -> bool:
    """Whether a field still holds the old value, although another one was sent."""
    old, now = before.stored.get(name), stored_now(record, name, params)
    if old is None or now is None or is_same(value, old, before.shown.get(name, "")):
        return False
    count = stored_now(record, "sys_mod_count", params)
    if now != old:
        return False
    if count and count == before.mod_count:
        return True
    if not now or is_journal(name):  # an empty one may be a journal, or a secret, of whatever name
        return False
    # What people call a record may be the one that is there already.
    is_by_name = bool(_SYS_ID.fullmatch(old)) and not _SYS_ID.fullmatch(as_stored(value))
    return name in before.shown or not is_by_name


def _said(name: str, ignored: Ignored) -> str:
    if ignored.now is None:
        return f"{name!r} is not in the answer (no such column, or you may not read it)"
    return f"{name!r} is still {ignored.now[:60]!r}, not {ignored.sent[:60]!r}"


def _listed(said: Iterable[str]) -> str:
    return "; ".join(said)
