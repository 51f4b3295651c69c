"""What small calls leave out to be quick is nothing that anybody could miss."""

from __future__ import annotations

import gc
import gzip
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow import Client
from tests.unit.canned_server import JSON_TYPE, Canned, CannedServer, http

EMPTY = http(b'{"result":[]}')
QUERY = "short_description=50 % off^ORnumber=INC0000001"
PROBE = requests.Session()


@pytest.fixture
def server() -> Iterator[CannedServer]:
    with CannedServer(EMPTY) as server:
        yield server


def client_of(server: CannedServer, **options: Any) -> Client:
    return Client(instance=server.url.partition("/api/")[0], user="a", password="b", retry=None, **options)


def target_of(server: CannedServer) -> str:
    """Path and query as the last request had them on the wire."""
    return server.requests[-1].split(b" ", 2)[1].decode("ascii")


def header_of(server: CannedServer, name: str) -> list[str]:
    lines = server.requests[-1].decode("latin-1").split("\r\n")
    return [line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}: ")]


# -- the address -------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=12), max_size=3))
def test_get__the_address_is_what_requests_would_send(params: dict[str, str]) -> None:
    with CannedServer(EMPTY) as server:
        client_of(server).resource(api_path="/table/incident").get(params=params).all()
        sent = target_of(server)
    base = dict(pair.partition("=")[::2] for pair in sent.partition("?")[2].split("&"))
    assert urlencode(params) in sent or not params
    prepared = PROBE.prepare_request(requests.Request("GET", f"http://x{sent}"))
    assert prepared.path_url == sent
    assert base["sysparm_display_value"] == params.get("sysparm_display_value", "false")


def test_get__no_log_at_any_level_shows_what_was_asked(server: CannedServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client_of(server).table("incident").get(QUERY).all()
    said = [record.getMessage() for record in caplog.records if record.name.startswith("urllib3")]
    assert any("/api/now/table/incident" in text for text in said)
    assert not any("sysparm" in record.getMessage() for record in caplog.records)


# -- headers and cookies -----------------------------------------------------------------------------------------------


def test_get__headers_of_the_session_count_from_the_next_call_on(server: CannedServer) -> None:
    client = client_of(server)
    table = client.table("incident")
    table.get(limit=1).all()
    client.session.headers["X-Team"] = "one"
    table.get(limit=1).all()
    assert header_of(server, "X-Team") == ["one"]
    del client.session.headers["X-Team"]
    table.get(limit=1).all()
    assert header_of(server, "X-Team") == []


def test_get__headers_of_a_call_are_those_of_this_call_alone(server: CannedServer) -> None:
    table = client_of(server).table("incident")
    table.get(limit=1, headers={"X-Team": "one"}).all()
    table.get(limit=1).all()
    assert header_of(server, "X-Team") == []


def test_get__a_cookie_is_kept_through_answers_without_one() -> None:
    first = http(b'{"result":[]}', headers=[JSON_TYPE, ("Set-Cookie", "JSESSIONID=abc; Path=/")])
    with CannedServer(first, EMPTY) as server:
        table = client_of(server).table("incident")
        for _ in range(3):
            table.get(limit=1).all()
        assert header_of(server, "Cookie") == ["JSESSIONID=abc"]


def test_get__a_new_cookie_takes_the_place_of_the_old_one() -> None:
    answers = [http(b'{"result":[]}', headers=[JSON_TYPE, ("Set-Cookie", f"A={name}; Path=/")]) for name in "xy"]
    with CannedServer(*answers, EMPTY) as server:
        table = client_of(server).table("incident")
        for _ in range(3):
            table.get(limit=1).all()
        assert header_of(server, "Cookie") == ["A=y"]


# -- memory ------------------------------------------------------------------------------------------------------------


def _read(client: Client) -> None:
    client.table("incident").get(limit=2).all()


def _stream(client: Client) -> None:
    list(client.table("incident").get(limit=2, stream=True).all())


def _iterate(client: Client) -> None:
    list(client.table("incident").iterate(page_size=2))


def _write(client: Client) -> None:
    table = client.table("incident")
    record = table.create({"short_description": "x"})
    record.update({"short_description": "y"})
    record.delete()


def _cyclic(work: Callable[[], None]) -> set[str]:
    """Classes of the client, and of what it sends with, whose objects only the search for cycles finds."""
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        work()
        gc.collect()
        kinds = {f"{type(found).__module__}.{type(found).__qualname__}" for found in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
    # The instance that answers lives in the same process.
    return {kind for kind in kinds if kind.startswith(("pysnow.", "requests.")) and ".sandbox." not in kind}


@pytest.mark.parametrize("work", [_read, _stream, _iterate, _write])
def test_call__leaves_nothing_for_the_search_for_cycles(work: Callable[[Client], None], client: Client) -> None:
    """Else an answer stays in memory, body and all, until that search comes by."""
    work(client)  # what is made once in a process or a connection may stay
    assert _cyclic(lambda: work(client)) == set()


# -- short bodies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("padding", [b"", b"\0" * 20])
@pytest.mark.parametrize("lost", [1, 8, 20])
def test_get__a_short_body_that_breaks_off_is_asked_for_again(lost: int, padding: bytes) -> None:
    """Also where all that is missing means nothing: what came is not what was said."""
    body = gzip.compress(b'{"result":[{"sys_id":"1"}]}') + padding
    whole = http(body, headers=[JSON_TYPE, ("Content-Encoding", "gzip")])
    with CannedServer(Canned(whole.raw[:-lost]), whole) as server:
        client = Client(instance=server.url.partition("/api/")[0], user="a", password="b")
        assert client.table("incident").get(limit=1).all() == [{"sys_id": "1"}]
        assert len(server.requests) == 2
