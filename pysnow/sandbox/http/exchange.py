"""One request as handlers see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from pysnow.sandbox.http import json_reader, xml
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.errors import not_authenticated, too_large_body, unreadable_body
from pysnow.sandbox.http.negotiation import Format, body_format
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.secured import SecuredRecords

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and the instance it is addressed to.

    Attributes:
        instance: The instance that answers.
        request: Headers and body.
        parameters: Parameters of the query string.
        path: Decoded path.
        login: Who calls; None only on the public endpoints (OAuth).
        version: ``v1`` or ``v2`` when the path pins one; empty for the latest.
    """

    instance: Instance
    request: Request
    parameters: Parameters
    path: str
    login: Caller | None
    version: str = ""

    @property
    def caller(self) -> Caller:
        """Who calls.

        Raises:
            ApiError: 401, the endpoint is public and nobody logged in.
        """
        if self.login is None:
            raise not_authenticated()
        return self.login

    @property
    def records(self) -> SecuredRecords:
        """The instance's records, as far as the caller has a right to them; made anew each time.

        Raises:
            ApiError: 401, the endpoint is public and nobody logged in.
        """
        return self.instance.secured(self.caller)

    @property
    def url(self) -> str:
        """The URL of this path, without parameters.

        An instance takes host and scheme from its own URL property, not from ``Host``
        (``glide.rest.replace_request_host_with_property``).
        """
        return f"{self.instance.base_url}{self.path}"

    def fields(self) -> json_reader.Fields:
        """Read the body as the fields of one record.

        Raises:
            ApiError: 415, neither JSON nor XML; 400, the body is too large or cannot be decoded.
        """
        if body_format(self.request.headers.get("Content-Type", "")) is Format.XML:
            read, decoder = xml.read_fields, "java.io.InputStreamReader"
        else:
            read, decoder = json_reader.read_fields, "java.io.StringReader"
        body = self._body()
        try:
            return read(body)
        except json_reader.MalformedBody as error:
            raise unreadable_body(decoder, id(body)) from error

    def written(self, answer: Answer) -> Answer:
        """Give the answer of a write, without its body when ``X-no-response-body: true`` asks for none."""
        if self.request.headers.get("X-no-response-body", "").lower() == "true":
            return Answer(answer.status, None, answer.headers)
        return answer

    def _body(self) -> bytes:
        limit_bytes = int(self.instance.properties["glide.rest.max_content_length"]) * MEGABYTE
        self.request.max_content_length = limit_bytes
        try:
            return self.request.get_data(cache=False)
        except RequestEntityTooLarge:
            # The length of a chunked body is unknown before its end; the first byte too many tells enough.
            raise too_large_body(self.request.content_length or limit_bytes + 1, limit_bytes) from None


Handler = Callable[..., Answer]
"""``(exchange, **parts of the path) -> Answer``."""
