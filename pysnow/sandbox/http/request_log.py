"""What the sandbox was asked: a bounded, thread-safe log, with secrets masked before they enter it."""

from __future__ import annotations

import io
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload
from urllib.parse import unquote_plus

from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

KEPT_REQUESTS = 10_000
"""Older entries make room for newer ones."""

KEPT_BODY_BYTES = 64 * 1024
"""Of each body this much is kept."""

MASK = "***"

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Verbs that change nothing."""

NOTE = "pysnow.sandbox.note"
"""Key, in a WSGI environment, of what takes the entry of a call in the place of the log."""

PARTS = "pysnow.sandbox.parts"
"""Key, in a WSGI environment, of the list that takes the entries of requests within a request."""

Note = Callable[["LoggedRequest"], None]

_SECRET_HEADERS = ("x-mfa-token", "x-sn-apikey", "x-usertoken")
_SECRET_PARAMETERS = frozenset(
    {"access_token", "assertion", "client_secret", "password", "refresh_token", "token", "x-sn-apikey"}
)
_SECRET_FIELDS = _SECRET_PARAMETERS | {"code", "code_verifier", "sysparm_ck", "user_password"}
_FORM_PATHS = ("/oauth_", "/login.do")


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as it arrived, and how it was answered.

    Attributes:
        method: Verb on the wire; an override is among the headers.
        path: Decoded path, without the query string.
        query: Decoded parameters in the order sent.
        headers: Headers by lower-case name; of ``authorization`` only the scheme is kept.
        body: The first ``KEPT_BODY_BYTES`` bytes the handler read; secrets of OAuth forms are masked.
        status: HTTP status of the answer; 0 when a fault let none through.
        user: User name of the caller; empty when nobody was logged in.
        fault: Name of the fault that struck the call, several joined by ``+``; None for an ordinary answer.
        committed: Whether the call, other than ``GET``, was executed with success: its changes stand, whatever of the
            answer reached the caller. A batch is, whatever became of its requests.
        parts: Of a batch: its requests that were run, in order, each with what the batch says of it alone.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    status: int
    user: str
    fault: str | None = None
    committed: bool = False
    parts: tuple[LoggedRequest, ...] = ()


class RequestLog(Sequence[LoggedRequest]):
    """Entries in the order in which they were answered; threads may share it.

    Args:
        kept: Most entries to keep.
    """

    def __init__(self, kept: int = KEPT_REQUESTS) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=kept)
        self._lock = threading.Lock()

    def add(self, entry: LoggedRequest) -> None:
        """Append an entry."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all entries."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> LoggedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[LoggedRequest]: ...
    def __getitem__(self, index: int | slice) -> LoggedRequest | list[LoggedRequest]:
        with self._lock:
            return list(self._entries)[index]

    def __repr__(self) -> str:
        return f"<RequestLog: {len(self)} requests>"


class RecordedInput(io.RawIOBase):
    """A request body that keeps the start of what is read from it.

    Args:
        stream: The body as the server hands it over (``wsgi.input``).
    """

    def __init__(self, stream: io.BufferedIOBase | io.RawIOBase) -> None:
        self._stream = stream
        self._kept = bytearray()

    @property
    def recorded(self) -> bytes:
        """The first ``KEPT_BODY_BYTES`` bytes that were read."""
        return bytes(self._kept)

    def readable(self) -> bool:
        """Say that this stream can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes."""
        view = memoryview(buffer).cast("B")
        chunk = self._stream.read(len(view)) or b""
        view[: len(chunk)] = chunk
        self._kept += chunk[: KEPT_BODY_BYTES - len(self._kept)]
        return len(chunk)


def log_entry(
    request: Request,
    pairs: Sequence[tuple[str, str]],
    body: bytes,
    *,
    status: int,
    user: str = "",
    committed: bool,
    parts: Iterable[LoggedRequest] = (),
) -> LoggedRequest:
    """Build the entry of a request, without its secrets.

    Args:
        request: The request.
        pairs: Its decoded parameters.
        body: What was read of its body.
        status: HTTP status of the answer.
        user: User name of the caller.
        committed: Whether its changes stand.
        parts: Entries of the requests within it.
    """
    return LoggedRequest(
        method=request.method,
        path=request.path,
        query=masked_query(pairs),
        headers=masked_headers(dict(request.headers)),
        body=masked_form(body) if request.path.startswith(_FORM_PATHS) else body,
        status=status,
        user=user,
        committed=committed,
        parts=tuple(parts),
    )


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Give headers by lower-case name, without the secrets in them."""
    kept = {name.lower(): value for name, value in headers.items()}
    if "authorization" in kept:
        kept["authorization"] = f"{kept['authorization'].partition(' ')[0]} {MASK}"
    return kept | {name: MASK for name in _SECRET_HEADERS if name in kept}


def masked_query(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give parameters without the tokens in them."""
    return [(name, MASK if name in _SECRET_PARAMETERS else value) for name, value in pairs]


def masked_form(body: bytes) -> bytes:
    """Give a form body without the passwords, client secrets, codes and tokens in it."""
    return b"&".join(map(_masked_field, body.split(b"&")))


def _masked_field(field: bytes) -> bytes:
    name, equals, value = field.partition(b"=")
    # Names may be escaped, and are no less secret then.
    is_secret = unquote_plus(name.decode("latin-1")) in _SECRET_FIELDS
    return name + equals + (MASK.encode() if is_secret and equals else value)
