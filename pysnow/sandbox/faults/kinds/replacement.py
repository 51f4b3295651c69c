"""Answers that stand in the place of the instance's own."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.reply import Headers, Reply, json_bytes
from pysnow.sandbox.http.standing_headers import standing_headers

JSON = "application/json;charset=UTF-8"
HTML = "text/html;charset=UTF-8"


@dataclass(frozen=True)
class Replacement(Fault):
    """An answer in the place of the instance's own; with ``commit`` the call is served all the same."""

    commit: bool = False

    def play(self, call: Call, serve: Serve) -> Reply:
        """Answer, having served the call or not."""
        if self.commit:
            serve(call).discard()
        return self.answer(call)

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Give the answer."""


def instance_reply(call: Call, status: int, content_type: str, body: bytes, headers: Headers = ()) -> Reply:
    """Give an answer that comes from the instance, with what all its answers carry."""
    is_secure = call.environ.get("wsgi.url_scheme") == "https"
    standing = standing_headers(
        f"{call.random.getrandbits(48):012x}",
        now=call.world.clock(),
        is_logged_in=status != 401,
        waited_ms=0,
        secure=is_secure,
    )
    kind = (("Content-Type", content_type),) if content_type else ()
    return Reply(status, (*standing, *headers, *kind), (body,))


def edge_reply(status: int, body: bytes, *, content_type: str = HTML, headers: Headers = ()) -> Reply:
    """Give an answer that comes from the machines in front of an instance."""
    return Reply(status, (("Server", "snow_adc"), *headers, ("Content-Type", content_type)), (body,))


def envelope(call: Call, status: int, message: str, detail: str | None, headers: Headers = ()) -> Reply:
    """Give an error of the instance."""
    document = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return instance_reply(call, status, JSON, json_bytes(document), headers)


def html_page(title: str, text: str) -> bytes:
    """Give a page as the edge writes them."""
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n"
        "</body>\r\n</html>\r\n"
    ).encode()
