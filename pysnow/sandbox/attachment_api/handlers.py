"""Reading, renaming and deleting attachments."""

from __future__ import annotations

import json
import re
from functools import partial
from urllib.parse import quote

from pysnow.sandbox.http.answer import Answer, Content, Record
from pysnow.sandbox.http.errors import bad_parameter, no_record
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.listing import Selection, list_answer
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE, Row
from pysnow.sandbox.shaping import shape_attachments

DEFAULT_LIMIT = 1000
"""Documented for this API; the Table API's is 10,000."""

_NOT_PRINTABLE = re.compile("[^ -~]")
_NOT_QUOTABLE = re.compile(r'[^ -~]|["\\]')


def list_attachments(exchange: Exchange) -> Answer:
    """List metadata: ``GET /attachment``, with a query on ``sys_attachment``."""
    selection = Selection.of(exchange, default_limit=DEFAULT_LIMIT)
    return list_answer(
        exchange, ATTACHMENT_TABLE, selection, columns=None, shape=partial(shape_attachments, exchange.instance)
    )


def read_attachment(exchange: Exchange, sys_id: str) -> Answer:
    """Read metadata: ``GET /attachment/{sys_id}``."""
    return Answer(200, Record(_metadata(exchange, _row(exchange, sys_id))))


def download(exchange: Exchange, sys_id: str) -> Answer:
    """Read content: ``GET /attachment/{sys_id}/file``, with the metadata as one line of JSON in a header."""
    row = _row(exchange, sys_id)
    headers = (
        ("Content-Disposition", _disposition(row["file_name"] or "")),
        # Escaped, so that the line holds ASCII only: headers carry nothing else safely.
        ("X-Attachment-Metadata", json.dumps(_metadata(exchange, row), separators=(",", ":"))),
    )
    content_type = _NOT_PRINTABLE.sub("", row["content_type"] or "") or "application/octet-stream"
    return Answer(200, Content(exchange.instance.attachment_chunks(sys_id), content_type), headers)


def rename_attachment(exchange: Exchange, sys_id: str) -> Answer:
    """Rename a file: ``PATCH /attachment/{sys_id}`` with ``{"file_name":"new.txt"}``; nothing else can be changed."""
    file_name = exchange.fields().get("file_name")
    if not isinstance(file_name, str) or not file_name:
        raise bad_parameter("Missing: file_name")
    row = exchange.records.update(ATTACHMENT_TABLE, sys_id, {"file_name": file_name}, WriteOptions())
    if row is None:
        raise no_record()
    return Answer(204)


def delete_attachment(exchange: Exchange, sys_id: str) -> Answer:
    """Delete a file: ``DELETE /attachment/{sys_id}``."""
    if not exchange.records.delete(ATTACHMENT_TABLE, sys_id):
        raise no_record()
    return Answer(204)


def _row(exchange: Exchange, sys_id: str) -> Row:
    row = exchange.records.get(ATTACHMENT_TABLE, sys_id)
    if row is None:
        raise no_record()
    return row


def _metadata(exchange: Exchange, row: Row) -> dict[str, object]:
    return shape_attachments(exchange.instance, [row])[0]


def _disposition(file_name: str) -> str:
    plain = _NOT_QUOTABLE.sub("_", file_name)
    extended = "" if plain == file_name else f";filename*=UTF-8''{quote(file_name, safe='')}"
    return f'attachment;filename="{plain}"{extended}'
