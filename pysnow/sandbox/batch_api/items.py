"""Reading of a batch: which requests it holds."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from pysnow.sandbox.http.errors import ApiError, bad_parameter
from pysnow.sandbox.http.json_reader import Fields


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One request of a batch.

    Attributes:
        item_id: The caller's name for it; answers are told apart by it.
        method: Its verb, in capitals.
        url: Path and query string, relative to the instance.
        headers: Its own headers.
        body: Its body; None for text that is no Base64.
        excludes_headers: Whether the answer shall come without headers (``exclude_response_headers``).
    """

    item_id: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    excludes_headers: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """What a caller sent.

    Attributes:
        batch_request_id: The caller's name for the batch; a string, whatever was sent (recorded by PySNC's tests).
        items: Its requests, in the order in which they run.
    """

    batch_request_id: str
    items: tuple[BatchItem, ...]


def read_batch(fields: Fields) -> Batch:
    """Read a batch whole, before anything of it runs.

    Raises:
        ApiError: 400, the document has another shape than that of a batch (our default: nothing of it runs).
    """
    requests = _list(fields.get("rest_requests"), "rest_requests")
    items = tuple(_item(request, f"rest_requests[{position}]") for position, request in enumerate(requests))
    return Batch(_text(fields.get("batch_request_id", ""), "batch_request_id"), items)


def _item(value: object, place: str) -> BatchItem:
    members = _object(value, place)
    return BatchItem(
        item_id=_text(members.get("id"), f"{place}.id"),
        method=_text(members.get("method"), f"{place}.method").upper(),
        url=_text(members.get("url"), f"{place}.url"),
        headers=_headers(members.get("headers"), f"{place}.headers"),
        body=_decoded(_text(members.get("body") or "", f"{place}.body")),
        excludes_headers=str(members.get("exclude_response_headers")).lower() == "true",
    )


def _headers(value: object, place: str) -> tuple[tuple[str, str], ...]:
    headers = [_object(header, place) for header in _list([] if value is None else value, place)]
    return tuple(
        (_text(header.get("name"), f"{place}.name"), _text(header.get("value"), f"{place}.value")) for header in headers
    )


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _list(value: object, place: str) -> list[object]:
    if not isinstance(value, list):
        raise _malformed(place, "a list")
    return value


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _malformed(place, "an object")
    return value


def _text(value: object, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # ids are often sent as numbers
    raise _malformed(place, "a string")


def _malformed(place: str, kind: str) -> ApiError:
    return bad_parameter(f"{place} must be {kind}")
