"""A list that ends before all its records have come says so."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from pysnow import Client, IncompleteResultWarning
from pysnow.resource import Resource
from tests.unit.canned_server import JSON_TYPE, CannedServer, http

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

TWO_OF_MANY = http(b'{"result":[{"sys_id":"1"},{"sys_id":"2"}]}', headers=[JSON_TYPE, ("X-Total-Count", "20000")])


def _client(server: CannedServer, **options: bool) -> Client:
    return Client(instance=server.url.split("/api/")[0], user="admin", password="admin", **options)  # type: ignore[arg-type]  # a call


@pytest.mark.parametrize("stream", [False, True])
def test_limit__that_nobody_chose_warns(stream: bool) -> None:
    with CannedServer(TWO_OF_MANY) as server, _client(server) as client:
        response = client.table("incident").get(stream=stream)
        with pytest.warns(IncompleteResultWarning, match="20000 records match") as caught:
            assert len(list(response.all())) == 2
        assert (response.truncated, caught[0].filename) == (True, __file__)


def test_limit__that_nobody_chose_warns_once() -> None:
    with CannedServer(TWO_OF_MANY) as server, _client(server) as client:
        response = client.table("incident").get()
        with pytest.warns(IncompleteResultWarning):
            response.all()
        assert len(response.all()) == 2


@pytest.mark.parametrize("stream", [False, True])
def test_limit__first_record_is_all_that_was_wanted(stream: bool) -> None:
    with CannedServer(TWO_OF_MANY) as server, _client(server) as client:
        response = client.table("incident").get(stream=stream)
        assert (response.first(), response.truncated) == ({"sys_id": "1"}, True)


def test_limit__warning_can_be_switched_off() -> None:
    with CannedServer(TWO_OF_MANY) as server, _client(server, warn_truncated=False) as client:
        response = client.table("incident").get()
        assert (len(response.all()), response.truncated) == (2, True)


def test_limit__that_was_chosen_is_no_surprise(incidents: Resource) -> None:
    response = incidents.get(limit=3)
    assert (len(response.all()), response.truncated) == (3, True)


def test_limit__that_suffices(incidents: Resource) -> None:
    response = incidents.get({"number": "INC0000001"})
    assert (len(response.all()), response.truncated) == (1, False)


def test_limit__that_the_instance_cut_warns(incidents: Resource, sandbox: Sandbox) -> None:
    with sandbox.fault("capped-limit", rows=7), pytest.warns(IncompleteResultWarning, match="after 7"):
        assert len(incidents.get(limit=20).all()) == 7


@pytest.mark.parametrize("stream", [False, True])
def test_limit__that_the_instance_may_have_cut(stream: bool) -> None:
    capped = http(b'{"result":[{"sys_id":"1"},{"sys_id":"2"}]}', headers=[JSON_TYPE, ("X-Total-Count", "60")])
    with CannedServer(capped) as server, _client(server) as client:
        response = client.table("incident").get(stream=stream)
        assert (len(list(response.all())), response.truncated) == (2, None)


def test_rows__that_access_rules_hide_are_no_truncation(incidents: Resource, sandbox: Sandbox) -> None:
    with sandbox.fault("hidden-rows", share=0.5), warnings.catch_warnings():
        warnings.simplefilter("error")
        response = incidents.get(limit=1000)
        assert (len(response.all()) < (response.total or 0), response.truncated) == (True, None)


def test_total__that_is_not_told_tells_nothing(incidents: Resource) -> None:
    response = incidents.get(limit=3, params={"sysparm_no_count": "true"}, suppress_pagination_header=True)
    assert (len(response.all()), response.truncated) == (3, None)


def test_single_record__has_no_such_thing(incidents: Resource) -> None:
    sys_id = incidents.get(limit=1).one()["sys_id"]
    assert incidents.request("GET", f"/{sys_id}").truncated is None
