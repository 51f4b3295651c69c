"""Sessions on a clock that is moved by hand."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from pysnow.sandbox.http.sessions import QUEUED_TRANSACTIONS, Session, SessionBook, SessionBusy

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def times() -> list[datetime]:
    """The present, as the only item."""
    return [START]


@pytest.fixture
def book(times: list[datetime]) -> SessionBook:
    return SessionBook(lambda: times[0])


def test_find__same_credentials(book: SessionBook) -> None:
    session = book.open("admin", "Basic x")
    assert book.find(session.session_id, "Basic x") is session


def test_find__other_credentials(book: SessionBook) -> None:
    session = book.open("admin", "Basic x")
    assert book.find(session.session_id, "Basic y") is None


def test_find__idle_for_too_long(book: SessionBook, times: list[datetime]) -> None:
    session = book.open("admin", "Basic x")
    times[0] += timedelta(seconds=1801)
    assert book.find(session.session_id, "Basic x") is None


def test_find__use_keeps_it_alive(book: SessionBook, times: list[datetime]) -> None:
    session = book.open("admin", "Basic x")
    for _ in range(3):
        times[0] += timedelta(seconds=1700)
        assert book.find(session.session_id, "Basic x") is session


@pytest.mark.parametrize(("secure", "marks"), [(True, "; SameSite=None; Secure"), (False, "; HttpOnly")])
def test_cookies__secure_with_tls_only(book: SessionBook, secure: bool, marks: str) -> None:
    session = book.open("admin", "Basic x")
    assert book.cookies(session, secure=secure)[0][1].endswith(marks)


def test_turn__one_transaction_at_a_time() -> None:
    session = Session("id", "admin", b"")
    order: list[str] = []

    def second() -> None:
        with session.turn():
            order.append("second")

    with session.turn():
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_turn__more_than_ten_waiting_are_refused() -> None:
    session = Session("id", "admin", b"")
    refused = threading.Semaphore(0)

    def wait() -> None:
        try:
            with session.turn():
                pass
        except SessionBusy:
            refused.release()

    with session.turn():
        threads = [threading.Thread(target=wait) for _ in range(QUEUED_TRANSACTIONS + 2)]
        for thread in threads:
            thread.start()
        assert [refused.acquire(timeout=10) for _ in range(2)] == [True, True]
    for thread in threads:
        thread.join()
