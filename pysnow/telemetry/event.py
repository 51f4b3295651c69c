"""What a hook is told: one attempt, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

    from pysnow.exceptions import PysnowException

__all__ = ["Event"]


@dataclass(frozen=True, slots=True)
class Event:
    """One attempt to get an answer. There are no credentials in it.

    Attributes:
        method: HTTP method.
        path: Path below the instance's address, without query.
        params: Query parameters, decoded.
        operation: ``read``, ``create``, ``update``, ``delete``, ``upload``, ``download``, ``token`` or ``custom``.
        table: Table concerned, if any.
        attempt: Number of the attempt within its call, from 1.
        status: HTTP status of the answer; None before it came, or when none did.
        seconds: Seconds until the answer came, or until it was clear that none does; None before.
        size: Bytes of the body, inflated; of a streamed one what ``Content-Length`` says; None when that is not known.
        transaction_id: The instance's ``X-Transaction-ID``.
        response: The answer, in hooks of ``response``.
        error: What went wrong, in hooks of ``error``.
        cause: Why the request is sent again, in hooks of ``retry``.
        wait: Seconds before it is, in hooks of ``retry``.
    """

    method: str
    path: str
    params: Mapping[str, Any]
    operation: str
    table: str | None
    attempt: int
    status: int | None = None
    seconds: float | None = None
    size: int | None = None
    transaction_id: str | None = None
    response: requests.Response | None = None
    error: PysnowException | None = None
    cause: str | None = None
    wait: float | None = None
