"""What is sent again and what is not, as the instance sees it. Nobody waits: the clock moves when the client sleeps."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry as AdaptersOwnRetry

from pysnow import AuthenticationError, Client, PysnowException, RateLimited, ServerError, TLSError, TransportError
from pysnow.exceptions import Attempt, DeadlineExceeded, RequestTimeout, TruncatedResponse
from pysnow.wire.clockwork import Clockwork
from pysnow.wire.rate_limit import RateLimit
from pysnow.wire.retry import Retry
from pysnow.wire.transport import Request
from tests.unit.canned_server import JSON_TYPE, Canned, CannedServer, http

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

SYS_ID = "1c741bd70b2322007518478d83673af3"
ROWS = http(b'{"result":[{"sys_id":"1"}]}')


class Patience:
    """Time that only passes when somebody waits, beside the little that the test takes."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def clock(self) -> float:
        return time.monotonic() + sum(self.waits)

    def works(self) -> Clockwork:
        return Clockwork(clock=self.clock, sleep=self.waits.append, roll=lambda: 1.0, wall=lambda: 1_000_000.0)


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def patient(patience: Patience, sandbox: Sandbox) -> Iterator[Callable[..., Client]]:
    """Makes clients that wait in no time."""
    clients: list[Client] = []

    def make(instance: str | None = None, **options: Any) -> Client:
        if "session" not in options:
            options = {"user": "admin", "password": "admin", **options}
        client = Client(instance=instance or sandbox.url, **options)
        client._clockwork = patience.works()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def _methods(sandbox: Sandbox) -> list[str]:
    return [entry.method for entry in sandbox.requests]


# -- reads -------------------------------------------------------------------------------------------------------------


HEALED = [
    "drop-before",
    "drop-after",
    "drop-before:reset=true",
    "reset-body",
    "cut-body:framing=length",
    "cut-body:framing=chunked",
    "cut-body:framing=close",
    "truncated-gzip",
    "corrupt-gzip",
    "mislabelled-gzip",
    "server-error",
    "server-error:status=503,html=true",
    "request-timeout",
    "transaction-cancelled",
    "too-many-requests",
    "too-many-requests:retry_after=2",
    "accepted",
    "empty-body",
    "empty-body:status=204",
    "error-only",
    "error-first",
    "rows-then-error",
    "hibernating-page",
]


@pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])
@pytest.mark.parametrize("fault", HEALED)
def test_read__is_healed(fault: str, stream: bool, patient: Callable[..., Client], sandbox: Sandbox) -> None:
    incidents = patient().table("incident")
    truth = [row["sys_id"] for row in incidents.get("ORDERBYsys_id", limit=30, fields=["sys_id"]).all()]
    with sandbox.fault(fault, times=2):
        rows = incidents.get("ORDERBYsys_id", limit=30, fields=["sys_id"], stream=stream).all()
        assert [row["sys_id"] for row in rows] == truth


@pytest.mark.parametrize("fault", ["login-page", "forbidden", "redirect", "no-result", "not-a-number"])
def test_read__what_stays_wrong_is_not_repeated(
    fault: str, patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    with sandbox.fault(fault), pytest.raises(PysnowException) as caught:
        patient().table("incident").get(limit=1).all()
    assert (len(sandbox.requests), patience.waits, len(caught.value.attempts)) == (1, [], 1)


def test_read__gives_up_after_four_attempts(
    patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    with sandbox.fault("server-error:status=503"), pytest.raises(ServerError) as caught:
        patient().table("incident").get(limit=1).all()
    assert (len(sandbox.requests), patience.waits) == (4, [0.5, 1.0, 2.0])
    assert caught.value.attempts == (
        *(Attempt("answered", 503, "status 503", wait) for wait in (0.5, 1.0, 2.0)),
        Attempt("answered", 503, "status 503"),
    )


@pytest.mark.parametrize("call", [lambda table: table.get(limit=1).all(), lambda table: table.create({"state": "1"})])
def test_wrong_password__is_sent_once(call: Callable[[Any], object], sandbox: Sandbox) -> None:
    """Accounts are locked after some failures."""
    with Client(instance=sandbox.url, user="admin", password="wrong") as client, pytest.raises(AuthenticationError):
        call(client.table("incident"))
    assert len(sandbox.requests) == 1


def test_read__each_attempt_has_a_different_wait(sandbox: Sandbox, patience: Patience) -> None:
    rolls = iter([0.1, 0.9, 0.5, 0.0])
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        client._clockwork = Clockwork(patience.clock, patience.waits.append, lambda: next(rolls))
        with sandbox.fault("server-error"), pytest.raises(ServerError):
            client.table("incident").get(limit=1).all()
    assert patience.waits == pytest.approx([0.05, 0.9, 1.0])


@pytest.mark.parametrize("options", [{"retry": None}, {"retry": Retry(attempts=1)}])
def test_read__without_a_policy_is_sent_once(
    options: dict[str, Any], patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    with sandbox.fault("drop-before"), pytest.raises(TransportError):
        patient(**options).table("incident").get(limit=1)
    assert len(sandbox.requests) <= 1


def test_read__document_of_another_api_is_healed(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    with sandbox.fault("cut-body:framing=close", times=2):
        document = patient().resource("/stats/incident").request("GET", params={"sysparm_count": "true"}).json()
    assert set(document) == {"result"}


def test_read__of_a_client_of_old_is_healed(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    client = patient()
    with pytest.deprecated_call():
        query = client.query("incident", query={"number": "INC0000001"})
    with sandbox.fault("cut-body:framing=close", times=2):
        assert query.get_one()["number"] == "INC0000001"


def test_read__of_who_repeats_by_himself_is_sent_once(
    patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    resource = patient().table("incident")
    with sandbox.fault("server-error"), pytest.raises(ServerError):
        resource._request.get(resource.parameters, heal=False).all()
    assert (len(sandbox.requests), patience.waits) == (1, [])


# -- a stream that breaks off in the middle --------------------------------------------------------------------------


def test_stream__goes_on_behind_the_last_record(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    incidents = patient().table("incident")
    with sandbox.fault("cut-body:framing=close,after_rows=5", times=3):
        rows = list(incidents.get("ORDERBYsys_id", limit=20, stream=True).all())
    assert (len(rows), len({row["sys_id"] for row in rows})) == (20, 20)
    assert len(sandbox.requests) == 4


def test_stream__whose_rows_have_moved_is_an_error(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    incidents = patient().table("incident")
    with sandbox.fault("cut-body:framing=close,after_rows=5", times=1):
        rows = incidents.get("ORDERBYsys_id", limit=20, stream=True).all()
        first = next(rows)
        incidents.delete(first["sys_id"])
        with pytest.raises(TruncatedResponse) as caught:
            list(rows)
    assert (caught.value.received, len(caught.value.last_sys_id or "")) == (5, 32)


def test_stream__whose_rows_cannot_be_recognised_is_an_error(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    incidents = patient().table("incident")
    with sandbox.fault("cut-body:framing=close,after_rows=5", times=1), pytest.raises(TruncatedResponse) as caught:
        list(incidents.get(limit=20, stream=True, fields=["number"]).all())
    assert caught.value.received == 5


def test_stream__the_clock_stands_still_while_the_caller_works(
    patient: Callable[..., Client], patience: Patience
) -> None:
    rows = patient(deadline=5).table("incident").get(limit=40, stream=True).all()
    for _ in rows:
        patience.waits.append(60.0)
    assert sum(patience.waits) == 40 * 60


# -- changes -----------------------------------------------------------------------------------------------------------


def _create(client: Client) -> object:
    return client.table("incident").create({"short_description": "x"})


def _update(client: Client) -> object:
    return client.table("incident").update(SYS_ID, {"short_description": "x"})


def _upload(client: Client) -> object:
    return client.table("incident").attachments.upload(SYS_ID, data=io.BytesIO(b"content"), name="a.txt")


@pytest.mark.parametrize("change", [_create, _update, _upload])
def test_change__is_repeated_when_it_was_refused_for_now(
    change: Callable[[Client], object], patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    with sandbox.fault("too-many-requests", times=2):
        change(patient())
    assert len(sandbox.requests) == 3


def _sent_once(client: Client) -> requests.Response:
    return client._transport.send(
        Request("POST", "/api/now/table/incident", "create", "incident", content={"data": b"{}"})
    )


@pytest.mark.parametrize(
    ("fault", "phase", "status"),
    [
        ("drop-after", "maybe_sent", None),
        ("drop-before", "maybe_sent", None),
        ("cut-body:framing=length", "answered", 201),
    ],
)
def test_change__whose_answer_was_lost_is_not_repeated(
    fault: str, phase: str, status: int | None, patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    with sandbox.fault(fault), pytest.raises(TransportError) as caught:
        _sent_once(patient())
    error = caught.value
    assert (_methods(sandbox), error.phase, error.attempts[-1].status) == (["POST"], phase, status)
    assert error.committed is None


@pytest.mark.parametrize(("fault", "status"), [("server-error:commit=true", 500), ("accepted", 202)])
def test_change__that_may_have_been_made_is_not_repeated(
    fault: str, status: int, patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    with sandbox.fault(fault):
        assert _sent_once(patient()).status_code == status
    assert _methods(sandbox) == ["POST"]


def test_change__that_was_not_sent_is_repeated_and_certainly_not_made(patience: Patience) -> None:
    client = Client(instance="http://127.0.0.1:9", user="a", password="b")
    client._clockwork = patience.works()
    with pytest.raises(TransportError) as caught:
        client._transport.send(Request("POST", "/api/now/table/incident", "create", "incident"))
    error = caught.value
    assert (error.committed, error.phase, len(error.attempts)) == (False, "not_sent", 4)


def test_change__a_file_goes_back_to_where_it_stood(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    attachments = patient().table("incident").attachments
    with sandbox.fault("too-many-requests", times=2):
        made = attachments.upload(SYS_ID, data=file, name="a.txt")
    assert attachments.content(made["sys_id"]) == b"456789"


def test_change__a_body_that_is_used_up_is_not_sent_again(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    resource = patient().resource("/attachment")
    with sandbox.fault("too-many-requests"):
        answer = resource.request("POST", "/file", data=iter([b"x"]), params={"file_name": "x"})
    assert (answer.status_code, len(sandbox.requests)) == (429, 1)


# -- what the instance asks for --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "wait"), [("7", 7.0), ("Mon, 12 Jan 1970 13:46:50 GMT", 10.0), ("nonsense", 0.5), ("-5", 0.5)]
)
def test_retry_after__is_heeded_if_it_makes_sense(
    told: str, wait: float, patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    sandbox.faults.add("too-many-requests", retry_after=told, times=1)
    patient().table("incident").get(limit=1).one()
    assert patience.waits == pytest.approx([wait], abs=0.1)


def test_elapsed__is_that_of_the_whole_call(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    sandbox.faults.add("too-many-requests", retry_after="7", times=1)
    response = patient().table("incident").get(limit=1)
    assert response.elapsed == pytest.approx(7, abs=0.5)
    assert response.links["next"].startswith(f"{sandbox.url}/api/now/table/incident?")


def test_retry_after__past_the_deadline_is_told_at_once(
    patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    with sandbox.fault("too-many-requests", retry_after="3600"), pytest.raises(RateLimited) as caught:
        patient().table("incident").get(limit=1).all()
    assert (patience.waits, len(sandbox.requests)) == ([], 1)
    assert caught.value.retry_at == datetime.fromtimestamp(1_003_600, UTC)


def test_retry_after__holds_back_the_other_calls_of_the_client(
    patient: Callable[..., Client], sandbox: Sandbox, patience: Patience
) -> None:
    client = patient(retry=None)
    with sandbox.fault("too-many-requests", retry_after="30", times=1), pytest.raises(RateLimited):
        client.table("incident").get(limit=1).all()
    client.table("problem").get(limit=1).all()
    assert patience.waits == pytest.approx([30], abs=0.5)


def test_retry_after__that_holds_longer_than_the_deadline_of_another_call(
    patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    client = patient(retry=None, deadline=20)
    with sandbox.fault("too-many-requests", retry_after="30", times=1), pytest.raises(RateLimited):
        client.table("incident").get(limit=1).all()
    with pytest.raises(DeadlineExceeded, match="was not sent") as caught:
        client.table("problem").get(limit=1)
    assert caught.value.retry_at is not None
    assert (caught.value.phase, len(sandbox.requests)) == ("not_sent", 1)


def _under_a_rule(reset: int, **headers: str) -> Canned:
    """An answer under a rule that allows two requests, the second of which it was."""
    told = {"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset), **headers}
    return http(b'{"result":[{"sys_id":"1"}]}', headers=[JSON_TYPE, *told.items()])


def test_rule__that_has_no_room_is_waited_for(patient: Callable[..., Client], patience: Patience) -> None:
    with CannedServer(_under_a_rule(1_000_030)) as server:
        incidents = patient(server.url.split("/api/")[0]).table("incident")
        incidents.get().one()
        assert patience.waits == []
        incidents.get().one()
    assert patience.waits == pytest.approx([30], abs=0.5)


def test_rule__that_has_no_room_for_long_is_told_before_anything_is_sent(patient: Callable[..., Client]) -> None:
    with CannedServer(_under_a_rule(1_001_800)) as server:
        incidents = patient(server.url.split("/api/")[0]).table("incident")
        incidents.get().one()
        with pytest.raises(RateLimited, match="not sent") as caught:
            incidents.get()
        error = caught.value
        assert (error.phase, error.status, len(server.requests)) == ("not_sent", 429, 1)
    assert error.retry_after == pytest.approx(1800, abs=1)
    assert error.retry_at is not None


def test_rule__change_that_it_has_no_room_for_is_certainly_not_made(patient: Callable[..., Client]) -> None:
    with CannedServer(_under_a_rule(1_001_800)) as server:
        record = patient(server.url.split("/api/")[0]).resource("/table/incident/1")
        record.request("PUT", data="{}")
        with pytest.raises(RateLimited) as caught:
            record.request("PUT", data="{}")
    assert caught.value.committed is False


def test_rule__of_the_hour_is_counted_along(patient: Callable[..., Client]) -> None:
    """The platform's headers say how many it takes, and not how many are left."""
    headers = [JSON_TYPE, ("X-RateLimit-Limit", "2"), ("X-RateLimit-Reset", "1001800")]
    with CannedServer(http(b'{"result":[]}', headers=headers)) as server:
        client = patient(server.url.split("/api/")[0])
        for _ in range(2):
            client.table("incident").get().all()
        with pytest.raises(RateLimited):
            client.table("incident").get().all()
    assert len(server.requests) == 2


def test_retry_after__that_is_long_keeps_the_next_call_from_being_sent(
    patient: Callable[..., Client], sandbox: Sandbox
) -> None:
    client = patient()
    sandbox.faults.add("too-many-requests", retry_after="3600")
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            client.table("incident").get(limit=1).all()
    assert len(sandbox.requests) == 1
    assert caught.value.retry_at is not None


def test_retry_after__that_is_long_stops_no_other_api(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    client = patient()
    with sandbox.fault("too-many-requests", retry_after="3600"), pytest.raises(RateLimited):
        client.table("incident").get(limit=1).all()
    assert client.table("incident").count()


def test_walk__that_the_rule_stops_can_be_resumed(patient: Callable[..., Client]) -> None:
    with CannedServer(_under_a_rule(1_001_800)) as server, pytest.raises(RateLimited) as caught:
        list(patient(server.url.split("/api/")[0]).table("incident").iterate(page_size=1))
    assert (caught.value.received, caught.value.resume_token is not None) == (1, True)


def test_rate_limit__counts_for_all_that_a_client_sends(patient: Callable[..., Client], patience: Patience) -> None:
    incidents = patient(rate_limit=RateLimit(per_second=0.5)).table("incident")
    for _ in range(4):
        incidents.get(limit=1).one()
    assert sum(patience.waits) == pytest.approx(6, abs=0.5)


# -- budget, and sessions that repeat by themselves --------------------------------------------------------------------


def test_budget__when_it_is_empty_nothing_is_repeated(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    incidents = patient(retry=Retry(budget_tokens=20)).table("incident")
    counts = []
    with sandbox.fault("server-error"):
        for _ in range(3):
            before = len(sandbox.requests)
            with pytest.raises(ServerError):
                incidents.get(limit=1).all()
            counts.append(len(sandbox.requests) - before)
    assert counts == [4, 2, 1]


def test_session__that_repeats_by_itself_is_left_to_it(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    session = requests.Session()
    session.auth = ("admin", "admin")
    own = AdaptersOwnRetry(2, status_forcelist=[503], backoff_factor=0, raise_on_status=False)
    session.mount("http://", HTTPAdapter(max_retries=own))
    with sandbox.fault("server-error:status=503"), pytest.raises(ServerError):
        patient(session=session).table("incident").get(limit=1).all()
    assert len(sandbox.requests) == 3


def test_session__that_does_not_is_not(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    session = requests.Session()
    session.auth = ("admin", "admin")
    with sandbox.fault("server-error:status=503", times=3):
        assert patient(session=session).table("incident").get(limit=1).one()


# -- what errors tell --------------------------------------------------------------------------------------------------


def test_certificate__that_is_not_trusted_is_no_reason_to_try_again(patience: Patience) -> None:
    from pysnow.sandbox import Sandbox

    with Sandbox(tls=True) as secure, Client(instance=secure.url, user="a", password="b") as client:
        client._clockwork = patience.works()
        with pytest.raises(TLSError) as caught:
            client._transport.send(Request("POST", "/api/now/table/incident", "create", "incident"))
    assert (patience.waits, caught.value.phase, caught.value.committed) == ([], "not_sent", False)


def test_error__tells_what_was_tried(patient: Callable[..., Client], sandbox: Sandbox) -> None:
    with sandbox.fault("server-error:status=503"), pytest.raises(ServerError) as caught:
        patient().table("incident").get(limit=1).all()
    error = caught.value
    assert (error.operation, error.table, error.status, len(error.attempts)) == ("read", "incident", 503, 4)
    assert error.elapsed is not None
    assert error.elapsed >= 3.5
    assert error.transaction_id
    assert "\n" not in str(error)


@pytest.mark.parametrize("fault", ["server-error", "drop-before", "cut-body:framing=close", "empty-body"])
def test_error__survives_pickling(fault: str, patient: Callable[..., Client], sandbox: Sandbox) -> None:
    with sandbox.fault(fault), pytest.raises(PysnowException) as caught:
        patient().table("incident").get(limit=1).all()
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (type(twin), str(twin), twin.attempts) == (type(caught.value), str(caught.value), caught.value.attempts)


def test_error__of_a_time_out_is_one(patience: Patience) -> None:
    with CannedServer(Canned(b"", "hang"), Canned(b"", "hang"), ROWS) as server:
        client = Client(instance=server.url.split("/api/")[0], user="a", password="b", timeout=0.05)
        client._clockwork = patience.works()
        assert client.table("incident").get().one() == {"sys_id": "1"}
        assert client._transport.budget.tokens == 500
    assert len(patience.waits) == 2
    assert issubclass(DeadlineExceeded, RequestTimeout)
