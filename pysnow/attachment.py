"""Files of a table's records: listed, uploaded, downloaded and deleted, without ever holding a whole file."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from pysnow.defaults import ATTACHMENTS_LISTED
from pysnow.exceptions import IncompleteResponse, InvalidUsage, PysnowException
from pysnow.field_value import raw_value
from pysnow.file_type import SAMPLE_BYTES, guess_type
from pysnow.response import RecordOwner
from pysnow.wire.answer_check import check_file
from pysnow.wire.multipart import MultipartFile
from pysnow.writing.table_memory import memory_of
from pysnow.writing.upload_check import Upload
from pysnow.writing.write_verdict import attempts_of
from pysnow.writing.writes import PendingWrite

if TYPE_CHECKING:
    import requests

    from pysnow._types import Query, Record
    from pysnow.exceptions import Attempt
    from pysnow.record_response import RecordResponse
    from pysnow.request import SnowRequest
    from pysnow.response import Response
    from pysnow.wire.deadline import Deadline
    from pysnow.wire.transport import Transport
    from pysnow.writing.table_memory import TableMemory

__all__ = ["Attachment"]

_CHUNK_BYTES = 65536
_MEDIA_TYPE = re.compile(r"[!-~]+/[ -~]+", re.ASCII)
_SIZE = re.compile(r"[0-9]{1,18}", re.ASCII)
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]')
_RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\Z)", re.IGNORECASE)


_Read = TypeVar("_Read")
_Fetch: TypeAlias = "Callable[[str, int], tuple[requests.Response, Generator[bytes, None, None]]]"


class _AttachmentApi(RecordOwner, Protocol):
    """The resource of ``/attachment``, as far as it is used here."""

    @property
    def _request(self) -> SnowRequest: ...

    @property
    def _transport(self) -> Transport: ...

    def get(self, query: Query, limit: int | None = None) -> Response: ...


class TableResource(Protocol):
    """What attachments ask of the table they belong to."""

    def _sibling(self, api_path: str) -> _AttachmentApi:
        """The resource of another path of the same instance."""
        ...


class Attachment:
    """Files of the records of one table (Attachment API, ``/api/now/attachment``).

    Args:
        resource: Resource of the table.
        table_name: Name of the table.

    Attributes:
        resource: As given.
        table_name: As given.
    """

    def __init__(self, resource: TableResource, table_name: str) -> None:
        self.resource = resource
        self.table_name = table_name
        self._api = resource._sibling("/attachment")

    def __repr__(self) -> str:
        return f"<Attachment of {self.table_name}>"

    def get(self, sys_id: str | None = None, limit: int | None = None) -> list[Record]:
        """List attachments.

        Args:
            sys_id: Record whose files are listed; those of the whole table when not given.
            limit: Most attachments to list; without it 100 of a whole table, and all of one record.

        Returns:
            One dict an attachment: ``sys_id``, ``file_name``, ``content_type``, ``size_bytes`` ...
        """
        query = {"table_name": self.table_name}
        if sys_id is not None:
            query["table_sys_id"] = _checked_id(sys_id)
        elif limit is None:
            limit = ATTACHMENTS_LISTED
        return list(self._api.get(query, limit=limit).all())

    def upload(
        self,
        sys_id: str,
        file_path: str | bytes | os.PathLike[str] | IO[bytes] | None = None,
        name: str | None = None,
        multipart: bool = False,
        *,
        data: bytes | IO[bytes] | None = None,
        content_type: str | None = None,
    ) -> RecordResponse:
        """Attach a file to a record: one POST, streamed from the file.

        An upload whose answer was lost is not sent again: it is looked for among the files of the record, by its name,
        size, SHA-256 and time. A file that cannot be read twice, such as a pipe, cannot be looked for.

        Args:
            sys_id: The record.
            file_path: Path of the file, or a file opened for reading bytes; content goes into ``data``.
            name: Name of the attachment; the file's own when not given.
            multipart: Send a form (``/attachment/upload``) instead of the bare bytes (``/attachment/file``).
            data: The content itself, as bytes or an opened file, instead of ``file_path``; needs ``name``.
            content_type: Media type; told from the name, or from the first bytes, when not given.

        Returns:
            The record of the attachment, as a dict.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            AmbiguousWrite: The file may or may not have been attached; ``check()`` looks again.
            ResponseError: The instance refused.
            OSError: The file cannot be read.
        """
        if not isinstance(multipart, bool):
            raise InvalidUsage(f"multipart must be True or False, not {multipart!r}")
        if (file_path is None) == (data is None):
            raise InvalidUsage("Pass either file_path= or data=")
        if content_type is not None and not _MEDIA_TYPE.fullmatch(content_type):
            raise InvalidUsage(f"content_type must be a media type such as 'image/png', not {content_type!r}")
        target = {"table_name": self.table_name, "table_sys_id": _checked_id(sys_id)}
        with ExitStack() as opened:
            file, own_name = _open(data if file_path is None else file_path, is_data=file_path is None, opened=opened)
            file_name = _checked_name(name or own_name)
            sample = _peek(file)
            media_type = content_type or guess_type(file_name, sample)
            send = self._send_form if multipart else self._send_bytes
            return send(target, file_name, media_type, file)

    def download(
        self, sys_id: str, dest: str | os.PathLike[str] = ".", *, name: str | None = None, overwrite: bool = False
    ) -> Path:
        """Save the content of an attachment to a file: one GET, streamed, and another from the beginning if it breaks.

        The file appears whole or not at all: it is written beside its place and moved there when its size, and its
        SHA-256 where the instance tells it, are right.

        Args:
            sys_id: The attachment.
            dest: Where to: a path, or an existing folder, in which the attachment's own name is used, made safe.
            name: Name to use in that folder instead.
            overwrite: Whether a file that stands there is replaced.

        Returns:
            Path of the file.

        Raises:
            FileExistsError: A file stands there, and ``overwrite`` is not set.
            IncompleteResponse: What came is not the whole file; nothing was left behind.
            RecordNotFound: There is no such attachment.
        """
        return self._again_if_broken(lambda fetch: self._saved(fetch, sys_id, Path(dest), name, overwrite))

    def content(self, sys_id: str) -> bytes:
        """The content of an attachment, as bytes.

        Args:
            sys_id: The attachment.

        Raises:
            IncompleteResponse: What came is not the whole file.
            RecordNotFound: There is no such attachment.
        """

        def read(fetch: _Fetch) -> bytes:
            response, pieces = fetch(sys_id, _CHUNK_BYTES)
            return b"".join(_verified(pieces, _metadata(response)))

        return self._again_if_broken(read)

    def iter_content(self, sys_id: str, chunk_size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """The content of an attachment, piece by piece as it arrives.

        Args:
            sys_id: The attachment.
            chunk_size: Bytes of a piece, at the most about.

        Raises:
            IncompleteResponse: The content ended early; raised behind the last piece.
            RecordNotFound: There is no such attachment.
        """
        response, pieces = self._fetch(sys_id, chunk_size)
        return _verified(pieces, _metadata(response))

    def delete(self, sys_id: str) -> Record:
        """Delete an attachment.

        Args:
            sys_id: The attachment.

        Returns:
            ``{"status": "record deleted"}``.

        Raises:
            NoResults: There is no such attachment.
        """
        return self._api.delete(_checked_id(sys_id))

    def _again_if_broken(self, read: Callable[[_Fetch], _Read]) -> _Read:
        """Read a file, and read it anew from its beginning when it broke off: the API offers no ranges."""
        transport, deadline = self._api._transport, self._api._request.deadline("download")
        attempts: tuple[Attempt, ...] = ()
        failures = 0
        while True:
            try:
                return read(partial(self._fetch, heal=False, deadline=deadline))
            except PysnowException as error:
                failures += 1
                error.attempts = attempts = (*attempts, *attempts_of(error))
                if not transport.backoff(failures, error, deadline):
                    raise

    def _saved(self, fetch: _Fetch, sys_id: str, dest: Path, name: str | None, overwrite: bool) -> Path:
        response, pieces = fetch(sys_id, _CHUNK_BYTES)
        told = _metadata(response)
        folder, path = _destination(dest, name or str(told.get("file_name") or sys_id))
        temporary = folder / f".{secrets.token_hex(8)}.part"
        with closing(pieces):
            if not overwrite and (path.exists() or path.is_symlink()):
                raise FileExistsError(f"{path} exists: pass overwrite=True, or another dest=")
            try:
                with open(temporary, "xb") as file:
                    file.writelines(_verified(pieces, told))
                _put_in_place(temporary, path, overwrite)
            finally:
                temporary.unlink(missing_ok=True)
        return path

    def _fetch(
        self, sys_id: str, chunk_size: int, *, heal: bool = True, deadline: Deadline | None = None
    ) -> tuple[requests.Response, Generator[bytes, None, None]]:
        """The answer that holds a file, and the pieces of the file."""
        answer = self._api._request.send(
            "GET",
            f"/{_checked_id(sys_id)}/file",
            headers={"Accept": "*/*"},
            operation="download",
            stream=True,
            heal=heal,
            deadline=deadline,
        )
        return answer, check_file(answer, table=self.table_name, chunk_size=chunk_size)

    def _send_bytes(self, target: dict[str, str], file_name: str, media_type: str, file: IO[bytes]) -> RecordResponse:
        change = self._change({**target, "file_name": file_name}, media_type)
        return Upload(change, target, file_name, file, self._memory).run("/file", file)

    def _send_form(self, target: dict[str, str], file_name: str, media_type: str, file: IO[bytes]) -> RecordResponse:
        form = MultipartFile(target, "uploadFile", file_name, media_type, file, boundary=secrets.token_hex(16))
        change = self._change({}, form.content_type)
        return Upload(change, target, file_name, file, self._memory).run("/upload", form)

    def _change(self, params: dict[str, str], content_type: str) -> PendingWrite:
        return PendingWrite(
            "upload",
            self._api._request,
            self._api._transport,
            self._api,
            self.table_name,
            params=params,
            headers={"Content-Type": content_type},
        )

    @property
    def _memory(self) -> TableMemory:
        return memory_of(self._api._transport)


def _checked_id(sys_id: Any) -> str:
    value = raw_value(sys_id)
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value, re.ASCII):
        raise InvalidUsage(f"A sys_id is a text of letters and digits, usually 32 of them; not {sys_id!r}")
    return value


def _checked_name(name: Any) -> str:
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, str) or not name:
        raise InvalidUsage("The attachment needs a name: pass name='report.pdf'")
    if set(name) & set("\r\n\0"):
        raise InvalidUsage(f"The attachment's name {name!r} must not hold line breaks")
    return name


def _open(source: Any, *, is_data: bool, opened: ExitStack) -> tuple[IO[bytes], str | None]:
    """The file to read from, and its own name; what is opened here is closed with ``opened``."""
    if hasattr(source, "read"):
        own_name = getattr(source, "name", None)
        return source, os.path.basename(own_name) if isinstance(own_name, (str, bytes)) else None  # type: ignore[return-value]
    if is_data:
        if not isinstance(source, (bytes, bytearray, memoryview)):
            raise InvalidUsage(f"data must be bytes or a file opened for reading bytes, not {type(source).__name__}")
        return io.BytesIO(source), None
    if not isinstance(source, (str, bytes, os.PathLike)):
        raise InvalidUsage(f"file_path must be a path or a file opened for reading bytes, not {source!r}")
    path = os.fsdecode(source)
    if isinstance(source, bytes) and not os.path.exists(path):
        raise InvalidUsage(
            "Bytes as file_path are the path of a file, and there is none: content goes into data=b'...'"
        )
    return opened.enter_context(open(path, "rb")), os.path.basename(path)


def _peek(file: IO[bytes]) -> bytes | None:
    """The next bytes of a file, which stay to be read; None where it cannot go back to them."""
    if not (hasattr(file, "seekable") and file.seekable()):
        return None
    position = file.tell()
    sample = file.read(SAMPLE_BYTES)
    file.seek(position)
    if not isinstance(sample, bytes):
        raise InvalidUsage("The file must be opened for reading bytes: open(path, 'rb')")
    return sample


def _metadata(response: requests.Response) -> dict[str, Any]:
    """What the ``X-Attachment-Metadata`` header of a download tells (Attachment API documentation)."""
    try:
        told = json.loads(response.headers.get("X-Attachment-Metadata") or "{}")
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _verified(chunks: Iterable[bytes], told: dict[str, Any]) -> Iterator[bytes]:
    """The same pieces, with an error behind the last one when they are not the whole file."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    expected_size, expected_hash = str(told.get("size_bytes") or ""), str(told.get("hash") or "")
    if _SIZE.fullmatch(expected_size) and int(expected_size) != size:
        raise IncompleteResponse(f"The attachment has {expected_size} bytes, but {size} came", operation="download")
    if len(expected_hash) == 64 and expected_hash.lower() != digest.hexdigest():
        raise IncompleteResponse("The attachment's content does not match its SHA-256", operation="download")


def _destination(dest: Path, name: str) -> tuple[Path, Path]:
    if dest.is_dir():
        return dest, dest / _safe_name(name)
    return dest.parent, dest


def _safe_name(name: str) -> str:
    """A file name that stays in its folder on every system, whatever the server calls the file."""
    last = re.split(r"[/\\]", name)[-1]
    safe = _UNSAFE_IN_NAMES.sub("_", last).strip(" .")
    if not safe or _RESERVED_NAMES.match(safe):
        safe = f"_{safe}"
    stem, dot, suffix = safe.rpartition(".")
    suffix = f"{dot}{suffix}" if stem and len(suffix) <= 16 else ""
    # 255 bytes is what most file systems take.
    return safe.removesuffix(suffix).encode()[: 200 - len(suffix)].decode(errors="ignore") + suffix


def _put_in_place(temporary: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)  # fails when a file has appeared there meanwhile, as a move would not
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(f"{path} exists: pass overwrite=True, or another dest=") from None
        temporary.replace(path)
