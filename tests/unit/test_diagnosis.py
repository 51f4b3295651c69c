"""What an unsatisfactory answer means."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import (
    AuthenticationError,
    ErrorInResult,
    HTMLResponse,
    HTTPStatusError,
    InstanceHibernating,
    LoginPage,
    MalformedResponse,
    MissingResult,
    NoResults,
    NotFound,
    PartialResult,
    PermissionDenied,
    ProxyPage,
    PysnowException,
    RateLimited,
    RecordNotFound,
    ServerError,
    UnexpectedRedirect,
)
from pysnow.wire.diagnosis import (
    QUOTED_CHARACTERS,
    context_of,
    diagnose_envelope,
    diagnose_nothing,
    diagnose_page,
    diagnose_status,
)

URL = "https://dev1.service-now.com/api/now/table/incident?sysparm_query=secret"
CANCELLED = {"message": "Transaction cancelled: maximum execution time exceeded", "detail": "See the log"}


def answer(status: int = 200, method: str = "GET", url: str = URL, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = url
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    response.request = requests.Request(method, url).prepare()
    return response


def body(message: Any, detail: Any = None) -> bytes:
    return json.dumps({"error": {"message": message, "detail": detail}, "status": "failure"}).encode()


def error_of(status: int, content: bytes = b"", **headers: str) -> PysnowException:
    return diagnose_status(answer(status, **headers), content)


# -- status ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, HTTPStatusError),
        (401, AuthenticationError),
        (403, PermissionDenied),
        (404, NotFound),
        (405, HTTPStatusError),
        (414, HTTPStatusError),
        (429, RateLimited),
        (499, HTTPStatusError),
        (500, ServerError),
        (502, ServerError),
        (599, ServerError),
        (300, HTTPStatusError),
        (304, HTTPStatusError),
        (301, UnexpectedRedirect),
        (302, UnexpectedRedirect),
        (303, UnexpectedRedirect),
        (307, UnexpectedRedirect),
        (308, UnexpectedRedirect),
    ],
)
def test_diagnose_status__each_status_has_its_class(status: int, kind: type[PysnowException]) -> None:
    assert type(error_of(status, body("m"))) is kind


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_diagnose_status__errors_are_those_of_requests_too(status: int) -> None:
    assert isinstance(error_of(status), requests.HTTPError)


def test_diagnose_status__the_servers_words_are_kept() -> None:
    error = error_of(403, body("Operation Failed", "ACL Exception Insert Failed due to security constraints"))
    assert (error.message, error.detail) == (
        "Operation Failed",
        "ACL Exception Insert Failed due to security constraints",
    )


def test_diagnose_status__the_servers_words_have_their_old_names() -> None:
    error = error_of(403, body("Operation Failed", "ACL"))
    assert isinstance(error, HTTPStatusError)
    assert (error.error_summary, error.error_details) == ("Operation Failed", "ACL")


def test_diagnose_status__a_detail_of_null_is_empty() -> None:
    assert error_of(400, body("Invalid table u_nope", None)).detail == "<empty>"


def test_diagnose_status__a_missing_record_is_no_result() -> None:
    error = error_of(404, body("No Record found", "Record doesn't exist or ACL restricts the record retrieval"))
    assert (type(error), isinstance(error, NoResults)) == (RecordNotFound, True)


def test_diagnose_status__an_unknown_path_is_not_no_result() -> None:
    error = error_of(404, body("Requested URI does not represent any resource"))
    assert not isinstance(error, NoResults)


CREDENTIALS = {
    "basic": ({"Authorization": "Basic ***"}, {}),
    "bearer": ({"Authorization": "Bearer ***"}, {}),
    "api key": ({"x-sn-apikey": "***"}, {}),
    "scheme of another kind": ({"Authorization": "***"}, {}),
    "nothing": ({}, {}),
    "second factor": ({"Authorization": "Basic ***"}, {"X-MFA_TOKEN": "invalid"}),
}
CAUSES = [
    ("basic", "wrong user or password"),
    ("basic", "locked out or inactive"),
    ("basic", "web-service-only users"),
    ("basic", "snc_basic_auth_api_access"),
    ("basic", "second factor"),
    ("basic", "snc_platform_rest_api_access"),
    ("bearer", "expired or was revoked"),
    ("bearer", "another instance"),
    ("bearer", "REST API access policy"),
    ("bearer", "snc_platform_rest_api_access"),
    ("api key", "wrong, expired or inactive"),
    ("api key", "no REST API access policy of this API that lets keys in"),
    ("nothing", "no credentials"),
    ("nothing", "client certificate"),
    ("nothing", "X-UserToken"),
    ("scheme of another kind", "none that this API takes"),
    ("second factor", "append the one-time code to the password"),
]
UNKNOWN = body("User Not Authenticated", "Required to provide Auth information")


def refused(kind: str) -> PysnowException:
    sent, received = CREDENTIALS[kind]
    response = answer(401)
    response.request.headers.update(sent)
    response.headers.update(received)
    return diagnose_status(response, UNKNOWN)


@pytest.mark.parametrize(("kind", "cause"), CAUSES)
def test_diagnose_status__401_lists_likely_causes(kind: str, cause: str) -> None:
    assert cause in str(refused(kind))


@pytest.mark.parametrize(("kind", "cause"), [("bearer", "password"), ("api key", "password"), ("basic", "token")])
def test_diagnose_status__401_lists_no_causes_of_other_credentials(kind: str, cause: str) -> None:
    assert cause not in str(refused(kind).hint)


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_diagnose_status__401_says_it_in_a_few_lines(kind: str) -> None:
    hint = refused(kind).hint
    assert hint is not None
    assert (len(hint) < 400, "\n" in hint) == (True, False)


@pytest.mark.parametrize(
    ("detail", "cause"),
    [
        ("ACL Exception Insert Failed due to security constraints", "does not let this user do that"),
        ("Failed API level ACL Validation", "this REST endpoint"),
        ("Operation against file 'problem' was aborted by Business Rule 'My rule^1'", "business rule"),
        ("Data Policy Exception: Short description is mandatory", "data policy"),
        ("Unique Key violation detected by database", "exists already"),
        ("Forbidden", "not open to web services"),
        ("Forbidden", "a role that this user lacks"),
        (None, "access control (ACL)"),
    ],
)
def test_diagnose_status__403_says_why(detail: str | None, cause: str) -> None:
    assert cause in str(error_of(403, body("Operation Failed", detail)))


def test_diagnose_status__429_asks_to_wait_whoever_sends_it() -> None:
    error = error_of(429, b"<html><title>Too many</title></html>")
    assert (error.message, (error.hint or "").split()[0]) == ("Too many", "Wait")


def test_diagnose_status__a_cancelled_transaction_asks_for_less() -> None:
    assert "ask for fewer records" in str(error_of(500, body(CANCELLED["message"])))


@pytest.mark.parametrize(
    "content",
    [b"", b"  ", b"\xff\xfe", b"null", b"[]", b"[" * 100_000, b'{"error":', b'{"error":null}', b'{"error":[]}', b"<"],
)
def test_diagnose_status__takes_any_body(content: bytes) -> None:
    assert isinstance(error_of(500, content), ServerError)


@given(st.binary(max_size=200))
def test_diagnose_status__takes_any_bytes(content: bytes) -> None:
    assert isinstance(error_of(400, content), HTTPStatusError)


def test_diagnose_status__an_error_text_is_the_message() -> None:
    assert error_of(401, b'{"error_description":"access_denied","error":"server_error"}').message == "server_error"


def test_diagnose_status__a_plain_text_is_the_message() -> None:
    assert error_of(503, b"Service\n Unavailable").message == "Service Unavailable"


def test_diagnose_status__a_page_is_told_by_its_title() -> None:
    error = error_of(502, b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>")
    assert error.message == "502 Bad Gateway"


def test_diagnose_status__a_page_is_named() -> None:
    assert "proxy or balancer" in str(error_of(502, b"<html><title>502 Bad Gateway</title></html>"))


def test_diagnose_status__quotes_a_long_body_in_brief() -> None:
    text = str(error_of(500, body("m" * 5000, "d" * 5000)))
    assert text.count("m" * 10) * 10 + text.count("d" * 10) * 10 <= QUOTED_CHARACTERS + 10


def test_diagnose_status__keeps_a_long_detail_whole() -> None:
    assert error_of(500, body("m", "d" * 5000)).detail == "d" * 5000


def test_diagnose_status__says_it_in_one_line() -> None:
    assert "\n" not in str(error_of(500, body("a\nb", "c\r\nd")))


@pytest.mark.parametrize("status", [401, 404, 500, 302])
def test_diagnose_status__never_tells_the_query(status: int) -> None:
    assert "secret" not in str(error_of(status))


def test_diagnose_status__knows_the_call() -> None:
    error = diagnose_status(answer(500, "PUT", X_Transaction_ID="abc"), b"", table="incident")
    assert (error.operation, error.table, error.method, error.path, error.status, error.transaction_id) == (
        "update",
        "incident",
        "PUT",
        "/api/now/table/incident",
        500,
        "abc",
    )


def test_diagnose_status__carries_the_answer() -> None:
    response = answer(500)
    assert diagnose_status(response, b"").response is response


@pytest.mark.parametrize("status", [302, 401, 404, 429, 503])
def test_diagnose_status__errors_can_be_pickled(status: int) -> None:
    error = error_of(status, body("m", "d"))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# -- whether a write was carried out -----------------------------------------------------------------------------------

TABLE = "https://dev1.service-now.com/api/now/table/incident"
ATTACHMENT = "https://dev1.service-now.com/api/now/v2/attachment/file"


def committed_of(status: int, content: bytes | None = None, method: str = "POST", url: str = TABLE) -> bool | None:
    return diagnose_status(answer(status, method, url), body("m", "d") if content is None else content).committed


@pytest.mark.parametrize("status", [400, 401, 405, 415, 429])
def test_committed__a_refusal_by_the_instance_is_certain(status: int) -> None:
    assert committed_of(status) is False


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_committed__every_write_can_be_refused(method: str) -> None:
    assert committed_of(400, method=method) is False


@pytest.mark.parametrize("url", [TABLE, ATTACHMENT])
def test_committed__records_and_files_can_be_refused(url: str) -> None:
    assert committed_of(400, url=url) is False


@pytest.mark.parametrize("status", [304, 403, 404, 408, 409, 413, 500, 502, 503])
def test_committed__other_statuses_prove_nothing(status: int) -> None:
    """A 403 was seen after the record had been created (KB2697679)."""
    assert committed_of(status) is None


@pytest.mark.parametrize("content", [b"", b"Bad Request", b"<html><title>400</title></html>", b'{"error":"bad"}'])
def test_committed__the_words_of_something_in_between_prove_nothing(content: bytes) -> None:
    assert committed_of(400, content) is None


@pytest.mark.parametrize("path", ["/api/x_acme/orders", "/api/now/import/u_stage", "/api/now/tables/x"])
def test_committed__other_apis_may_refuse_too_late(path: str) -> None:
    assert committed_of(400, url="https://dev1.service-now.com" + path) is None


def test_committed__is_no_question_of_reads() -> None:
    assert committed_of(400, method="GET") is None


# -- redirects ---------------------------------------------------------------------------------------------------------


def test_diagnose_status__304_is_no_redirect() -> None:
    assert "redirect" not in str(error_of(304))


def test_diagnose_status__304_says_which_headers_cause_it() -> None:
    assert "If-None-Match" in str(error_of(304))


def test_diagnose_status__another_3xx_says_what_to_check() -> None:
    assert "check instance= or host=" in str(error_of(300))


def test_diagnose_status__a_redirect_names_the_host() -> None:
    assert "login.example" in str(error_of(302, Location="https://login.example/x?token=secret"))


@pytest.mark.parametrize(
    "location", ["https://user:secret@host.example/secret?secret#secret", "/secret?secret", "https://[secret", ""]
)
def test_diagnose_status__a_redirect_tells_no_more_than_the_host(location: str) -> None:
    assert "secret" not in str(error_of(302, Location=location))


@pytest.mark.parametrize("location", ["/login.do", "https://sso.example/login?x=1", "/saml_redirector.do"])
@pytest.mark.parametrize("kind", [LoginPage, UnexpectedRedirect])
def test_diagnose_status__a_redirect_to_a_login(location: str, kind: type[PysnowException]) -> None:
    assert isinstance(error_of(302, Location=location), kind)


def test_diagnose_status__another_redirect_is_no_login_page() -> None:
    assert not isinstance(error_of(302, Location="https://other.example/assigning"), LoginPage)


def test_diagnose_status__a_login_redirect_can_be_pickled() -> None:
    error = error_of(302, Location="/login.do")
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), str(twin)) == (type(error), str(error))


@pytest.mark.parametrize("page", [b"<html><h1>Request-URI Too Large</h1></html>", b"<html>nginx gateway</html>"])
def test_diagnose_status__414_is_about_the_address_whoever_says_so(page: bytes) -> None:
    assert "too long for an address" in str(error_of(414, page).hint)


def test_diagnose_status__a_redirect_to_the_developer_site_means_sleep() -> None:
    error = error_of(302, Location="https://developer.servicenow.com/dev.do#!/home?wu=true")
    assert "sleeps" in str(error.hint)


# -- Retry-After -------------------------------------------------------------------------------------------------------


def test_diagnose_status__429_says_how_long_to_wait() -> None:
    error = error_of(429, Retry_After="7")
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


# -- pages -------------------------------------------------------------------------------------------------------------

PAGES = {
    "hibernating": (
        b"<html><head><title>Instance Hibernating page</title></head><body class='instance-hibernating-page'>"
        b"<h1>Your instance is hibernating</h1></body></html>",
        InstanceHibernating,
    ),
    "login": (b"<!DOCTYPE html><title>Log in</title><form><input type='password' name='user_password'>", LoginPage),
    "single sign-on": (b"<html><body><form><input name='SAMLRequest' value='x'></form></body></html>", LoginPage),
    "proxy": (b"<html><title>ERR_ACCESS_DENIED</title><body>Squid proxy</body></html>", ProxyPage),
    "balancer": (b"<html><h1>503 Service Unavailable</h1></html>", ProxyPage),
    "maintenance": (b"<html><title>Down for maintenance</title></html>", HTMLResponse),
    "fragment": (b"<p>Hello</p>", HTMLResponse),
    "XHTML": (b'<?xml version="1.0"?><html xmlns="x"><title>Hello</title></html>', HTMLResponse),
    "XML": (b"<?xml version='1.0'?><response><result/></response>", MalformedResponse),
    "XML, bare": (b"<response><result/></response>", MalformedResponse),
}


@pytest.mark.parametrize(("page", "kind"), PAGES.values(), ids=PAGES.keys())
def test_diagnose_page__each_page_has_its_class(page: bytes, kind: type[PysnowException]) -> None:
    assert type(diagnose_page(answer(), page)) is kind


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b" \r\n"], ids=["mark", "blanks"])
def test_diagnose_page__what_comes_before_it_does_not_matter(prefix: bytes) -> None:
    assert isinstance(diagnose_page(answer(), prefix + PAGES["login"][0]), LoginPage)


def test_diagnose_page__quotes_the_title() -> None:
    assert "Down for maintenance" in str(diagnose_page(answer(), PAGES["maintenance"][0]))


def test_diagnose_page__quotes_a_long_title_in_brief() -> None:
    error = diagnose_page(answer(), b"<html><title>" + b"t" * 5000 + b"</title></html>")
    assert str(error).count("t" * 10) * 10 <= QUOTED_CHARACTERS


def test_diagnose_page__is_a_value_error() -> None:
    """Programs catch what ``requests`` raises for a body that is not JSON."""
    assert isinstance(diagnose_page(answer(), b"<html>"), ValueError)


@given(st.binary(max_size=300))
def test_diagnose_page__takes_any_bytes(page: bytes) -> None:
    assert isinstance(diagnose_page(answer(), b"<" + page), MalformedResponse)


# -- envelopes ---------------------------------------------------------------------------------------------------------


def envelope(error: Any = None, has_result: bool = True, received: int = 0) -> PysnowException | None:
    return diagnose_envelope(answer(), error=error, has_result=has_result, found="null", received=received)


def test_diagnose_envelope__a_result_without_an_error_is_fine() -> None:
    assert envelope() is None


def test_diagnose_envelope__neither_result_nor_error() -> None:
    assert type(envelope(has_result=False)) is MissingResult


def test_diagnose_envelope__says_what_there_is_instead() -> None:
    assert "is null" in str(envelope(has_result=False))


@pytest.mark.parametrize("error", ["text", {"message": "m"}, {"detail": "d"}, ["odd"]])
def test_diagnose_envelope__an_error_alone(error: Any) -> None:
    assert type(envelope(error, has_result=False)) is ErrorInResult


def test_diagnose_envelope__an_error_alone_is_a_missing_result_too() -> None:
    assert isinstance(envelope("text", has_result=False), MissingResult)


def test_diagnose_envelope__an_error_behind_records() -> None:
    error = envelope(CANCELLED, received=5)
    assert isinstance(error, PartialResult)
    assert error.received == 5


def test_diagnose_envelope__an_error_behind_records_keeps_its_words() -> None:
    error = envelope(CANCELLED, received=5)
    assert error is not None
    assert (error.message, error.detail) == (CANCELLED["message"], CANCELLED["detail"])


def test_diagnose_envelope__a_cancelled_transaction_asks_for_less() -> None:
    error = envelope(CANCELLED)
    assert error is not None
    assert "fewer records" in str(error.hint)


# -- nothing -----------------------------------------------------------------------------------------------------------


def test_diagnose_nothing__202_says_that_nothing_was_done() -> None:
    assert "did not do it" in str(diagnose_nothing(answer(202)))


def test_diagnose_nothing__a_read_can_be_repeated() -> None:
    assert "Try again" in str(diagnose_nothing(answer(200)))


def test_diagnose_nothing__a_write_is_better_looked_at() -> None:
    assert "Ask for the record" in str(diagnose_nothing(answer(200, "POST")))


# -- the call ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/api/now/table/x", "read"),
        ("POST", "/api/now/table/x", "create"),
        ("PUT", "/api/now/table/x/1", "update"),
        ("PATCH", "/api/now/table/x/1", "update"),
        ("DELETE", "/api/now/table/x/1", "delete"),
        ("POST", "/api/now/attachment/file", "upload"),
        ("POST", "/api/now/attachment/upload", "upload"),
        ("GET", "/api/now/attachment/1/file", "download"),
        ("GET", "/api/now/v1/attachment/1/file", "download"),
        ("GET", "/api/now/attachment/1", "read"),
        ("OPTIONS", "/", None),
    ],
)
def test_context_of__the_operation_is_read_off_the_request(method: str, path: str, operation: str | None) -> None:
    assert context_of(answer(200, method, "https://host" + path))["operation"] == operation


def test_context_of__takes_an_answer_made_by_hand() -> None:
    assert context_of(requests.Response())["method"] == "GET"
