"""Who looks on as requests are sent, and who may keep one from being sent; nobody, unless a client says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import requests

    from pysnow.exceptions import PysnowException
    from pysnow.wire.exchange import Request

__all__ = ["Guard", "Observer"]


class Observer(Protocol):
    """Told of every attempt, in the thread that makes it. What it raises ends the call."""

    def sending(self, request: Request, number: int) -> None:
        """An attempt begins; ``number`` counts from 1."""
        ...

    def answered(self, request: Request, number: int, response: requests.Response, seconds: float) -> None:
        """An answer came, whatever its status. Its body has been read unless the request says ``stream``."""
        ...

    def count_rows_of(self, method: str, path: str, response: requests.Response) -> None:
        """An answer that came within a batch is that to a read; its records count as they are parsed."""
        ...

    def failed(self, request: Request, number: int, error: PysnowException, seconds: float) -> None:
        """No answer, or no whole one, came."""
        ...

    def repeating(self, request: Request, number: int, cause: str, wait: float) -> None:
        """The attempt of this number will be followed by another one, after ``wait`` seconds."""
        ...


class Guard(Protocol):
    """Asked before anything is sent."""

    def begin(self, operation: str) -> None:
        """Something that takes several requests begins.

        Raises:
            InvalidUsage: It must not.
        """  # noqa: DOC502
        ...

    def check(self, request: Request) -> None:
        """A request is about to be sent.

        Raises:
            InvalidUsage: It must not.
        """  # noqa: DOC502
        ...
