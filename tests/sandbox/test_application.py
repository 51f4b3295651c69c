"""The application around its handlers: one transaction at a time per session, and lists that break off."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from werkzeug.test import Client, TestResponse

from pysnow.sandbox.http.access import Access
from pysnow.sandbox.http.answer import Answer, Members, Records
from pysnow.sandbox.http.app import Application
from pysnow.sandbox.http.exchange import Exchange, Handler
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.http.routing import Route, Router
from pysnow.sandbox.http.sessions import QUEUED_TRANSACTIONS, SessionBook
from pysnow.sandbox.oauth.tokens import TokenBook
from pysnow.sandbox.server import Sandbox

ADMIN = ("admin", "admin")


@pytest.fixture
def serve() -> Iterator[Callable[[Handler], Application]]:
    """Make an application that serves one handler at ``/x``."""
    sandbox = Sandbox()
    clock = sandbox.instance.platform.clock

    def make(handler: Handler) -> Application:
        sessions = SessionBook(clock)
        return Application(
            sandbox.instance,
            router=Router([Route("GET", "/x", handler)]),
            access=Access(sandbox.instance, sessions, TokenBook(sandbox.instance.platform)),
            sessions=sessions,
            log=RequestLog(),
        )

    yield make
    sandbox.close()


def test_session__a_full_queue_is_202_without_a_body(serve: Callable[[Handler], Application]) -> None:
    running, go_on = threading.Semaphore(0), threading.Event()

    def handler(exchange: Exchange) -> Answer:
        running.release()
        assert go_on.wait(30)
        return Answer(200)

    application = serve(handler)
    go_on.set()
    cookie = Client(application).get("/x", auth=ADMIN).headers.getlist("Set-Cookie")[0].partition(";")[0]
    running.acquire()
    go_on.clear()

    def get() -> TestResponse:
        return Client(application, use_cookies=False).get("/x", auth=ADMIN, headers={"Cookie": cookie})

    with ThreadPoolExecutor(QUEUED_TRANSACTIONS + 2) as pool:
        pending = [pool.submit(get)]
        assert running.acquire(timeout=30)
        pending += [pool.submit(get) for _ in range(QUEUED_TRANSACTIONS + 1)]
        refused = next(as_completed(pending, timeout=30)).result()
        go_on.set()
        statuses = sorted(each.result().status_code for each in pending)
    assert (refused.status_code, refused.data) == (202, b"")
    assert statuses == [200] * (QUEUED_TRANSACTIONS + 1) + [202]


def test_list__error_in_the_middle_follows_the_rows(
    serve: Callable[[Handler], Application], caplog: pytest.LogCaptureFixture
) -> None:
    """Status and headers are gone by then: the body tells, the way a cancelled transaction's does."""

    def batches() -> Iterator[Sequence[Members]]:
        yield [{"number": "x" * 2000}]
        raise ValueError("on purpose")

    answer = Client(serve(lambda exchange: Answer(200, Records(batches())))).get("/x", auth=ADMIN)
    document = json.loads(answer.data)
    assert (answer.status_code, list(document), len(document["result"])) == (200, ["result", "error", "status"], 1)
    assert "A list broke off" in caplog.text


def test_list__empty_batches_leave_no_trace(serve: Callable[[Handler], Application]) -> None:
    batches: list[Sequence[Members]] = [[], [{"a": "1"}], [], [{"a": "2"}], []]
    answer = Client(serve(lambda exchange: Answer(200, Records(batches)))).get("/x", auth=ADMIN)
    assert answer.data == b'{"result":[{"a":"1"},{"a":"2"}]}'
