"""Faults that answer in the place of the instance, or spoil what it answers."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident"
FEW = {"sysparm_limit": "5", "sysparm_fields": "sys_id,number"}

Call = Callable[..., requests.Response]


def raw(call: Call, **options: Any) -> tuple[requests.Response, bytes]:
    """Give an answer, and its body as it came."""
    answer = call("GET", INCIDENTS, params=FEW, stream=True, **options)
    return answer, answer.raw.read(decode_content=False)


def body(call: Call) -> bytes:
    return call("GET", INCIDENTS, params=FEW).content


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_too_many_requests__without_headers(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("too-many-requests")
    answer = call("GET", INCIDENTS)
    found = [name for name in answer.headers if name.lower().startswith(("retry-after", "x-ratelimit"))]
    assert (answer.status_code, found) == (429, [])


@pytest.mark.parametrize("value", ["7", "soon", "Wed, 21 Oct 2065 07:28:00 GMT", "-1", "99999999999"])
def test_too_many_requests__says_when_to_come_back(sandbox: Sandbox, call: Call, value: str) -> None:
    sandbox.faults.add("too-many-requests", retry_after=value)
    assert call("GET", INCIDENTS).headers["Retry-After"] == value


@pytest.fixture
def at_half_past() -> Any:
    with Sandbox(clock=lambda: datetime(2026, 3, 2, 9, 30, tzinfo=UTC)) as sandbox:
        yield sandbox


def hour_calls(sandbox: Sandbox, count: int) -> list[requests.Response]:
    url = f"{sandbox.url}{INCIDENTS}"
    return [requests.get(url, params=FEW, auth=("admin", "admin"), timeout=30) for _ in range(count)]


def test_rate_limit__refuses_what_is_above(at_half_past: Sandbox) -> None:
    at_half_past.faults.add("rate-limit", limit=2)
    assert [answer.status_code for answer in hour_calls(at_half_past, 4)] == [200, 200, 429, 429]


@pytest.mark.parametrize("limit", [0, 9], ids=["429", "200"])
def test_rate_limit__says_so_on_all_answers(at_half_past: Sandbox, limit: int) -> None:
    at_half_past.faults.add("rate-limit", limit=limit)
    headers = hour_calls(at_half_past, 1)[0].headers
    end = int(datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp())
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Reset"]) == (str(limit), str(end))


def test_rate_limit__retry_after_the_hour(at_half_past: Sandbox) -> None:
    at_half_past.faults.add("rate-limit", limit=0)
    answer = hour_calls(at_half_past, 1)[0]
    detail = "Rate limit of 0 requests per hour for Table API exceeded"
    assert (answer.headers["Retry-After"], answer.json()["error"]["detail"]) == ("1800", detail)


def test_rate_limit__counts_each_hour_anew() -> None:
    times = [datetime(2026, 3, 2, 9, 59, tzinfo=UTC)]
    with Sandbox(clock=lambda: times[0]) as sandbox:
        sandbox.faults.add("rate-limit", limit=1)
        before = [answer.status_code for answer in hour_calls(sandbox, 2)]
        times[0] = datetime(2026, 3, 2, 10, tzinfo=UTC)
        assert before + [answer.status_code for answer in hour_calls(sandbox, 1)] == [200, 429, 200]


def test_accepted__is_empty_and_not_run(sandbox: Sandbox, call: Call) -> None:
    before = len(sandbox.table("incident").rows)
    sandbox.faults.add("accepted")
    answer = call("POST", INCIDENTS, json={})
    assert (answer.status_code, answer.content, len(sandbox.table("incident").rows)) == (202, b"", before)


def test_session_queue__free_sessions_pass(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("session-queue", waiting=0)
    assert [call("GET", INCIDENTS, params=FEW).status_code for _ in range(2)] == [200, 200]


def test_session_queue__busy_sessions_do_not(sandbox: Sandbox, call: Call) -> None:
    """The real queue of the session decides, not chance."""
    call("GET", INCIDENTS, params=FEW)
    session = next(iter(sandbox._application._sessions._sessions.values()))[0]
    sandbox.faults.add("session-queue", waiting=0)
    with session.turn():
        assert call("GET", INCIDENTS, params=FEW).status_code == 202


def test_transaction_cancelled__envelope(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("transaction-cancelled")
    answer = call("GET", INCIDENTS)
    message = "Transaction cancelled: maximum execution time exceeded"
    assert (answer.status_code, answer.json()["error"]["message"]) == (500, message)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_error__json(sandbox: Sandbox, call: Call, status: int) -> None:
    sandbox.faults.add("server-error", status=status)
    answer = call("GET", INCIDENTS)
    assert (answer.status_code, answer.json()["status"]) == (status, "failure")


@pytest.mark.parametrize("status", [502, 503, 504])
def test_server_error__page(sandbox: Sandbox, call: Call, status: int) -> None:
    sandbox.faults.add("server-error", status=status, html=True)
    answer = call("GET", INCIDENTS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html;charset=UTF-8")


@pytest.mark.parametrize(("fault", "status"), [("forbidden", 403), ("unauthorized", 401), ("request-timeout", 408)])
def test_refusals__status(sandbox: Sandbox, call: Call, fault: str, status: int) -> None:
    sandbox.faults.add(fault)
    assert call("GET", INCIDENTS).status_code == status


def test_forbidden__although_it_was_done(sandbox: Sandbox, call: Call) -> None:
    before = len(sandbox.table("incident").rows)
    sandbox.faults.add("forbidden", commit=True)
    answer = call("POST", INCIDENTS, json={})
    assert (answer.status_code, len(sandbox.table("incident").rows) - before) == (403, 1)


@pytest.mark.parametrize(("length", "status"), [(99, 200), (101, 414)])
def test_url_limit__refuses_longer_ones(sandbox: Sandbox, call: Call, length: int, status: int) -> None:
    sandbox.faults.add("url-limit", characters=100)
    query = "sysparm_limit=1&x="
    padding = "y" * (length - len(f"{INCIDENTS}?{query}"))
    assert call("GET", f"{INCIDENTS}?{query}{padding}").status_code == status


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("hibernating-page", "Your instance is hibernating"),
        ("login-page", "user_password"),
        ("proxy-page", "Web Gateway"),
        ("maintenance-page", "undergoing maintenance"),
    ],
)
def test_page__is_html_with_status_200(sandbox: Sandbox, call: Call, fault: str, text: str) -> None:
    sandbox.faults.add(fault)
    answer = call("GET", INCIDENTS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    assert text in answer.text


def test_page__labelled_as_json(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("login-page", as_json=True)
    answer = call("GET", INCIDENTS)
    assert (answer.headers["Content-Type"], answer.text[:2]) == ("application/json;charset=UTF-8", "<!")


def test_page__at_the_token_endpoint(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("login-page", operation="token")
    answer = call("POST", "/oauth_token.do", data={"grant_type": "password"})
    assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"


@pytest.mark.parametrize("status", [302, 307])
def test_redirect__developer_site(sandbox: Sandbox, call: Call, status: int) -> None:
    sandbox.faults.add("redirect", status=status)
    answer = call("GET", INCIDENTS)
    expected = (status, "https://developer.servicenow.com/dev.do#!/home?wu=true")
    assert (answer.status_code, answer.headers["Location"]) == expected


def test_redirect__elsewhere(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("redirect", to="https://foreign.example/api")
    assert call("GET", INCIDENTS).headers["Location"] == "https://foreign.example/api"


def test_redirect__to_itself(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("redirect", to="self")
    answer = call("GET", INCIDENTS, params=FEW)
    assert answer.headers["Location"] == answer.url


def test_foreign_link__names_another_host(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("foreign-link", to="file:///etc")
    assert call("GET", INCIDENTS, params=FEW).links["next"]["url"].startswith("file:///etc/")


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_rows_then_error__well_formed(sandbox: Sandbox, call: Call) -> None:
    rows = call("GET", INCIDENTS, params=FEW).json()["result"]
    sandbox.faults.add("rows-then-error", rows=3)
    answer = call("GET", INCIDENTS, params=FEW)
    assert (answer.status_code, list(answer.json()), answer.json()["result"]) == (
        200,
        ["result", "error", "status"],
        rows[:3],
    )


def test_rows_then_error__keeps_the_full_count(sandbox: Sandbox, call: Call) -> None:
    before = call("GET", INCIDENTS, params=FEW).headers["X-Total-Count"]
    sandbox.faults.add("rows-then-error")
    assert call("GET", INCIDENTS, params=FEW).headers["X-Total-Count"] == before


@pytest.mark.parametrize("variant", ["comma", "cut-row"])
def test_rows_then_error__broken(sandbox: Sandbox, call: Call, variant: str) -> None:
    whole = body(call)
    sandbox.faults.add("rows-then-error", variant=variant)
    start, error, _ = body(call).partition(b'],"error":{"message":"Transaction cancelled')
    kept = start.removesuffix(b",")
    assert (bool(error), whole.startswith(kept), kept.endswith(b"}")) == (True, True, variant == "comma")


def test_rows_then_error__spares_single_records(sandbox: Sandbox, call: Call, incident: dict[str, str]) -> None:
    sandbox.faults.add("rows-then-error")
    assert "error" not in call("GET", f"{INCIDENTS}/{incident['sys_id']}").json()


def test_error_only__has_no_result(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("error-only")
    answer = call("GET", INCIDENTS)
    assert (answer.status_code, list(answer.json())) == (200, ["error", "status"])


def test_error_first__before_the_rows(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("error-first")
    document = call("GET", INCIDENTS, params=FEW).json()
    assert (list(document), len(document["result"])) == (["error", "status", "result"], 5)


def test_null_body__is_null(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("null-body")
    assert body(call) == b"null"


def test_bare_list__has_the_rows(sandbox: Sandbox, call: Call) -> None:
    rows = call("GET", INCIDENTS, params=FEW).json()["result"]
    sandbox.faults.add("bare-list")
    assert call("GET", INCIDENTS, params=FEW).json() == rows


@pytest.mark.parametrize(("status", "expected"), [(0, 201), (200, 200), (204, 204)])
def test_empty_body__after_the_call_was_served(sandbox: Sandbox, call: Call, status: int, expected: int) -> None:
    sandbox.faults.add("empty-body", status=status)
    answer = call("POST", INCIDENTS, json={})
    assert (answer.status_code, answer.content, sandbox.requests[-1].committed) == (expected, b"", True)


def test_empty_body__of_a_refusal_is_no_success(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("empty-body", status=204)
    sandbox.faults.add("too-many-requests")
    answer = call("POST", INCIDENTS, json={})
    assert (answer.status_code, answer.content, sandbox.requests[-1].committed) == (429, b"", False)


def test_no_result__other_members_stay(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("no-result")
    assert body(call) == b"{}"


@pytest.mark.parametrize(("kind", "expected"), [("null", None), ("text", "unavailable"), ("number", 7)])
def test_wrong_result__is_no_record(sandbox: Sandbox, call: Call, kind: str, expected: object) -> None:
    sandbox.faults.add("wrong-result", result=kind)
    assert call("GET", INCIDENTS).json() == {"result": expected}


def test_row_not_object__one_row(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("row-not-object", row=2)
    rows = call("GET", INCIDENTS, params=FEW).json()["result"]
    assert [isinstance(row, dict) for row in rows] == [True, True, False, True, True]


def test_row_without_sys_id__one_row(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("row-without-sys-id", row=1)
    rows = call("GET", INCIDENTS, params=FEW).json()["result"]
    assert ["sys_id" in row for row in rows] == [True, False, True, True, True]


# -- oddities ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "start"),
    [
        ("not-a-number", b'{"result":[{"u_odd":NaN,"'),
        ("not-a-number:number=-Infinity", b'{"result":[{"u_odd":-Infinity,"'),
        ("byte-order-mark", b'\xef\xbb\xbf{"result":[{"'),
        ("invalid-utf8", b'{"result":[{"u_odd":"caf\xe9 \xc3(","'),
        ("lone-surrogate", rb'{"result":[{"u_odd":"\ud83d","'),
        ("nul-character", rb'{"result":[{"u_odd":"a\u0000b","'),
        ("nul-character:raw=true", b'{"result":[{"u_odd":"a\x00b","'),
        ("deep-nesting:levels=3", b'{"result":[{"u_odd":[[[]]],"'),
        ("huge-integer:digits=4", b'{"result":[{"u_odd":9999,"'),
        ("huge-field:kilobytes=1", b'{"result":[{"u_odd":"xxxx'),
        ("many-members:members=2", b'{"result":[{"u_0": "", "u_1": "",'),
        ("duplicate-keys", b'{"result":[{"sys_id":"dddd'),
    ],
)
def test_oddity__on_the_wire(sandbox: Sandbox, call: Call, spec: str, start: bytes) -> None:
    sandbox.faults.add(spec)
    assert body(call).startswith(start)


def test_oddity__in_a_single_record(sandbox: Sandbox, call: Call, incident: dict[str, str]) -> None:
    sandbox.faults.add("not-a-number")
    assert call("GET", f"{INCIDENTS}/{incident['sys_id']}").content.startswith(b'{"result":{"u_odd":NaN,"')


def test_oddity__in_an_empty_list(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("not-a-number")
    answer = call("GET", INCIDENTS, params={"sysparm_query": "number=none"})
    assert answer.content == b'{"u_odd":NaN,"result":[]}'


def test_trailing_bytes__after_the_document(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("trailing-bytes")
    assert body(call) == whole + b"<!-- served by node 7 -->"


def test_wrong_charset__in_the_header_alone(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("wrong-charset")
    answer = call("GET", INCIDENTS, params=FEW)
    assert (answer.headers["Content-Type"], answer.content) == ("application/json;charset=ISO-8859-1", whole)


# -- content codings --------------------------------------------------------------------------------------------------


def test_truncated_gzip__in_a_whole_framing(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("truncated-gzip")
    answer, packed = raw(call)
    unpacker = zlib.decompressobj(31)
    start = unpacker.decompress(packed)
    assert (answer.headers["Content-Encoding"], whole.startswith(start), unpacker.eof) == ("gzip", True, False)


def test_truncated_gzip__trailer_alone(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("truncated-gzip", part="trailer")
    unpacker = zlib.decompressobj(31)
    assert (unpacker.decompress(raw(call)[1]), unpacker.eof) == (whole, False)


@pytest.mark.parametrize("part", ["checksum", "data"])
def test_corrupt_gzip__cannot_be_unpacked(sandbox: Sandbox, call: Call, part: str) -> None:
    sandbox.faults.add("corrupt-gzip", part=part)
    packed = raw(call)[1]
    with pytest.raises((OSError, zlib.error)):
        gzip.decompress(packed)


def test_mislabelled_gzip__plain_called_gzip(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("mislabelled-gzip")
    answer, content = raw(call)
    assert (answer.headers["Content-Encoding"], content) == ("gzip", whole)


def test_mislabelled_gzip__gzip_called_plain(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("mislabelled-gzip", body="packed")
    answer, content = raw(call)
    assert ("Content-Encoding" in answer.headers, gzip.decompress(content)) == (False, whole)


def test_decompression_bomb__is_small_on_the_wire(sandbox: Sandbox, call: Call) -> None:
    sandbox.faults.add("decompression-bomb", megabytes=4)
    packed = raw(call)[1]
    unpacked = gzip.decompress(packed)
    assert (len(packed) < 8 * 1024, len(unpacked) > 4 * 1024**2) == (True, True)
    assert len(json.loads(unpacked)["result"]) == 1


def test_coding_chain__names_each(sandbox: Sandbox, call: Call) -> None:
    whole = body(call)
    sandbox.faults.add("coding-chain", times_over=3)
    answer, content = raw(call)
    assert answer.headers["Content-Encoding"] == "gzip, gzip, gzip"
    assert gzip.decompress(gzip.decompress(gzip.decompress(content))) == whole
