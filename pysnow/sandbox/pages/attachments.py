"""The content of an attachment, as a file to save."""

from __future__ import annotations

import re
from urllib.parse import quote

from pysnow.sandbox.http.answer import Answer, Content
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE
from pysnow.sandbox.pages.visit import PageError, Visit

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")


def download(visit: Visit, sys_id: str) -> Answer:
    """Give the content of an attachment.

    Never as what its sender called it: a page that somebody attached must not run as one of ours.

    Raises:
        PageError: 404, there is no such attachment.
    """
    row = visit.instance.store.get(ATTACHMENT_TABLE, sys_id)
    if row is None:
        raise PageError(404, "No such attachment", f"There is no attachment {sys_id}. It may have been deleted.")
    content = Content(visit.instance.attachment_chunks(sys_id), "application/octet-stream")
    return Answer(200, content, (("Content-Disposition", _disposition(row.get("file_name") or sys_id)),))


def _disposition(file_name: str) -> str:
    plain = _NOT_PLAIN.sub("_", file_name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='', errors='replace')}"
