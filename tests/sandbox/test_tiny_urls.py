"""Long URLs under a short id: ``/api/now/tinyurl`` and ``sysparm_tiny``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

Call = Callable[..., requests.Response]

INCIDENTS = "/api/now/table/incident"


@pytest.fixture
def shorten(call: Call) -> Callable[..., str]:
    """Keep a URL with certain parameters; gives its id."""

    def send(path: str = "incident_list.do", **parameters: str) -> str:
        url = f"https://dev00000.service-now.com/{path}?{urlencode(parameters)}"
        answer = call("POST", "/api/now/tinyurl", json={"url": url})
        found = re.fullmatch(rf"{re.escape(path)}\?sysparm_tiny=(\w+)", answer.json()["result"])
        assert found, answer.text
        return found[1]

    return send


def numbers(answer: requests.Response) -> list[str]:
    rows: list[dict[str, Any]] = answer.json()["result"]
    return [row["number"] for row in rows]


def test_keep__answer(call: Call) -> None:
    answer = call("POST", "/api/now/tinyurl", json={"url": "https://x/incident_list.do?sysparm_query=active=true"})
    assert (answer.status_code, list(answer.json())) == (201, ["result"])
    assert answer.json()["result"].startswith("incident_list.do?sysparm_tiny=")


@pytest.mark.parametrize("body", [{}, {"url": ""}, {"url": 5}])
def test_keep__without_a_url(call: Call, body: dict[str, object]) -> None:
    assert call("POST", "/api/now/tinyurl", json=body).status_code == 400


def test_list__has_the_kept_query(call: Call, shorten: Callable[..., str], incident: dict[str, str]) -> None:
    tiny = shorten(sysparm_query=f"numberIN{incident['number']}")
    assert numbers(call("GET", INCIDENTS, params={"sysparm_tiny": tiny})) == [incident["number"]]


def test_list__has_the_kept_fields(call: Call, shorten: Callable[..., str]) -> None:
    tiny = shorten("api/now/table/incident", sysparm_fields="number", sysparm_limit="1")
    (row,) = call("GET", INCIDENTS, params={"sysparm_tiny": tiny}).json()["result"]
    assert list(row) == ["number"]


def test_list__has_kept_field_filters(call: Call, shorten: Callable[..., str], incident: dict[str, str]) -> None:
    tiny = shorten("api/now/table/incident", number=incident["number"])
    assert numbers(call("GET", INCIDENTS, params={"sysparm_tiny": tiny})) == [incident["number"]]


def test_list__own_parameters_count_first(call: Call, shorten: Callable[..., str]) -> None:
    tiny = shorten(sysparm_query="ORDERBYnumber", sysparm_limit="5")
    assert len(numbers(call("GET", INCIDENTS, params={"sysparm_tiny": tiny, "sysparm_limit": "2"}))) == 2


def test_list__links_stay_short(call: Call, shorten: Callable[..., str]) -> None:
    tiny = shorten(sysparm_query="ORDERBYnumber")
    link = call("GET", INCIDENTS, params={"sysparm_tiny": tiny, "sysparm_limit": "2"}).headers["Link"]
    assert (f"sysparm_tiny={tiny}" in link, "ORDERBY" in link) == (True, False)


def test_list__unknown_id_is_refused_aloud(call: Call) -> None:
    """To pass it over would answer with the whole table."""
    assert call("GET", INCIDENTS, params={"sysparm_tiny": "abc"}).status_code == 501


@pytest.mark.parametrize("path", ["/api/now/stats/incident", "/api/now/attachment"])
def test_other_lists__unknown_id_is_refused_aloud(call: Call, path: str) -> None:
    assert call("GET", path, params={"sysparm_tiny": "abc"}).status_code == 501


def test_statistics__of_the_kept_query(call: Call, shorten: Callable[..., str], incident: dict[str, str]) -> None:
    tiny = shorten(sysparm_query=f"number={incident['number']}")
    answer = call("GET", "/api/now/stats/incident", params={"sysparm_tiny": tiny, "sysparm_count": "true"})
    assert answer.json() == {"result": {"stats": {"count": "1"}}}
