"""Sessions of pages, and REST calls with their cookies (REST API documentation on ``X-UserToken``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import requests

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident?sysparm_limit=1"

Send = Callable[..., requests.Response]


@pytest.fixture
def send(sandbox: Sandbox) -> Iterator[Send]:
    """Send with the cookies of a browser, and nothing else."""
    with requests.Session() as session:
        session.trust_env = False

        def do(method: str, path: str, **options: object) -> requests.Response:
            options = {"allow_redirects": False, "timeout": 30, **options}
            return session.request(method, f"{sandbox.url}{path}", **options)  # type: ignore[arg-type]  # any option

        yield do


def log_in(send: Send, user: str = "itil", password: str = "itil", **fields: str) -> requests.Response:
    page = send("GET", "/login.do")
    token = re.findall(r'name="sysparm_ck" value="([0-9a-f]*)"', page.text)[0]
    return send("POST", "/login.do", data={"sysparm_ck": token, "user_name": user, "user_password": password, **fields})


def user_token(send: Send) -> str:
    """Take the token out of a page, as scripts do."""
    return str(re.findall(r"g_ck = '([0-9a-f]+)'", send("GET", "/navpage.do").text)[0])


def test_login__leads_to_the_home_page(send: Send) -> None:
    answer = log_in(send)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/navpage.do")


def test_login__opens_a_session_with_a_new_id(send: Send) -> None:
    """Whoever knew the id before must not share the session (session fixation)."""
    before = send("GET", "/login.do").cookies["JSESSIONID"]
    assert log_in(send).cookies["JSESSIONID"] != before


@pytest.mark.parametrize("target", ["http://evil.example", "//evil.example", "/oauth_auth.do?a=b\r\nX-Evil: 1"])
def test_login__leads_nowhere_else(send: Send, target: str) -> None:
    assert log_in(send, sysparm_goto_url=target).headers["Location"] == "/navpage.do"


def test_login__form_from_another_site(send: Send) -> None:
    assert log_in(send, sysparm_ck="0" * 72).status_code == 200


@pytest.mark.parametrize("user", ["vera.holloway", "simon.kessler", "nobody"], ids=["inactive", "locked", "unknown"])
def test_login__refused(send: Send, user: str) -> None:
    assert "User name or password invalid" in log_in(send, user, user).text


def test_login__user_for_web_services_only(sandbox: Sandbox, send: Send) -> None:
    sandbox.add("sys_user", {"user_name": "robot", "user_password": "x", "web_service_access_only": "true"})
    assert "User name or password invalid" in log_in(send, "robot", "x").text


def test_home__not_signed_in(send: Send) -> None:
    assert send("GET", "/navpage.do").headers["Location"] == "/login.do"


def test_user_token__has_72_characters(send: Send) -> None:
    log_in(send)
    assert len(user_token(send)) == 72


def test_rest__with_the_user_token(sandbox: Sandbox, send: Send) -> None:
    log_in(send)
    send("GET", INCIDENTS, headers={"X-UserToken": user_token(send)})
    assert (sandbox.requests[-1].status, sandbox.requests[-1].user) == (200, "itil")


@pytest.mark.parametrize("headers", [{}, {"X-UserToken": "0" * 72}], ids=["none", "wrong"])
def test_rest__without_the_user_token(send: Send, headers: dict[str, str]) -> None:
    log_in(send)
    assert send("GET", INCIDENTS, headers=headers).status_code == 401


def test_rest__session_of_nobody(send: Send) -> None:
    page = send("GET", "/login.do")
    token = re.findall(r'name="sysparm_ck" value="([0-9a-f]*)"', page.text)[0]
    assert send("GET", INCIDENTS, headers={"X-UserToken": token}).status_code == 401


def test_rest__session_of_basic_has_no_user_token(send: Send) -> None:
    """Its cookies save the work of logging in again, and count for nothing without the credentials."""
    send("GET", INCIDENTS, auth=("admin", "admin"))
    assert send("GET", INCIDENTS).status_code == 401
