"""One request within a batch, and the answer to it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import requests
from requests.structures import CaseInsensitiveDict

from pysnow.wire.answer_facts import AnswerFacts, attach_facts

__all__ = ["Part", "PartAnswer"]

_FRAME_BYTES: Final = 100
"""What the JSON around the members of a request takes."""


@dataclass(frozen=True)
class Part:
    """One request within a batch.

    Attributes:
        operation: ``create``, ``update``, ``delete`` or ``read``.
        method: HTTP method.
        path: Path below the instance's address.
        query: Query parameters, as they stand in an address.
        headers: All headers that it has.
        body: Its body.
        may_repeat: Whether it is sent again as soon as the instance says that it did not carry it out; False to have
            that looked at first.
    """

    operation: str
    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    may_repeat: bool = True

    @cached_property
    def members(self) -> dict[str, Any]:
        """What a batch says of it, but for its ``id``."""
        members: dict[str, Any] = {
            "method": self.method,
            "url": f"{self.path}?{self.query}" if self.query else self.path,
            "headers": [{"name": name, "value": value} for name, value in self.headers.items()],
        }
        if self.body:
            members["body"] = base64.b64encode(self.body).decode("ascii")
        return members

    @cached_property
    def size(self) -> int:
        """Bytes that it takes within a batch, nearly."""
        headers = sum(len(name) + len(value) + 22 for name, value in self.headers.items())
        return _FRAME_BYTES + headers + len(self.members["url"]) + len(self.members.get("body", ""))


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """The answer to one request of a batch.

    Attributes:
        status: HTTP status.
        headers: Its own headers.
        body: Its body, which may have been cut at the limit of the instance.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self, part: Part, address: str) -> requests.Response:
        """The answer as if it had come by itself, for what judges answers.

        Args:
            part: What it answers.
            address: Address of the instance.
        """
        request = requests.PreparedRequest()
        request.method, request.url = part.method, address + part.path
        request.headers = CaseInsensitiveDict({**part.headers})
        response = requests.Response()
        response.status_code, response.url, response.request = self.status, request.url, request
        response.headers = CaseInsensitiveDict({**self.headers})
        response._content = self.body
        setattr(response, "_content_consumed", True)  # noqa: B010  # as when it has been read from a wire
        response.encoding = "utf-8"
        attach_facts(response, AnswerFacts(part.operation, number=1))
        return response
