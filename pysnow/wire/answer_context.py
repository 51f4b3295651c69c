"""What every error about an answer says of it; no secret is among that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pysnow.wire.answer_facts import facts_of

if TYPE_CHECKING:
    import requests

__all__ = ["answer_context", "request_line"]


def answer_context(response: requests.Response) -> dict[str, Any]:
    """What every error about an answer knows: method, path, status, transaction id, response."""
    method, _, path = request_line(response).partition(" ")
    _blot_cookies(response)
    return {
        **facts_of(response).context(response.status_code),
        "method": method or None,
        "path": path or None,
        "status": response.status_code,
        "transaction_id": response.headers.get("X-Transaction-ID"),
        "response": response,
    }


def request_line(response: requests.Response) -> str:
    """Method and path of the request behind an answer; never the query, which holds the caller's data."""
    request = response.request
    return f"{getattr(request, 'method', None) or 'GET'} {urlsplit(response.url or '').path}".strip()


def _blot_cookies(response: requests.Response) -> None:
    """Take the session cookie off an answer that hangs from an error; the session has it."""
    if response.headers.get("Set-Cookie", "***") != "***":
        response.headers["Set-Cookie"] = "***"
        response.cookies.clear()
        original = getattr(response.raw, "_original_response", None)
        for headers in (getattr(response.raw, "headers", None), getattr(original, "msg", None)):
            if headers is not None and "Set-Cookie" in headers:
                del headers["Set-Cookie"]
