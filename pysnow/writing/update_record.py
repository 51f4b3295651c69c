"""Changing a record, so that it holds the payload and no journal entry stands there twice.

A PUT whose answer was lost is looked after: does the record hold the payload? If not, the PUT is sent again, which
changes nothing more when the first one was, or will yet be, carried out. Not so with journal columns: there the entries
are compared with those before, and the PUT is sent again only when nothing was appended, and the transaction that might
still append it must have ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysnow.exceptions import InvalidUsage, NoResults, PysnowException
from pysnow.record_response import RecordResponse
from pysnow.writing.record_state import compare, journal_columns, read_state
from pysnow.writing.write_verdict import verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pysnow._types import Record
    from pysnow.writing.record_state import Finding, RecordState
    from pysnow.writing.writes import Look, PendingWrite

__all__ = ["update_once", "watched_columns"]


def update_once(
    change: PendingWrite,
    sys_id: str,
    payload: Mapping[str, Any],
    *,
    watched: Sequence[str] = (),
    before: RecordState | None = None,
    if_mod_count: int | None = None,
) -> RecordResponse:
    """Change a record.

    Args:
        change: What is sent.
        sys_id: The record.
        payload: Fields to change.
        watched: What :func:`watched_columns` gives.
        before: The state of these columns as the record was found; read here when it is None.
        if_mod_count: ``sys_mod_count`` that the record must have.

    Returns:
        The changed record: from the answer, or from a look at it when the answer was lost.

    Raises:
        NoResults: There is no such record, or its ``sys_mod_count`` is another.
        AmbiguousWrite: The change may or may not have been made.
        PysnowException: It was not made, or the instance refused it.
    """
    if before is None and watched:
        before = _read_before(change, sys_id, watched)
    if if_mod_count is not None:
        _check_mod_count(before, if_mod_count, change, sys_id)
    return _Update(change, sys_id, payload, before).run()


def watched_columns(change: PendingWrite, payload: Mapping[str, Any], if_mod_count: int | None) -> tuple[str, ...]:
    """Columns to read before an update is sent; mostly none.

    Args:
        change: The update.
        payload: Its fields.
        if_mod_count: ``sys_mod_count`` that the record must have.

    Raises:
        InvalidUsage: ``if_mod_count`` is no number.
    """
    if if_mod_count is not None and (type(if_mod_count) is not int or if_mod_count < 0):
        raise InvalidUsage(f"if_mod_count must be the sys_mod_count that was read, a number; not {if_mod_count!r}")
    columns = journal_columns(payload) if change.table is not None else ()
    return ("sys_mod_count", *columns) if columns or if_mod_count is not None else ()


class _Update:
    def __init__(
        self, change: PendingWrite, sys_id: str, payload: Mapping[str, Any], before: RecordState | None
    ) -> None:
        self._change = change
        self._sys_id = sys_id
        self._payload = payload
        self._before = before

    def run(self) -> RecordResponse:
        while True:
            try:
                return self._change.write("PUT", self._sys_id, json=self._payload)
            except PysnowException as error:
                record = self._after(error)
                if record is not None:
                    return record
                if not self._change.may_repeat(error):
                    raise self._ambiguous(error) from error

    def _after(self, error: PysnowException) -> RecordResponse | None:
        """What follows an error: the record that was changed all the same, None to send again, or an error."""
        if verdict_on(error) != "unknown":
            if self._change.failures == 1:
                raise error
            raise self._ambiguous(error) from error
        try:
            return self._record() if self._settled() == "made" else None
        except (Unclear, PysnowException) as cause:
            raise self._ambiguous(error) from (cause if isinstance(cause, PysnowException) else error)

    def _settled(self) -> Finding:
        """Whether the change was made; if not, sending it again is safe.

        Raises:
            Unclear: That cannot be told.
        """
        finding = self._look()
        if finding == "not made" and journal_columns(self._payload):
            self._change.wait_out(self._change.sent)
            finding = self._look()
        if finding == "unclear":
            raise Unclear
        return finding

    def _look(self) -> Finding:
        if self._change.table is None:  # an API of its own: nobody knows what a GET would show
            raise Unclear
        now = read_state(self._change, self._sys_id, self._payload)
        if now is None:  # deleted meanwhile, or hidden by the very change
            raise Unclear
        return compare(self._payload, now, self._before)

    def _record(self) -> RecordResponse:
        """The record, as the answer to the PUT would have shown it."""
        found = self._change.read(self._sys_id, self._change.params)
        return RecordResponse(found._response, self._change.owner)

    def _ambiguous(self, error: PysnowException) -> PysnowException:
        return self._change.ambiguous(error, sys_id=self._sys_id, look=self._checked())

    def _checked(self) -> Look:
        def look() -> Record | None:
            finding = self._look()
            if finding == "made":
                return self._record()
            if finding == "unclear" or not self._change.has_ended():
                raise Unclear
            return None

        return look


def _read_before(change: PendingWrite, sys_id: str, watched: Sequence[str]) -> RecordState | None:
    try:
        return read_state(change, sys_id, watched)
    except PysnowException as error:
        error.describe(committed=False)
        raise


def _check_mod_count(before: RecordState | None, wanted: int, change: PendingWrite, sys_id: str) -> None:
    found = before.mod_count if before is not None else None
    if found != str(wanted):
        what = "There is no such record" if before is None else f"The record has sys_mod_count {found}, not {wanted}"
        raise NoResults(
            f"{what}: somebody has changed it since it was read. Nothing was changed; read it again",
            operation="update",
            table=change.table,
            sys_id=sys_id,
            committed=False,
        )
