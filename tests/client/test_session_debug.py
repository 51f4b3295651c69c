"""The header goes out, and the log comes back; as the sandbox debugs nothing, another server sends entries."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from pysnow import Client, InvalidUsage
from pysnow.sandbox import Sandbox
from tests.unit.canned_server import Canned, CannedServer, http

ASKED = {"X-WantSessionDebugMessages": "true"}
LOGGED = b'{"result":[{"number":"1"}],"session":{"debug_logs":[{"type":"sql"},{"type":"acl"}]}}'
REFUSED = b'{"error":{"message":"no"},"session":{"debug_logs":[{"type":"acl"}]}}'


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A client of a sandbox."""
    with Sandbox() as sandbox, Client(instance=sandbox.url, user="admin", password="admin") as client:
        yield client


def _client(server: CannedServer) -> Client:
    return Client(instance=f"http://{urlsplit(server.url).netloc}", user="a", password="b", retry=None)


def _answered(answer: Canned) -> tuple[list[object], list[object]]:
    with CannedServer(answer) as server, _client(server) as client:
        response = client.table("incident").get(headers=ASKED)
        return response.debug_log, list(response.debug_log.by_type)


def test_debug_log__asked_for_in_a_header() -> None:
    with CannedServer(http(LOGGED)) as server, _client(server) as client:
        client.table("incident").get(headers=ASKED).all()
        assert b"x-wantsessiondebugmessages: true" in server.requests[0].lower()


def test_debug_log__entries_and_types() -> None:
    assert _answered(http(LOGGED)) == ([{"type": "sql"}, {"type": "acl"}], ["sql", "acl"])


def test_debug_log__beside_a_refusal() -> None:
    assert _answered(http(REFUSED, "403 Forbidden"))[0] == [{"type": "acl"}]


def test_debug_log__does_not_change_the_records() -> None:
    with CannedServer(http(LOGGED)) as server, _client(server) as client:
        response = client.table("incident").get(headers=ASKED)
        assert (len(response.debug_log), response.all()) == (2, [{"number": "1"}])


@pytest.mark.parametrize("headers", [None, ASKED], ids=["not asked for", "nothing logged"])
def test_debug_log__absent_is_an_empty_list(client: Client, headers: dict[str, str] | None) -> None:
    assert client.table("incident").get(limit=1, headers=headers).debug_log == []


def test_debug_log__of_a_created_record(client: Client) -> None:
    created = client.resource(api_path="/table/incident").create({"short_description": "x"}, headers=ASKED)
    assert created.debug_log == []


def test_debug_log__of_a_stream_is_refused(client: Client) -> None:
    with client.table("incident").get(limit=1, stream=True) as response, pytest.raises(InvalidUsage, match="stream"):
        _ = response.debug_log
