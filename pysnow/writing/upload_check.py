"""Attaching a file once: what was sent and not answered is looked for among the files of the record."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

from pysnow.encoded_query import print_equality
from pysnow.exceptions import PysnowException, QueryTypeError
from pysnow.record_response import RecordResponse
from pysnow.stamps import SECOND, clock_shown, is_stamp, moment_of
from pysnow.writing.answer_fit import misfit
from pysnow.writing.write_verdict import verdict_on
from pysnow.writing.writes import Unclear

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from pysnow._types import Record
    from pysnow.writing.table_memory import TableMemory
    from pysnow.writing.writes import PendingWrite

__all__ = ["Upload"]

_TABLE = "sys_attachment"
_FILES_LOOKED_AT = "1000"
_PIECE_BYTES = 1_048_576


class Upload:
    """The upload of one file.

    Args:
        change: What is sent.
        target: ``table_name`` and ``table_sys_id`` of the record.
        name: Name of the attachment.
        file: The file, standing where its content begins.
        memory: Knows the files that this client has attached before.
    """

    def __init__(
        self, change: PendingWrite, target: Mapping[str, str], name: str, file: IO[bytes], memory: TableMemory
    ) -> None:
        self._change = change
        self._target = target
        self._name = name
        self._file = file
        self._start = _place_of(file)
        self._memory = memory

    def run(self, path: str, data: Any) -> RecordResponse:
        """Send the file: one POST.

        Args:
            path: Path below ``/attachment``.
            data: Body of the request.

        Raises:
            AmbiguousWrite: The file may or may not have been attached.
            PysnowException: It was not, or the instance refused it.
        """
        try:
            record = self._sent(path, data)
        except PysnowException as error:
            if verdict_on(error) != "unknown":
                raise
            record = self._found_after(error)
        self._keep(record)
        return record

    def _sent(self, path: str, data: Any) -> RecordResponse:
        record = self._change.write("POST", path, data=data)
        if record["table_sys_id"] not in (None, self._target["table_sys_id"]):
            error = misfit(record._response, self._change.table, "it holds a file of another record")
            self._change.failed(error)
            raise error
        return record

    def _found_after(self, error: PysnowException) -> RecordResponse:
        content = self._digest()  # now, because the caller closes the file
        try:
            found = self._look(content)
        except (Unclear, PysnowException):
            found = None
        if found is None:
            raise self._change.ambiguous(
                error, sys_id=self._target["table_sys_id"], look=lambda: self._check(content)
            ) from error
        return found

    def _check(self, content: tuple[int, str] | None) -> Record | None:
        found = self._look(content)
        if found is None and not self._change.has_ended():
            raise Unclear
        if found is not None:
            self._keep(found)
        return found

    def _look(self, content: tuple[int, str] | None) -> RecordResponse | None:
        """The attachment that this upload has made, if it is there.

        Raises:
            Unclear: The file cannot be read a second time, or not all attachments of the record were listed.
        """
        if content is None:
            raise Unclear
        listed = self._change.read(None, {"sysparm_query": self._query(), "sysparm_limit": _FILES_LOOKED_AT})
        since = self._sent_as_shown(listed._response)
        rows = listed.all()
        for row in rows:
            if self._is_it(row, content, since):
                return RecordResponse(listed._response, self._change.owner, record=row)
        if len(rows) < (listed.total or 0):
            raise Unclear
        return None

    def _query(self) -> str:
        conditions = [print_equality(column, value) for column, value in self._target.items()]
        with suppress(QueryTypeError):  # a name that no query can carry: all files of the record are looked at then
            conditions.append(print_equality("file_name", self._name))
        return "^".join(conditions)

    def _is_it(self, row: Record, content: tuple[int, str], since: datetime | None) -> bool:
        """Whether an attachment is the file that was sent, and was not there before."""
        made = row.get("sys_created_on")
        return (
            row.get("file_name") == self._name
            and (str(row.get("size_bytes")), str(row.get("hash")).lower()) == (str(content[0]), content[1])
            and (since is None or (is_stamp(made) and moment_of(str(made)) >= since))
            and self._memory.kept_id(_TABLE, str(row.get("sys_id"))) is None
        )

    def _sent_as_shown(self, answer: requests.Response) -> datetime | None:
        """When the file was sent, by the clock of the instance: its stamps are compared with that, in whole seconds."""
        shown, sent = clock_shown(answer.headers.get("Date")), self._change.sent_at
        if shown is None or sent is None:
            return sent
        ago = timedelta(seconds=self._change.transport.clockwork.wall() - sent.timestamp())
        return (shown - ago).replace(microsecond=0) - SECOND

    def _digest(self) -> tuple[int, str] | None:
        """Size and SHA-256 of the file; None when it cannot be read again."""
        if self._start is None:
            return None
        digest, size = hashlib.sha256(), 0
        self._file.seek(self._start)
        while piece := self._file.read(_PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
        return size, digest.hexdigest()

    def _keep(self, record: Mapping[str, Any]) -> None:
        sys_id = dict.get(record, "sys_id") if isinstance(record, dict) else None
        if isinstance(sys_id, str):
            self._memory.keep_id(_TABLE, sys_id, sys_id)


def _place_of(file: IO[bytes]) -> int | None:
    try:
        return file.tell() if file.seekable() else None
    except (AttributeError, OSError, ValueError):
        return None
