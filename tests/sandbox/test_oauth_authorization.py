"""The authorization code grant, walked through as a browser does ("OAuth authorization code", vendor docs)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox import Sandbox
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.oauth.authorization import AuthorizationRefused, read_request

REDIRECT = "http://127.0.0.1:8400/callback"
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
REQUEST = {"response_type": "code", "client_id": "sandbox", "redirect_uri": REDIRECT, "state": "a&b=c"}

Exchange = Callable[..., requests.Response]


@pytest.fixture
def sandbox(stopped_sandbox: Sandbox) -> Sandbox:
    return stopped_sandbox


class Browser:
    """Fills forms in and sends them back, with cookies, one step at a time."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False

    def open(self, path: str, parameters: dict[str, str] | None = None) -> requests.Response:
        url = f"{self.sandbox.url}{path}"
        return self.session.get(url, params=parameters, allow_redirects=False, timeout=30)

    def send(self, page: requests.Response, **fields: str) -> requests.Response:
        form = hidden_fields(page.text) | fields
        action = re.findall(r'action="([^"]*)"', page.text)[0]
        return self.session.post(f"{self.sandbox.url}{action}", data=form, allow_redirects=False, timeout=30)

    def log_in(self, page: requests.Response, user: str = "itil", password: str = "itil") -> requests.Response:
        return self.send(page, user_name=user, user_password=password, sys_action="sysverb_login")

    def consent_page(self, **changes: str) -> requests.Response:
        return self.open(self.log_in(self.open("/oauth_auth.do", REQUEST | changes)).headers["Location"])

    def allow(self, **changes: str) -> dict[str, str]:
        return sent_back(self.send(self.consent_page(**changes), decision="allow"))


def hidden_fields(text: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def sent_back(answer: requests.Response) -> dict[str, str]:
    """Give the parameters that the browser takes to the application."""
    assert answer.status_code == 302
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == REDIRECT
    return dict(parse_qsl(address.query))


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    browser = Browser(sandbox)
    with browser.session:
        yield browser


@pytest.fixture
def exchange(grant: Exchange) -> Exchange:
    """Exchange a code for tokens, with some parameters changed."""

    def ask(code: str, **changes: str | None) -> requests.Response:
        return grant("authorization_code", **{"code": code, "redirect_uri": REDIRECT, **changes})

    return ask


# -- the way through -------------------------------------------------------------------------------------------------


def test_walk__code_stands_for_who_signed_in(
    sandbox: Sandbox, browser: Browser, exchange: Exchange, use: Callable[[str], int]
) -> None:
    use(exchange(browser.allow()["code"]).json()["access_token"])
    assert sandbox.requests[-1].user == "itil"


def test_walk__refresh_token_belongs_to_it(browser: Browser, exchange: Exchange, grant: Exchange) -> None:
    token = exchange(browser.allow()["code"]).json()["refresh_token"]
    assert grant("refresh_token", refresh_token=token).status_code == 200


def test_walk__state_comes_back_as_it_was(browser: Browser) -> None:
    assert browser.allow()["state"] == "a&b=c"


def test_walk__signed_in_already(browser: Browser) -> None:
    browser.consent_page()
    assert "would like to connect" in browser.open("/oauth_auth.do", REQUEST).text


def test_walk__deny(browser: Browser) -> None:
    answer = browser.send(browser.consent_page(), decision="deny")
    assert sent_back(answer) == {"error": "access_denied", "state": "a&b=c"}


def test_walk__wrong_password(browser: Browser) -> None:
    page = browser.log_in(browser.open("/oauth_auth.do", REQUEST), password="wrong")
    assert "User name or password invalid" in page.text


def test_walk__second_try_after_a_wrong_password(browser: Browser) -> None:
    page = browser.log_in(browser.open("/oauth_auth.do", REQUEST), password="wrong")
    assert browser.log_in(page).headers["Location"].startswith("/oauth_auth.do?")


# -- codes -----------------------------------------------------------------------------------------------------------


def test_code__is_taken_once(browser: Browser, exchange: Exchange) -> None:
    code = browser.allow()["code"]
    assert [exchange(code).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 401)])
def test_code__lives_for_five_minutes(
    browser: Browser, exchange: Exchange, times: list[datetime], seconds: int, status: int
) -> None:
    code = browser.allow()["code"]
    times[0] += timedelta(seconds=seconds)
    assert exchange(code).status_code == status


@pytest.mark.parametrize("redirect_uri", ["http://127.0.0.1:8400/other", REDIRECT + "/", None])
def test_code__another_address(browser: Browser, exchange: Exchange, redirect_uri: str | None) -> None:
    assert exchange(browser.allow()["code"], redirect_uri=redirect_uri).status_code == 401


def test_code__another_application(sandbox: Sandbox, browser: Browser, exchange: Exchange) -> None:
    sandbox.add("oauth_entity", {"client_id": "other", "client_secret": "secret", "redirect_url": REDIRECT})
    answer = exchange(browser.allow()["code"], client_id="other", client_secret="secret")
    assert answer.status_code == 401


def test_code__is_no_token(browser: Browser, use: Callable[[str], int]) -> None:
    assert use(browser.allow()["code"]) == 401


def test_code__user_deactivated_meanwhile(sandbox: Sandbox, browser: Browser, exchange: Exchange) -> None:
    code = browser.allow()["code"]
    itil = sandbox.instance.caller("itil")
    assert itil is not None
    sandbox.instance.store.update("sys_user", itil.sys_id, {"active": "false"})
    assert exchange(code).status_code == 401


def test_code__of_many_at_once_one_takes_it(browser: Browser, exchange: Exchange) -> None:
    code = browser.allow()["code"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(exchange, [code] * 8))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


# -- proof key -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verifier", "status"), [(VERIFIER, 200), (VERIFIER[::-1], 401), (CHALLENGE, 401), ("short", 401), (None, 401)]
)
def test_pkce__verifier(browser: Browser, exchange: Exchange, verifier: str | None, status: int) -> None:
    code = browser.allow(**PKCE)["code"]
    assert exchange(code, code_verifier=verifier).status_code == status


def test_pkce__a_wrong_verifier_uses_the_code_up(browser: Browser, exchange: Exchange) -> None:
    code = browser.allow(**PKCE)["code"]
    assert [exchange(code, code_verifier=text).status_code for text in (VERIFIER[::-1], VERIFIER)] == [401, 401]


def test_pkce__verifier_without_a_challenge(browser: Browser, exchange: Exchange) -> None:
    """Somebody on the way took the challenge out of the request (RFC 9700, 4.8.2)."""
    assert exchange(browser.allow()["code"], code_verifier=VERIFIER).status_code == 401


@pytest.mark.parametrize(("changes", "status"), [({}, 400), (PKCE, 200)], ids=["without", "with"])
def test_pkce__public_client(sandbox: Sandbox, browser: Browser, changes: dict[str, str], status: int) -> None:
    sandbox.add("oauth_entity", {"client_id": "public", "public_client": "true", "redirect_url": REDIRECT})
    request = {**REQUEST, **changes, "client_id": "public"}
    assert browser.open("/oauth_auth.do", request).status_code == status


def test_pkce__public_client_needs_no_secret(sandbox: Sandbox, browser: Browser, exchange: Exchange) -> None:
    sandbox.add("oauth_entity", {"client_id": "public", "public_client": "true", "redirect_url": REDIRECT})
    code = browser.allow(client_id="public", **PKCE)["code"]
    assert exchange(code, client_id="public", client_secret=None, code_verifier=VERIFIER).status_code == 200


# -- requests that are wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"client_id": "unknown"}, "Invalid client_id in request"),
        ({"redirect_uri": "http://127.0.0.1:8400/callback/evil"}, "Invalid redirect_uri in request"),
        ({"redirect_uri": "http://evil.example"}, "Invalid redirect_uri in request"),
        ({"redirect_uri": ""}, "Invalid redirect_uri in request"),
        ({"response_type": "token"}, "Invalid response_type in request"),
        ({"state": ""}, "Missing State parameter in request"),
        ({"code_challenge": CHALLENGE}, "Invalid code_challenge_method in request"),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "Invalid code_challenge_method in request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "Invalid code_challenge in request"),
        ({"code_challenge": "", "code_challenge_method": "S256"}, "Invalid code_challenge in request"),
    ],
    ids=str,
)
def test_request__is_refused_on_a_page(browser: Browser, changes: dict[str, str], text: str) -> None:
    page = browser.open("/oauth_auth.do", REQUEST | changes)
    assert (page.status_code, text in page.text) == (400, True)


def test_request__state_may_lack_where_a_property_says_so(sandbox: Sandbox, browser: Browser) -> None:
    sandbox.instance.properties["glide.oauth.state.parameter.required"] = "false"
    assert list(browser.allow(state="")) == ["code"]


def test_request__one_of_several_addresses(sandbox: Sandbox, browser: Browser) -> None:
    addresses = f"https://app.example/back , {REDIRECT}"
    sandbox.add("oauth_entity", {"client_id": "two", "client_secret": "x", "redirect_url": addresses})
    assert "code" in browser.allow(client_id="two")


def test_request__address_with_a_line_break(sandbox: Sandbox, browser: Browser) -> None:
    """It would end the header it is sent in."""
    address = "http://127.0.0.1/\r\nX-Evil: 1"
    sandbox.add("oauth_entity", {"client_id": "evil", "client_secret": "x", "redirect_url": address})
    request = REQUEST | {"client_id": "evil", "redirect_uri": address}
    assert browser.open("/oauth_auth.do", request).status_code == 400


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    sandbox = Sandbox()
    yield sandbox.instance
    sandbox.close()


@given(changes=st.dictionaries(st.sampled_from([*REQUEST, *PKCE]), st.text(st.characters(codec="utf-8"))))
def test_request__whatever_it_is_leads_to_registered_addresses_only(
    instance: Instance, changes: dict[str, str]
) -> None:
    request = REQUEST | changes
    try:
        wanted = read_request(instance, lambda name: request.get(name, ""))
    except AuthorizationRefused:
        return
    assert dict(wanted.reply(code="x").headers)["Location"].startswith(f"{REDIRECT}?code=x")


# -- pages -----------------------------------------------------------------------------------------------------------


def test_pages__values_are_escaped(sandbox: Sandbox, browser: Browser) -> None:
    sandbox.add("oauth_entity", {"name": "<script>x</script>", "client_id": "s", "redirect_url": REDIRECT})
    page = browser.consent_page(client_id="s", state='"><script>y</script>')
    assert "<script>" not in page.text


def test_pages__stay_out_of_frames(browser: Browser) -> None:
    assert browser.open("/oauth_auth.do", REQUEST).headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("token", ["", "0" * 72, "\u00fc"])
def test_consent__not_from_a_page_of_the_session(browser: Browser, token: str) -> None:
    assert browser.send(browser.consent_page(), decision="allow", sysparm_ck=token).status_code == 403


def test_consent__from_a_session_that_has_ended(browser: Browser, times: list[datetime]) -> None:
    page = browser.consent_page()
    times[0] += timedelta(seconds=1801)
    again = browser.log_in(browser.send(page, decision="allow"))
    assert again.headers["Location"].startswith("/oauth_auth.do?")


def test_consent__address_changed_on_the_page(browser: Browser) -> None:
    page = browser.consent_page()
    assert browser.send(page, decision="allow", redirect_uri="http://evil.example").status_code == 400


def test_log__has_no_secrets(sandbox: Sandbox, browser: Browser, exchange: Exchange) -> None:
    code = browser.allow(**PKCE)["code"]
    exchange(code, code_verifier=VERIFIER)
    bodies = b"".join(entry.body for entry in sandbox.requests)
    assert [text for text in (code, VERIFIER, "user_password=itil") if text.encode() in bodies] == []
