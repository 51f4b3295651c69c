"""How many schedules are played, and clients that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pysnow import Client
from pysnow.sandbox import Sandbox
from tests.client.writing import Hands, client_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its schedules; the number of one is its id, by which it is played again."""
    if "chaos_schedule" in metafunc.fixturenames:
        metafunc.parametrize("chaos_schedule", range(metafunc.config.getoption("chaos")))


@pytest.fixture
def patient() -> Iterator[Callable[..., Client]]:
    """Makes clients whose time passes only while they wait."""
    with ExitStack() as stack:

        def make(sandbox: Sandbox, **options: Any) -> Client:
            return stack.enter_context(client_of(sandbox, Hands(), **options))

        yield make
