"""Whether a write took: what was sent against the record in the answer, without another request. Pure, but for telling.

An instance ignores columns that it does not know, and those that an access rule keeps the user from changing, and says
nothing about either. Other values than those that were sent are no sign: business rules change them, dates, choices
and references are normalised. What is certain is this:

* a column that was asked for and did not come: the table has none such, or the user may not read it;
* a column that is empty, although something was sent: no value of its type, or a text that is no choice or record;
* a reference that holds the very text that was sent, which is no sys_id: it points nowhere;
* a value that is still the old one, where the record was read before and another one was sent;
* any value, where the record's ``sys_mod_count`` is still the old one.

Journals, passwords and other secrets are never echoed, so that nothing is concluded from what comes of them.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pysnow.caller import callers_level
from pysnow.exceptions import FieldIgnoredWarning, NotApplied
from pysnow.field_value import is_display_only, raw_value
from pysnow.writing.field_diff import as_stored, is_same
from pysnow.writing.record_state import is_journal, journal_columns

if TYPE_CHECKING:
    from pysnow.writing.field_diff import FieldChange
    from pysnow.writing.record_state import RecordState

__all__ = ["Ignored", "changes_made", "ignored_fields", "is_untouched", "stored_now", "tell", "warn_of"]

_SILENT: Final = frozenset({"sys_id", "comments", "work_notes", "comments_and_work_notes"})
"""What tells the record, and the journals of the platform: many users write to these and may not read them."""

_SECRET: Final = re.compile(r"passw|passphrase|secret|token|private_?key|api_?key", re.IGNORECASE)
"""Columns that are most likely encrypted, and answered as empty."""

_OWN: Final = ("u_", "x_")
"""Columns that are not the platform's: any of them may be a journal or a secret, which always come back as empty."""

_CLEARED: Final = frozenset({"", "null", "[]", "{}", "()"})
"""What is sent to empty a column."""

_SYS_ID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_ANY_ID: Final = re.compile(r"[0-9a-z_]{1,32}|[0-9a-fA-F]{32}", re.ASCII)
"""Sys_ids, those included that are words, such as ``global``."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A field that did not take what was sent.

    Attributes:
        sent: What was sent, as it would be stored.
        now: Its stored value now; None where the answer does not show the field.
    """

    sent: str
    now: str | None = None

    def is_other_than(self, old: str | None) -> bool:
        """Whether the field certainly holds another value than before, though not what was meant.

        Args:
            old: Its stored value before; None where that is not known.
        """
        return self.now is not None and old is not None and self.now != old


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
        elif (
            _is_emptied(name, value, record, params, before)
            or _is_nowhere(name, value, record)
            or (before is not None and _is_kept(name, value, record, params, before))
        ):
            found[name] = Ignored(as_stored(value), stored_now(record, name, params) or "")
    return found


def is_untouched(
    payload: Mapping[str, Any],
    record: Mapping[str, Any],
    ignored: Mapping[str, Ignored],
    params: Mapping[str, str],
    before: RecordState | None = None,
) -> bool:
    """Tell whether an update certainly left a record as it was.

    Args:
        payload: What was sent.
        record: The record in the answer.
        ignored: What :func:`ignored_fields` gives.
        params: Query parameters of the write.
        before: The record as it was read before.
    """
    if any(name not in ignored for name in payload):
        count = stored_now(record, "sys_mod_count", params)
        return bool(count) and before is not None and count == before.mod_count and not journal_columns(payload)
    stored = {} if before is None else before.stored
    return all(each.now is None or each.now == stored.get(name) for name, each in ignored.items())


def changes_made(
    changes: Mapping[str, FieldChange],
    ignored: Mapping[str, Ignored],
    record: Mapping[str, Any],
    params: Mapping[str, str],
) -> dict[str, FieldChange]:
    """Give changes with the values that the answer shows; what it shows as empty may be a journal, or a secret.

    Args:
        changes: What was to change.
        ignored: What :func:`ignored_fields` gives.
        record: The record in the answer.
        params: Query parameters of the write.
    """
    made = {}
    for name, change in changes.items():
        if name not in ignored:
            made[name] = replace(change, new=stored_now(record, name, params) or change.new)
        elif ignored[name].is_other_than(change.old):  # emptied, say
            made[name] = replace(change, new=ignored[name].now or "")
    return made


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


def _is_emptied(
    name: str, value: object, record: Mapping[str, Any], params: Mapping[str, str], before: RecordState | None
) -> bool:
    """Whether a field is empty, although something was sent."""
    if name not in record or stored_now(record, name, params) != "" or _shown(name, record):
        return False
    if is_journal(name) or _SECRET.search(name):
        return False
    if name.startswith(_OWN) and (before is None or not before.stored.get(name)):
        return False
    return as_stored(value).strip().lower() not in _CLEARED and not is_same(value, "")


def _is_nowhere(name: str, value: object, record: Mapping[str, Any]) -> bool:
    """Whether a reference holds a text that is no sys_id, as it was sent: its link leads nowhere."""
    field = record.get(name)
    if not isinstance(field, Mapping) or "link" not in field or _shown(name, record):
        return False
    text = as_stored(value)
    return raw_value(field) == text and not _ANY_ID.fullmatch(text)


def _shown(name: str, record: Mapping[str, Any]) -> Any:
    """What people read in a field that came in both forms."""
    field = record.get(name)
    return field.get("display_value") if isinstance(field, Mapping) else None


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
    if ignored.now == ignored.sent:
        return f"{name!r} refers to {ignored.sent[:60]!r}, which is no sys_id: use client.ref(...)"
    if not ignored.now:
        why = "no such choice, record or value of its type; labels of choices need labels=True"
        return f"{name!r} is empty, not {ignored.sent[:60]!r} ({why})"
    return f"{name!r} is still {ignored.now[:60]!r}, not {ignored.sent[:60]!r}"


def _listed(said: Iterable[str]) -> str:
    return "; ".join(said)
