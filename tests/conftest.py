"""What the tests of every folder may ask for: a fresh instance, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox


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
