"""Whether the answer to a change is about that change: a success of something else is none. Pure.

What stands between may answer for the instance: a cache, or a proxy that turned a POST into a GET. So the record in
the answer has to be the one that was addressed, and one, not a list. An answer that does not fit says nothing about
the change; the change is looked for then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pysnow.exceptions import MalformedResponse, UnexpectedResponseFormat
from pysnow.field_value import raw_value
from pysnow.reading.record_stream import parse_document
from pysnow.wire.body import read_body, request_line
from pysnow.wire.diagnosis import context_of

if TYPE_CHECKING:
    import requests

__all__ = ["check_deleted", "check_document", "check_record", "misfit", "why_misfit"]


def check_document(answer: requests.Response, table: str | None = None) -> None:
    """Refuse an answer whose document cannot be that of one record that was written.

    Args:
        answer: The answer; it can be read.
        table: Table concerned.

    Raises:
        UnexpectedResponseFormat: It holds a list.
    """
    body = read_body(answer)
    if not body.strip():
        return
    try:
        document = parse_document(body)
    except MalformedResponse:  # whoever read the record from it knows better
        return
    if isinstance(document, Mapping) and isinstance(document.get("result"), list):
        raise misfit(answer, table, "it holds a list in place of the record")


def check_record(
    answer: requests.Response,
    record: Mapping[str, Any],
    params: Mapping[str, str],
    *,
    table: str | None = None,
    sys_id: str | None = None,
) -> None:
    """Refuse a record that is not the one that was written.

    Args:
        answer: The answer.
        record: The record in it; empty where none was asked for.
        params: Query parameters of the change: they may leave out its sys_id.
        table: Table concerned.
        sys_id: The record that was to be changed; None of a new one.

    Raises:
        UnexpectedResponseFormat: It is another one, or does not tell which one it is.
    """
    why = why_misfit(record, params, sys_id)
    if why is not None:
        raise misfit(answer, table, why, sys_id)


def why_misfit(record: Mapping[str, Any], params: Mapping[str, str], sys_id: str | None = None) -> str | None:
    """Tell in a few words why a record is not the one that was written; None when it may well be.

    Args:
        record: As for :func:`check_record`.
        params: As for :func:`check_record`.
        sys_id: As for :func:`check_record`.
    """
    held = record.get("sys_id")
    found = raw_value(held)
    if not record or (held is None and ("sysparm_fields" in params or "sysparm_view" in params)):
        return None
    if not isinstance(found, str) or not found:
        return "the record in it has no sys_id"
    return None if sys_id is None or found.lower() == sys_id.lower() else "it holds another record"


def check_deleted(answer: requests.Response, table: str | None) -> None:
    """Refuse an answer to a deletion that is a success, and not the one that the Table API gives: 204.

    Args:
        answer: The answer.
        table: Table concerned; None for an API of its own, which may answer as it likes.

    Raises:
        UnexpectedResponseFormat: It has another status.
    """
    if table is not None and answer.status_code != 204:
        raise misfit(answer, table, f"a deletion is answered with 204, and not {answer.status_code}")


def misfit(
    answer: requests.Response, table: str | None, why: str, sys_id: str | None = None
) -> UnexpectedResponseFormat:
    """The error about an answer that does not fit the change.

    Args:
        answer: The answer.
        table: Table concerned.
        why: Why not.
        sys_id: The record that was to be changed.
    """
    hint = "Look at the instance, and at what stands before it, before you repeat the call"
    return UnexpectedResponseFormat(
        f"The answer to {request_line(answer)} does not fit the change: {why}. {hint}",
        hint=hint,
        sys_id=sys_id,
        **context_of(answer, table),
    )
