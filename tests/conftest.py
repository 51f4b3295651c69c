"""What the tests of every folder may ask for: a fresh instance, and clients of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox


@pytest.fixture
def new_threads() -> Callable[[], set[threading.Thread]]:
    """Gives the threads that were started since, and still run; other tests' instances may have theirs."""
    before = set(threading.enumerate())
    return lambda: set(threading.enumerate()) - before


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance of its own for each test, with the demo data."""
    from pysnow.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """A client of that instance, signed in as its administrator."""
    from pysnow import Client

    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        yield client


@pytest.fixture
def incidents(client: Client) -> Resource:
    """The incident table, as a resource."""
    return client.resource(api_path="/table/incident")
