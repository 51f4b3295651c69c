"""Faults over HTTP: ``/sandbox/faults``, for tools that are not written in Python.

Every instance leaves the path free. It answers callers on the loopback interface, and wants ``application/json`` so
that no page of another site can switch a fault on: a browser would have to ask first, and gets no leave.
"""

from __future__ import annotations

from functools import partial
from ipaddress import ip_address

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.rule import Rule
from pysnow.sandbox.http.answer import Answer, Record
from pysnow.sandbox.http.app import OWN_PATHS
from pysnow.sandbox.http.errors import ApiError, bad_parameter, no_record
from pysnow.sandbox.http.exchange import Exchange, Handler
from pysnow.sandbox.http.routing import Route

PATH = f"{OWN_PATHS}faults"

_JSON = "application/json"


def fault_routes(book: FaultBook) -> list[Route]:
    """Build the routes: list, switch on, switch one off, switch all off."""
    served = (
        ("GET", PATH, _show),
        ("POST", PATH, _add),
        ("DELETE", PATH, _clear),
        ("DELETE", f"{PATH}/<number>", _remove),
    )
    return [Route(method, path, _guarded(partial(handler, book)), is_public=True) for method, path, handler in served]


def _guarded(handler: Handler) -> Handler:
    def serve(exchange: Exchange, **parts: str) -> Answer:
        if not _is_loopback(exchange.request.remote_addr or ""):
            raise ApiError(403, "Loopback only", "Faults are switched from the machine that runs the sandbox")
        return handler(exchange, **parts)

    return serve


def _show(book: FaultBook, exchange: Exchange) -> Answer:
    from pysnow.sandbox.faults.catalogue import fault_table

    kinds = [
        {
            "name": kind.name,
            "about": kind.about,
            "options": [
                {"name": option.name, "default": option.default, "choices": list(option.choices)}
                for option in kind.options
            ],
        }
        for kind in fault_table()
    ]
    return Answer(200, Record({"seed": book.seed, "faults": [_members(rule) for rule in book], "kinds": kinds}))


def _add(book: FaultBook, exchange: Exchange) -> Answer:
    if exchange.request.mimetype != _JSON:
        raise ApiError(415, "Unsupported media type", f"Content-Type must be {_JSON}")
    options = exchange.fields()
    name = options.pop("fault", None)
    if not isinstance(name, str):
        raise bad_parameter('fault must name a fault: {"fault": "latency", "seconds": 0.5, "table": "incident"}')
    given: dict[str, str | int | float | bool] = {}
    for key, value in options.items():
        if not isinstance(value, str | int | float | bool):
            raise bad_parameter(f"{key} must be a text, a number or a boolean")
        given[key] = value
    try:
        return Answer(201, Record(_members(book.add(name, **given))))
    except ValueError as error:
        raise bad_parameter(str(error)) from error


def _clear(book: FaultBook, exchange: Exchange) -> Answer:
    book.clear()
    return Answer(204)


def _remove(book: FaultBook, exchange: Exchange, number: str) -> Answer:
    for rule in book:
        if str(rule.number) == number:
            book.remove(rule)
            return Answer(204)
    raise no_record()


def _members(rule: Rule) -> dict[str, object]:
    from pysnow.sandbox.faults.spec import format_spec

    return {
        "number": rule.number,
        "fault": rule.fault.name(),
        "spec": format_spec(rule.fault, rule.conditions),
        "strikes": rule.strikes,
    }


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
