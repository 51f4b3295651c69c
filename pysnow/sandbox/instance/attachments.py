"""Attachments: files of any record, one row of ``sys_attachment`` each, never whole in memory."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from pysnow.sandbox.instance.attachment_chunks import CHUNK_SIZE_BYTES, GZIP, read_chunks, store_chunks
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE, Platform, Row
from pysnow.sandbox.instance.properties import (
    ATTACHMENT_EXTENSIONS,
    ATTACHMENT_MAX_SIZE_MB,
    ATTACHMENT_STATE,
    words_of,
)
from pysnow.sandbox.instance.records import create_record
from pysnow.sandbox.instance.refusals import InvalidRequest, OperationFailed, RecordNotFound

# Content up to this size waits in memory while it arrives, larger content in a temporary file.
SPOOL_SIZE_BYTES = 1_000_000

_MEGABYTE = 1024 * 1024
_FAST = 1

_METADATA = (
    "table_name",
    "table_sys_id",
    "file_name",
    "content_type",
    "size_bytes",
    "size_compressed",
    "compressed",
    "chunk_size_bytes",
    "state",
    "hash",
    "average_image_color",
    "image_width",
    "image_height",
    "encryption_context",
    "sys_created_on",
    "sys_created_by",
    "sys_updated_on",
    "sys_updated_by",
    "sys_mod_count",
    "sys_tags",
)


@dataclass(slots=True)
class Measure:
    """What is known about content once all of it has passed.

    Attributes:
        size: Its bytes.
        compressed_size: Its bytes after gzip.
        digest: Its SHA-256 in hex.
    """

    size: int = 0
    compressed_size: int = 0
    digest: str = ""


def add_attachment(
    platform: Platform,
    table: str,
    sys_id: str,
    *,
    name: str,
    content_type: str,
    chunks: Iterable[bytes],
    caller: Caller,
    created_on: str = "",
    encryption_context: str = "",
) -> Row:
    """Attach a file to a record and return its row of ``sys_attachment``.

    The content is spooled first: a slow sender must not hold the store's lock.

    Args:
        platform: The instance's store.
        table: Table of the record, as the request names it.
        sys_id: Key of the record.
        name: File name.
        content_type: Media type as sent.
        chunks: The content; read once, to its end.
        caller: Who attaches it.
        created_on: When it counts as created, in stored form (``creation_time``); empty for now.
        encryption_context: Key of the context that its readers need; empty for none.

    Raises:
        UnknownTable: There is no such table.
        RecordNotFound: There is no such record.
        OperationFailed: The table takes no attachments, or the file is too large.
        InvalidRequest: The file's extension is not allowed.
    """
    _check_target(platform, table, sys_id)
    _check_extension(platform, name)
    limit = int(platform.properties[ATTACHMENT_MAX_SIZE_MB]) * _MEGABYTE
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_SIZE_BYTES) as spool:
        measure = _spool(chunks, spool, limit)
        spool.seek(0)
        values = _row(table, sys_id, name, content_type, measure) | {"state": platform.properties[ATTACHMENT_STATE]}
        if encryption_context:
            values["encryption_context"] = encryption_context
        if created_on:
            values["sys_created_on"] = created_on
        options = WriteOptions(suppress_auto_sys_field=bool(created_on))
        with platform.store.transaction():
            _check_target(platform, table, sys_id)
            row = create_record(platform, ATTACHMENT_TABLE, values, caller, options)
            store_chunks(platform, row, iter(lambda: spool.read(CHUNK_SIZE_BYTES), b""))
            return row


def attachment_chunks(platform: Platform, sys_id: str) -> Iterator[bytes]:
    """Return the content of an attachment piece by piece.

    Raises:
        RecordNotFound: There is no such attachment.
    """
    if platform.store.get(ATTACHMENT_TABLE, sys_id) is None:
        raise RecordNotFound
    return read_chunks(platform, sys_id)


def attachment_records(platform: Platform, rows: Sequence[Row], base_url: str) -> list[dict[str, str]]:
    """Return rows of ``sys_attachment`` as the Attachment API shows them: plain strings, without links.

    Args:
        platform: The instance's store, for the names of the users.
        rows: Rows with all their columns.
        base_url: URL of the instance, for ``download_link``.
    """
    stamps = ("sys_created_by", "sys_updated_by")
    user_names = {row.get(stamp) or "" for row in rows for stamp in stamps}
    names = platform.user_display_names(user_names)
    return [_record(row, names, base_url) for row in rows]


def _record(row: Row, names: dict[str, str], base_url: str) -> dict[str, str]:
    sys_id = row["sys_id"] or ""
    created_by, updated_by = row.get("sys_created_by") or "", row.get("sys_updated_by") or ""
    return {
        "sys_id": sys_id,
        **{element: row.get(element) or "" for element in _METADATA},
        "download_link": f"{base_url}/api/now/attachment/{sys_id}/file",
        "created_by_name": names.get(created_by, created_by),
        "updated_by_name": names.get(updated_by, updated_by),
    }


def _row(table: str, sys_id: str, name: str, content_type: str, measure: Measure) -> dict[str, object]:
    return {
        "table_name": table,
        "table_sys_id": sys_id,
        "file_name": name,
        "content_type": content_type,
        "size_bytes": measure.size,
        "size_compressed": measure.compressed_size,
        "hash": measure.digest,
        "compressed": True,
    }


def _check_target(platform: Platform, table: str, sys_id: str) -> None:
    """Refuse a table without attachments and a record that is not there."""
    definition = platform.table(table)
    lineage = platform.dictionary.ancestors(table)
    if any("no_attachment" in _attribute_names(platform.dictionary.table(name).attributes) for name in lineage):
        raise OperationFailed(f"Attachments are not allowed on {definition.label}")
    if platform.store.get(table, sys_id) is None:
        raise RecordNotFound


def _attribute_names(attributes: str) -> frozenset[str]:
    """Return the names of the attributes that are on: ``a,b=true`` are, ``c=false`` is not."""
    parts = (part.strip().partition("=") for part in attributes.split(","))
    return frozenset(name for name, _, value in parts if value != "false")


def _check_extension(platform: Platform, name: str) -> None:
    allowed = words_of(platform.properties, ATTACHMENT_EXTENSIONS)
    extension = name.rpartition(".")[2].lower()
    if allowed and extension not in allowed:
        raise InvalidRequest("Invalid file type", f"Files of type {extension} may not be attached")


def _spool(chunks: Iterable[bytes], spool: IO[bytes], limit: int) -> Measure:
    """Write the content compressed to a temporary file, measuring it on the way."""
    measure, digest, packer = Measure(), hashlib.sha256(), zlib.compressobj(_FAST, wbits=GZIP)
    for chunk in chunks:
        measure.size += len(chunk)
        if measure.size > limit:
            raise OperationFailed(f"File is larger than the maximum of {limit // _MEGABYTE} MB")
        digest.update(chunk)
        measure.compressed_size += spool.write(packer.compress(chunk))
    measure.compressed_size += spool.write(packer.flush())
    measure.digest = digest.hexdigest()
    return measure
