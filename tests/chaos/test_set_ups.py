"""Rows of the matrix that no answer of an instance can play: what is around it, and around the client, is wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from pysnow import AmbiguousWrite, Client, PysnowException, ReauthRequired, TLSError, TransportError
from pysnow.auth import BearerAuth
from pysnow.oauth.grants import PasswordGrant, RefreshToken
from pysnow.sandbox import Sandbox
from tests.chaos.ground import CALLS, CHANGES, LOOKS, TOKENS, Ground, signed_in, strike
from tests.client.writing import Hands, client_of

_SYS_ID = "0" * 32
_APPLICATION = ("sandbox", "sandbox")
_SIGNED = tuple(call for call in CALLS if call not in TOKENS)

_WALKS = ("iterate", "workers")
"""Calls whose error holds the last attempt alone."""

_FIRST_REQUESTS: dict[str, Callable[[Client], object]] = {
    "get": lambda client: client.table("problem").get().all(),
    "stream": lambda client: list(client.table("problem").get(stream=True).all()),
    "iterate": lambda client: list(client.table("problem").iterate()),
    "workers": lambda client: list(client.table("problem").iterate(workers=2)),
    "download": lambda client: client.table("problem").attachments.content(_SYS_ID),
    "create": lambda client: client.table("problem").create({"short_description": "new"}),
    "keyed": lambda client: client.table("problem").create({"short_description": "new"}, key="new"),
    "update": lambda client: client.table("problem").update({"sys_id": _SYS_ID}, {"description": "new"}),
    "delete": lambda client: client.table("problem").delete({"sys_id": _SYS_ID}),
    "upload": lambda client: client.table("problem").attachments.upload(_SYS_ID, data=b"new", name="a.txt"),
    "refresh": lambda client: client.table("problem").get().all(),
}


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(12):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


def _outcome(call: str, url: str) -> tuple[PysnowException, int]:
    """The error of a call, and how often something was waited for before it."""
    hands = Hands()
    if call not in TOKENS:
        client = Client(instance=url, user="admin", password="admin")
        client._clockwork = hands.clockwork
    else:
        client = Client(instance=url, auth=RefreshToken(*_APPLICATION, "a refresh token"))
        assert client._endpoint is not None
        client._endpoint.clockwork = client._clockwork = hands.clockwork
    with client, pytest.raises(PysnowException) as caught:
        _FIRST_REQUESTS[call](client)
    return caught.value, len(hands.waits)


# -- nobody there, or somebody else ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stranger() -> Iterator[Sandbox]:
    """An instance whose certificate nobody trusts."""
    with Sandbox(seed=False, tls=True) as sandbox:
        yield sandbox


@pytest.mark.parametrize("call", _FIRST_REQUESTS)
def test_certificate_not_trusted__is_told_at_once(call: str, stranger: Sandbox) -> None:
    error, waits = _outcome(call, stranger.url)
    assert (type(error), waits, len(stranger.requests)) == (TLSError, 0, 0)
    assert error.committed is False or call not in CHANGES


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("call", _FIRST_REQUESTS)
def test_connection_refused__is_told_after_four_attempts(call: str, closed_port: int) -> None:
    error, waits = _outcome(call, f"http://127.0.0.1:{closed_port}")
    assert (isinstance(error, TransportError), waits) == (True, 3)
    assert {attempt.phase for attempt in error.attempts} == {"not_sent"}
    assert len(error.attempts) >= 4 or call in _WALKS
    assert error.committed is False or call not in CHANGES


@pytest.mark.parametrize("call", _FIRST_REQUESTS)
def test_name_not_known__is_told_after_four_attempts(call: str) -> None:
    error, waits = _outcome(call, "https://nowhere.example")
    assert (isinstance(error, TransportError), waits) == (True, 3)
    assert {attempt.phase for attempt in error.attempts} == {"not_sent"}
    assert len(error.attempts) >= 4 or call in _WALKS
    assert error.committed is False or call not in CHANGES


def test_connection_refused_at_first__change_is_made_once(closed_port: int) -> None:
    with ExitStack() as later, Sandbox(seed=False, port=closed_port) as sandbox:
        sandbox.close()
        opened = Sandbox(seed=False, port=closed_port)
        hands = Hands()
        hands.on_wait = lambda: len(hands.waits) == 1 and later.enter_context(opened)
        client = later.enter_context(Client(instance=f"http://127.0.0.1:{closed_port}", user="admin", password="admin"))
        client._clockwork = hands.clockwork
        client.table("problem").create({"short_description": "new"})
        assert [row["short_description"] for row in opened.table("problem").rows] == ["new"]


# -- tokens ------------------------------------------------------------------------------------------------------------


def _connected(stack: ExitStack, grant: Callable[[], BearerAuth]) -> Callable[..., Client]:
    def connect(instance: Sandbox, *, auth: BearerAuth | None = None) -> Client:
        return stack.enter_context(Client(instance=instance.url, auth=auth or grant()))

    return connect


def _refreshes(instance: Sandbox) -> int:
    return sum(b"grant_type=refresh_token" in each.body for each in instance.requests if "oauth_token" in each.path)


@pytest.mark.parametrize("beside", ["", "rotated-refresh-token", "bad-expiry:how=negative"])
@pytest.mark.parametrize("call", _SIGNED)
def test_token_expired__one_refresh_and_the_call_is_done(
    call: str, beside: str, instance: Sandbox, tmp_path: Path
) -> None:
    instance.requests.clear()
    with ExitStack() as stack:
        connect = _connected(stack, lambda: PasswordGrant(*_APPLICATION, "admin", "admin"))
        ground = Ground(instance, connect, tmp_path)
        outcome = ground.play(call, strike("expired-token", call, 1), *([beside] if beside else []))
    assert (outcome, _refreshes(instance)) == ((1, None), 1)


@pytest.mark.parametrize("call", _SIGNED)
def test_token_expired__and_no_way_to_another(call: str, instance: Sandbox, tmp_path: Path) -> None:
    token = signed_in(instance)
    with ExitStack() as stack:
        ground = Ground(instance, _connected(stack, lambda: RefreshToken(*_APPLICATION, token)), tmp_path)
        times, error = ground.play(call, strike("expired-token", call, 1), "revoked-refresh-token")
    assert (times, type(error)) == (0, ReauthRequired)
    assert error is not None
    assert error.committed is False or call not in (*CHANGES, *LOOKS)


# -- clocks and interruptions ------------------------------------------------------------------------------------------


class _JumpingHands(Hands):
    """A clock on the wall that somebody sets an hour forward or back whenever it is looked at."""

    jump = 3600.0

    def jumped(self) -> float:
        self.jump = -self.jump
        return 1_900_000_000.0 + self.now + self.jump


@pytest.mark.parametrize("fault", ["drop-before", "too-many-requests:retry_after=1"])
@pytest.mark.parametrize("call", _SIGNED)
def test_clock_set_to_and_fro__nothing_waits_for_it(call: str, fault: str, instance: Sandbox, tmp_path: Path) -> None:
    hands = _JumpingHands()

    def connect(instance: Sandbox) -> Client:
        client = stack.enter_context(client_of(instance, hands))
        client._clockwork = replace(hands.clockwork, wall=hands.jumped)
        return client

    with ExitStack() as stack:
        times, error = Ground(instance, connect, tmp_path).play(call, strike(fault, call, 1))
    assert times == 1 or isinstance(error, AmbiguousWrite)
    assert hands.now < 120


def _interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("call", _SIGNED)
def test_interruption__passes_and_says_what_it_leaves_open(call: str, instance: Sandbox, tmp_path: Path) -> None:
    hands = Hands()
    with ExitStack() as stack:
        ground = Ground(instance, lambda instance: stack.enter_context(client_of(instance, hands)), tmp_path)
        hands.on_wait = _interrupt
        with pytest.raises(KeyboardInterrupt) as caught:
            ground.play(call, strike("too-many-requests", call, 1))
    assert isinstance(caught.value.__cause__, AmbiguousWrite) or call not in CHANGES
    assert not list(tmp_path.rglob("*.part"))
