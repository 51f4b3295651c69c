"""Tokens on a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pysnow.sandbox.oauth.tokens import TokenBook


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
def book(clock: Clock) -> TokenBook:
    return TokenBook(clock, {"app": "secret"})


def test_grant__fresh_token_shows_1799_seconds(book: TokenBook) -> None:
    assert book.grant("app", "admin").expires_in_seconds == 1799


def test_grant__running_token_is_given_again(book: TokenBook, clock: Clock) -> None:
    first = book.grant("app", "admin")
    clock.move(100)
    second = book.grant("app", "admin")
    assert (second.access.text, second.expires_in_seconds) == (first.access.text, 1699)


def test_grant__users_do_not_share_tokens(book: TokenBook) -> None:
    assert book.grant("app", "admin").access.text != book.grant("app", "itil").access.text


def test_grant__after_expiry_is_a_new_token(book: TokenBook, clock: Clock) -> None:
    first = book.grant("app", "admin")
    clock.move(1800)
    assert book.grant("app", "admin").access.text != first.access.text


def test_grant__tokens_have_86_characters(book: TokenBook) -> None:
    assert len(book.grant("app", "admin").access.text) == 86


@pytest.mark.parametrize(("seconds", "user"), [(1799.9, "admin"), (1800, None)])
def test_user_of__lives_1800_seconds(book: TokenBook, clock: Clock, seconds: float, user: str | None) -> None:
    token = book.grant("app", "admin").access.text
    clock.move(seconds)
    assert book.user_of(token) == user


def test_refreshed__new_access_token_same_refresh_token(book: TokenBook) -> None:
    first = book.grant("app", "admin")
    second = book.refreshed("app", first.refresh.text)
    assert second is not None
    assert (second.access.text != first.access.text, second.refresh) == (True, first.refresh)


def test_refreshed__the_new_token_is_the_running_one(book: TokenBook) -> None:
    refreshed = book.refreshed("app", book.grant("app", "admin").refresh.text)
    assert refreshed is not None
    assert book.grant("app", "admin").access == refreshed.access


def test_refreshed__foreign_client(book: TokenBook) -> None:
    assert book.refreshed("other", book.grant("app", "admin").refresh.text) is None


def test_refreshed__life_of_the_refresh_token_is_not_extended(book: TokenBook, clock: Clock) -> None:
    refresh = book.grant("app", "admin").refresh.text
    clock.move(8_639_999)
    book.refreshed("app", refresh)
    clock.move(1)
    assert book.refreshed("app", refresh) is None


def test_revoke__access_token(book: TokenBook) -> None:
    token = book.grant("app", "admin").access.text
    book.revoke(token)
    assert book.user_of(token) is None


def test_revoke__refresh_token_ends_the_access_token(book: TokenBook) -> None:
    granted = book.grant("app", "admin")
    book.revoke(granted.refresh.text)
    assert book.user_of(granted.access.text) is None


def test_expire_access__keeps_refresh_tokens(book: TokenBook) -> None:
    granted = book.grant("app", "admin")
    book.expire_access()
    assert (book.user_of(granted.access.text), book.refresh_user("app", granted.refresh.text)) == (None, "admin")


def test_expire_all__ends_refresh_tokens(book: TokenBook) -> None:
    refresh = book.grant("app", "admin").refresh.text
    book.expire_all()
    assert book.refresh_user("app", refresh) is None


def test_knows_client__wrong_secret(book: TokenBook) -> None:
    assert not book.knows_client("app", "wrong")
