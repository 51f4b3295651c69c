"""A caller that speaks plain HTTP to the sandbox, without the client of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox


@pytest.fixture
def call(sandbox: Sandbox) -> Iterator[Callable[..., requests.Response]]:
    """Verb and path, then what ``requests`` takes; as admin unless told otherwise."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = ("admin", "admin")

        def send(method: str, path: str, **options: Any) -> requests.Response:
            return session.request(method, f"{sandbox.url}{path}", timeout=30, allow_redirects=False, **options)

        yield send


@pytest.fixture
def incident(sandbox: Sandbox) -> dict[str, str | None]:
    """An incident of the test's own."""
    return sandbox.add("incident", {"short_description": "Printer on fire", "urgency": "1"})
