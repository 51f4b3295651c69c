"""A caller that speaks plain HTTP to the sandbox, without the client of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
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


@pytest.fixture
def times() -> list[datetime]:
    """The present, as the only item."""
    return [datetime(2026, 3, 2, 9, tzinfo=UTC)]


@pytest.fixture
def stopped_sandbox(times: list[datetime]) -> Iterator[Sandbox]:
    """A sandbox whose clock stands until ``times`` is changed."""
    with Sandbox(clock=lambda: times[0]) as running:
        yield running


@pytest.fixture
def grant(stopped_sandbox: Sandbox) -> Callable[..., requests.Response]:
    """Ask that sandbox for a token as its application; None leaves a parameter out."""
    defaults = {"client_id": "sandbox", "client_secret": "sandbox"}

    def ask(grant_type: str | None = "password", **parameters: str | None) -> requests.Response:
        form = {**defaults, "grant_type": grant_type, **parameters}
        return requests.post(f"{stopped_sandbox.url}/oauth_token.do", data=form, timeout=30)

    return ask


@pytest.fixture
def use(stopped_sandbox: Sandbox) -> Callable[[str], int]:
    """Send an access token to the Table API of that sandbox, and give the status."""

    def send(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{stopped_sandbox.url}/api/now/table/incident?sysparm_limit=1"
        return requests.get(url, headers=headers, timeout=30).status_code

    return send
