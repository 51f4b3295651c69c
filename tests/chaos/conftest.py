"""How many schedules are played, and clients that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from requests.auth import AuthBase

from pysnow import Client
from pysnow.sandbox import Sandbox
from tests.client.writing import Hands, client_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its schedules, fewer where one takes long; its number is its id, by which it is played again."""
    schedules = metafunc.config.getoption("chaos")
    if "chaos_schedule" in metafunc.fixturenames:
        metafunc.parametrize("chaos_schedule", range(schedules))
    if "long_schedule" in metafunc.fixturenames:
        metafunc.parametrize("long_schedule", range(max(1, schedules // 10)))


@pytest.fixture
def patient() -> Iterator[Callable[..., Client]]:
    """Makes clients whose time passes only while they wait."""
    with ExitStack() as stack:

        def make(sandbox: Sandbox, *, auth: AuthBase | None = None, **options: Any) -> Client:
            hands = Hands()
            if auth is None:
                return stack.enter_context(client_of(sandbox, hands, **options))
            client = stack.enter_context(Client(instance=sandbox.url, auth=auth, **options))
            client._clockwork = hands.clockwork
            if client._endpoint is not None:  # made together with the client, by the time of the world
                client._endpoint.clockwork = hands.clockwork
            return client

        yield make
