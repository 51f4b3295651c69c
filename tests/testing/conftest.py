"""A local instance that stands in for real ones, and a client that was made before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysnow import Client
from pysnow.sandbox import Sandbox
from pysnow.testing import intercept


@pytest.fixture
def early_client() -> Iterator[Client]:
    """A client made before any local instance stands in."""
    with Client(instance="dev12345", user="admin", password="admin") as client:
        yield client


@pytest.fixture
def instance(early_client: Client) -> Iterator[Sandbox]:
    """The instance that answers from then on."""
    with intercept() as sandbox:
        yield sandbox


@pytest.fixture
def bare() -> Iterator[Sandbox]:
    """An instance without demo data, which nobody calls."""
    sandbox = Sandbox(seed=False)
    yield sandbox
    sandbox.close()
