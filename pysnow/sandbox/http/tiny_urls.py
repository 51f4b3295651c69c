"""Long URLs kept under a short id: ``POST /api/now/tinyurl``, then lists with ``sysparm_tiny=<id>``.

The service is in no documentation; request, answer and use are those of a client of the vendor's certified collection.
Our defaults: 201; the answer begins with the path that was sent; what a list says itself counts over what was kept; an
id that was not given out here is refused aloud, for its query would be lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from urllib.parse import urlsplit

from pysnow.sandbox.http.answer import Answer, Document
from pysnow.sandbox.http.errors import bad_parameter, not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.routing import Route

PARAMETER = "sysparm_tiny"

_NOTE = "tiny_url."


def tiny_url_routes() -> list[Route]:
    """Build the route that keeps long URLs."""
    return [Route("POST", "/api/now/tinyurl", keep_url)]


def keep_url(exchange: Exchange) -> Answer:
    """Keep a URL: ``POST /tinyurl`` with ``{"url":"..."}`` gives ``{"result":"incident_list.do?sysparm_tiny=<id>"}``.

    Raises:
        ApiError: 400, there is no URL.
    """
    url = exchange.fields().get("url")
    if not isinstance(url, str) or not url:
        raise bad_parameter("Missing: url")
    parts = urlsplit(url)
    key = exchange.instance.platform.new_id()
    exchange.instance.store.set_meta(f"{_NOTE}{key}", parts.query)
    return exchange.written(Answer(201, Document({"result": f"{parts.path.lstrip('/')}?{PARAMETER}={key}"})))


def expanding(handler: Callable[..., Answer]) -> Callable[..., Answer]:
    """Let a handler see the parameters of the long URL that a short one stands for.

    Raises:
        ApiError: 501, the id was not given out here.
    """

    @wraps(handler)
    def expanded(exchange: Exchange, **parts: str) -> Answer:
        if exchange.parameters.has(PARAMETER):
            exchange = replace(exchange, parameters=_with_kept(exchange))
        return handler(exchange, **parts)

    return expanded


def _with_kept(exchange: Exchange) -> Parameters:
    query = exchange.instance.store.get_meta(f"{_NOTE}{exchange.parameters.text(PARAMETER)}")
    if query is None:
        raise not_emulated(f"{PARAMETER} with an id that was not given out by this sandbox")
    return exchange.parameters.with_kept(query)
