"""Uploads: raw bytes, or a form with one file. Both pass the content on as it arrives."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.exceptions import RequestEntityTooLarge

from pysnow.sandbox.attachment_api.multipart import PIECE_BYTES, Upload, read_upload
from pysnow.sandbox.dictionary.types import Kind, date_value
from pysnow.sandbox.http.answer import Answer, Record
from pysnow.sandbox.http.errors import ApiError, bad_parameter, unreadable_body, unsupported_media_type
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.shaping import shape_attachments

_TARGET = ("table_name", "table_sys_id")
_OPTIONAL = ("encryption_context", "creation_time")
_SCANNING = "pending"
_FORM = "multipart/form-data"


def upload_binary(exchange: Exchange) -> Answer:
    """Store a body as a file: ``POST /attachment/file?table_name=&table_sys_id=&file_name=``.

    Raises:
        ApiError: 400, a parameter or the ``Content-Type`` is missing.
    """
    given = {name: exchange.parameters.text(name) for name in (*_TARGET, "file_name", *_OPTIONAL)}
    content_type = exchange.request.headers.get("Content-Type", "")
    if not content_type:
        raise bad_parameter("The header Content-Type is mandatory")
    upload = Upload(given, given["file_name"], content_type, _pieces(exchange))
    return _store(exchange, upload)


def upload_form(exchange: Exchange) -> Answer:
    """Store the file of a form: ``POST /attachment/upload``; ``table_name`` and ``table_sys_id`` stand before the file.

    Raises:
        ApiError: 415, not a form; 400, no file, or a field is missing before it.
    """
    if exchange.request.mimetype != _FORM:
        raise unsupported_media_type(exchange.request.headers.get("Content-Type", ""))
    try:
        upload = read_upload(exchange.request.stream, exchange.request.mimetype_params.get("boundary", ""))
        if upload is None:
            raise bad_parameter("The form holds no file; it must be its last part")
        return _store(exchange, upload)
    except (ValueError, RequestEntityTooLarge) as error:
        raise unreadable_form(error) from error


def _store(exchange: Exchange, upload: Upload) -> Answer:
    missing = [name for name in _TARGET if not upload.fields.get(name)]
    missing += [] if upload.file_name else ["file_name"]
    if missing:
        raise bad_parameter(f"Missing: {', '.join(missing)}")
    row = exchange.records.add_attachment(
        upload.fields["table_name"],
        upload.fields["table_sys_id"],
        upload.file_name,
        upload.content_type,
        upload.chunks,
        created_on=_creation_time(upload.fields.get("creation_time", "")),
        encryption_context=upload.fields.get("encryption_context", ""),
    )
    prefix = exchange.url.rpartition("/")[0]
    location = ("Location", f"{prefix}/{row['sys_id']}/file")  # the version of the path is kept, as recorded
    # Recorded: the answer still says pending; later reads tell the state that the virus scan left.
    return Answer(201, Record(shape_attachments(exchange.instance, [{**row, "state": _SCANNING}])[0]), (location,))


def _creation_time(text: str) -> str:
    """Read ``creation_time``, in UTC and stored form (our default for both); empty for none.

    Raises:
        ApiError: 400, it is no date-time.
    """
    moment = date_value(Kind.DATE_TIME, text) if text else ""
    if moment is None:
        raise bad_parameter(f"creation_time is not YYYY-MM-DD HH:MM:SS: {text}")
    return moment


def unreadable_form(error: Exception) -> ApiError:
    """Tell of a form that cannot be decoded."""
    return unreadable_body("java.io.InputStreamReader", id(error))


def _pieces(exchange: Exchange) -> Iterator[bytes]:
    return iter(lambda: exchange.request.stream.read(PIECE_BYTES), b"")
