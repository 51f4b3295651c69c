"""Tokens on a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pysnow.sandbox import Sandbox
from pysnow.sandbox.oauth.applications import Application, find_application
from pysnow.sandbox.oauth.tokens import TokenBook

ADMIN = "6816f79cc0a8016401c5a33be04be441"
ITIL = "681b365ec0a80164000fb0b05854a0cd"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=clock)
    yield sandbox
    sandbox.close()


@pytest.fixture
def book(sandbox: Sandbox) -> TokenBook:
    return TokenBook(sandbox.instance.platform)


def application(sandbox: Sandbox, client_id: str) -> Application:
    found = find_application(sandbox.instance.platform, client_id)
    assert found is not None
    return found


@pytest.fixture
def app(sandbox: Sandbox) -> Application:
    return application(sandbox, "sandbox")


@pytest.fixture
def other(sandbox: Sandbox) -> Application:
    sandbox.add("oauth_entity", {"name": "Other", "client_id": "other", "client_secret": "secret"})
    return application(sandbox, "other")


def refresh_text(book: TokenBook, app: Application, user: str = ADMIN) -> str:
    granted = book.grant(app, user).refresh
    assert granted is not None
    return granted.text


def test_grant__fresh_token_shows_1799_seconds(book: TokenBook, app: Application) -> None:
    assert book.grant(app, ADMIN).expires_in_seconds == 1799


@pytest.mark.parametrize("fraction", [0.001, 0.5, 0.999])
def test_grant__between_two_seconds_too(book: TokenBook, app: Application, clock: Clock, fraction: float) -> None:
    clock.move(fraction)
    assert [book.grant(app, ADMIN).expires_in_seconds for _ in range(2)] == [1799, 1799]


def test_grant__running_token_is_given_again(book: TokenBook, app: Application, clock: Clock) -> None:
    first = book.grant(app, ADMIN)
    clock.move(100)
    second = book.grant(app, ADMIN)
    assert (second.access.text, second.expires_in_seconds) == (first.access.text, 1699)


def test_grant__users_do_not_share_tokens(book: TokenBook, app: Application) -> None:
    assert book.grant(app, ADMIN).access.text != book.grant(app, ITIL).access.text


def test_grant__applications_do_not_share_tokens(book: TokenBook, app: Application, other: Application) -> None:
    assert book.grant(app, ADMIN).access.text != book.grant(other, ADMIN).access.text


def test_grant__after_expiry_is_a_new_token(book: TokenBook, app: Application, clock: Clock) -> None:
    first = book.grant(app, ADMIN)
    clock.move(1800)
    assert book.grant(app, ADMIN).access.text != first.access.text


def test_grant__the_dead_are_forgotten(book: TokenBook, app: Application, clock: Clock, sandbox: Sandbox) -> None:
    for _ in range(3):
        book.grant(app, ADMIN)
        clock.move(1800)
    book.grant(app, ADMIN)
    assert len(sandbox.table("oauth_credential").rows) == 2


def test_grant__tokens_have_86_characters(book: TokenBook, app: Application) -> None:
    assert len(book.grant(app, ADMIN).access.text) == 86


@pytest.mark.parametrize(("seconds", "user"), [(1799.9, "admin"), (1800, None)])
def test_user_of__lives_1800_seconds(
    book: TokenBook, app: Application, clock: Clock, seconds: float, user: str | None
) -> None:
    token = book.grant(app, ADMIN).access.text
    clock.move(seconds)
    assert book.user_of(token) == user


def test_refreshed__new_access_token_same_refresh_token(book: TokenBook, app: Application) -> None:
    first = book.grant(app, ADMIN)
    assert first.refresh is not None
    second = book.refreshed(app, first.refresh.text)
    assert second is not None
    assert second.refresh is not None
    assert (second.access.text != first.access.text, second.refresh.text) == (True, first.refresh.text)


def test_refreshed__the_new_token_is_the_running_one(book: TokenBook, app: Application) -> None:
    refreshed = book.refreshed(app, refresh_text(book, app))
    assert refreshed is not None
    assert book.grant(app, ADMIN).access.text == refreshed.access.text


def test_refreshed__the_earlier_token_lives_on(book: TokenBook, app: Application) -> None:
    first = book.grant(app, ADMIN)
    book.refreshed(app, refresh_text(book, app))
    assert book.user_of(first.access.text) == "admin"


def test_refreshed__foreign_client(book: TokenBook, app: Application, other: Application) -> None:
    assert book.refreshed(other, refresh_text(book, app)) is None


def test_refreshed__life_of_the_refresh_token_is_not_extended(book: TokenBook, app: Application, clock: Clock) -> None:
    refresh = refresh_text(book, app)
    clock.move(8_639_999)
    book.refreshed(app, refresh)
    clock.move(1)
    assert book.refreshed(app, refresh) is None


def test_revoke__access_token(book: TokenBook, app: Application) -> None:
    token = book.grant(app, ADMIN).access.text
    book.revoke(token)
    assert book.user_of(token) is None


def test_revoke__refresh_token_ends_the_access_token(book: TokenBook, app: Application) -> None:
    granted = book.grant(app, ADMIN)
    book.revoke(refresh_text(book, app))
    assert book.user_of(granted.access.text) is None


def test_expire_access__keeps_refresh_tokens(book: TokenBook, app: Application) -> None:
    granted, refresh = book.grant(app, ADMIN), refresh_text(book, app)
    book.expire_access()
    assert (book.user_of(granted.access.text), book.refresh_user(app, refresh)) == (None, ADMIN)


def test_expire_all__ends_refresh_tokens(book: TokenBook, app: Application) -> None:
    refresh = refresh_text(book, app)
    book.expire_all()
    assert book.refresh_user(app, refresh) is None


def test_deleted_user__takes_the_tokens_along(book: TokenBook, app: Application, sandbox: Sandbox) -> None:
    book.grant(app, ITIL)
    sandbox.instance.delete("sys_user", ITIL, sandbox.instance.system)
    assert sandbox.table("oauth_credential").rows == []
