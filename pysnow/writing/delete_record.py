"""Deleting a record: what is gone stays gone, so a DELETE in doubt is sent again, and "not found" then means done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysnow.exceptions import PysnowException, RecordNotFound
from pysnow.writing.answer_fit import check_deleted
from pysnow.writing.write_verdict import verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.exceptions import AmbiguousWrite
    from pysnow.writing.writes import Look, PendingWrite

__all__ = ["Deleted", "delete_once", "unsettled_deletion"]


class Deleted(dict[str, Any]):
    """``{"status": "record deleted"}``, of a record that was gone when the request was repeated.

    Attributes:
        already_gone: True: this call has deleted it, and its answer was lost; or somebody else did so meanwhile. The
            plain dict of an ordinary deletion has no such attribute.
    """

    already_gone: bool = True


def delete_once(change: PendingWrite, sys_id: str) -> Record:
    """Delete a record.

    Args:
        change: What is sent.
        sys_id: The record.

    Raises:
        RecordNotFound: There is no such record.
        AmbiguousWrite: It may or may not have been deleted.
        PysnowException: It was not, or the instance refused it.
    """
    while True:
        try:
            return _sent(change, sys_id)
        except RecordNotFound:
            if change.failures == 1:
                raise
            return _gone()
        except PysnowException as error:
            if verdict_on(error) != "unknown" and change.failures == 1:
                raise
            if verdict_on(error) != "unknown" or not change.may_repeat(error):
                return _looked_after(change, sys_id, error)


def _sent(change: PendingWrite, sys_id: str) -> Record:
    started = change.transport.clock()
    answer = change.send("DELETE", sys_id)
    try:
        record = change.request.response(answer).one()
        check_deleted(answer, change.table)
    except PysnowException as error:
        change.failed(error, started)
        raise
    return record


def _looked_after(change: PendingWrite, sys_id: str, error: PysnowException) -> Record:
    """The last look, when nothing is to be sent again."""
    try:
        gone = _look_for(change, sys_id)()
    except (Unclear, PysnowException):
        gone = None
    if gone is None:
        raise unsettled_deletion(change, sys_id, error) from error
    return gone


def unsettled_deletion(change: PendingWrite, sys_id: str, error: PysnowException) -> AmbiguousWrite:
    """The error of a deletion whose outcome stays open.

    Args:
        change: What was sent.
        sys_id: The record.
        error: What came instead of an answer.
    """
    return change.ambiguous(error, sys_id=sys_id, look=_look_for(change, sys_id))


def _look_for(change: PendingWrite, sys_id: str) -> Look:
    def look() -> Record | None:
        try:
            change.read(sys_id, {"sysparm_fields": "sys_id"}).one()
        except RecordNotFound:
            return _gone()
        if not change.has_ended():
            raise Unclear
        return None

    return look


def _gone() -> Deleted:
    return Deleted(status="record deleted")
