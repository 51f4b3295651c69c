"""Credentials reach the header and nothing else."""

from __future__ import annotations

import base64
import copy
import pickle
from typing import Any

import pytest
import requests

from pysnow.auth import BasicAuth, BearerAuth, NoAuth, Secret
from pysnow.exceptions import InvalidUsage

CANARY = "canary-7f3a"


def _prepared() -> requests.PreparedRequest:
    return requests.Request("GET", "http://127.0.0.1/").prepare()


@pytest.mark.parametrize("show", [repr, str, lambda secret: f"{secret}", lambda secret: f"{[secret]}"])
def test_secret__does_not_show(show) -> None:
    assert CANARY not in show(Secret(CANARY))


def test_secret__is_revealed_when_asked() -> None:
    assert Secret(CANARY).reveal() == CANARY


def test_secret__refuses_to_be_pickled() -> None:
    with pytest.raises(TypeError, match="build the client anew"):
        pickle.dumps(Secret(CANARY))


def test_secret__is_unhashable() -> None:
    with pytest.raises(TypeError):
        hash(Secret(CANARY))


def test_secret__equals_the_same_text_only() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_secret__copies_to_itself(duplicate) -> None:
    secret = Secret(CANARY)
    assert duplicate(secret) is secret


@pytest.mark.parametrize("password", ["simple", "späße", "пароль", "with:colon"])
def test_basic_auth__sends_utf8(password: str) -> None:
    header = BasicAuth("abel.tuter", password)(_prepared()).headers["Authorization"]
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == f"abel.tuter:{password}"


def test_basic_auth__is_what_requests_knows() -> None:
    auth = BasicAuth("admin", CANARY)
    assert isinstance(auth, requests.auth.HTTPBasicAuth)
    assert (auth.username, auth.password) == ("admin", CANARY)
    assert auth == requests.auth.HTTPBasicAuth("admin", CANARY)


def test_basic_auth__does_not_show_the_password() -> None:
    auth = BasicAuth("admin", CANARY)
    assert CANARY not in repr(auth) + str(vars(auth))


def test_bearer_auth__asks_for_the_token_each_time() -> None:
    tokens = iter(["first", "second"])
    auth = BearerAuth(lambda: next(tokens), lambda refused: refused)
    assert [auth(_prepared()).headers["Authorization"] for _ in range(2)] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize(("other", "expected"), [("new", True), ("old", False)])
def test_bearer_auth__says_whether_there_is_another_token(other: str, expected: bool) -> None:
    assert BearerAuth(lambda: "old", lambda refused: other).renewed(Secret("Bearer old")) is expected


def test_no_auth__leaves_the_callers_header() -> None:
    request = requests.Request("GET", "http://127.0.0.1/", headers={"Authorization": "Bearer mine"}, auth=NoAuth())
    assert request.prepare().headers["Authorization"] == "Bearer mine"


def test_basic_auth__refuses_a_colon_in_the_name() -> None:
    with pytest.raises(InvalidUsage, match="colon"):
        BasicAuth("a:b", "c")


@pytest.mark.parametrize("pair", [("a", None), (None, "b"), (b"a", "b"), ("a", 5)])
def test_basic_auth__takes_texts_alone(pair: Any) -> None:
    with pytest.raises(InvalidUsage, match="texts"):
        BasicAuth(*pair)


def test_basic_auth__leaves_no_password_in_a_traceback() -> None:
    with pytest.raises(InvalidUsage) as caught:
        BasicAuth("a:b", "hunter2hunter2")
    inside = [value for entry in list(caught.traceback)[1:] for value in entry.frame.f_locals.values()]
    assert "hunter2hunter2" not in [value for value in inside if isinstance(value, str)]


def test_repr__of_what_could_not_be_made() -> None:
    assert repr(BasicAuth.__new__(BasicAuth)) == "BasicAuth(user=None)"
