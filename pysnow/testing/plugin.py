"""The pytest plugin: fixtures and the marker of a local instance.

pytest imports this module in every project that has the package installed; whatever is heavy is imported by the
fixtures, when they are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox
    from pysnow.testing.preparation import Order

__all__ = ["pytest_configure", "servicenow", "servicenow_client", "servicenow_server"]

_MARKER = "servicenow"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(seed=True, user='admin', faults=(), tables=(), hosts=None, allow_hosts=()): the local instance of "
        "this test: its data, who servicenow_client is, what goes wrong, further tables, the instances it answers for, "
        "other machines that may be reached",
    )


@pytest.fixture
def servicenow(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A ServiceNow instance of this test alone, which answers whatever the test sends to any instance.

    It has demo data unless ``@pytest.mark.servicenow(seed=...)`` says otherwise. Nothing is sent to other machines.
    """
    from pysnow.testing.preparation import open_instance

    with ExitStack() as stack:
        try:
            sandbox = stack.enter_context(open_instance(_order(request), request.path.parent))
        except (ValueError, OSError) as exc:
            pytest.fail(f"{request.node.nodeid}: {exc}", pytrace=False)
        yield sandbox


@pytest.fixture
def servicenow_client(request: pytest.FixtureRequest, servicenow: Sandbox) -> Iterator[Client]:
    """A client of that instance, signed in as its administrator, or as the ``user`` of the marker."""
    from pysnow import Client

    user = _order(request).user
    if servicenow.instance.authenticate(user, user) is None:
        pytest.fail(
            f"{request.node.nodeid}: nobody can sign in as {user!r} with that word as password: add such a user with "
            f"servicenow.add_user({user!r})",
            pytrace=False,
        )
    with Client(instance=servicenow.url, user=user, password=user) as client:
        yield client


@pytest.fixture
def servicenow_server(servicenow: Sandbox) -> Sandbox:
    """The same instance, listening on a port of this machine: ``servicenow_server.url`` is for any program."""
    servicenow.start()
    return servicenow


def _order(request: pytest.FixtureRequest) -> Order:
    """Read the markers of a test, its class and its module; the nearer one counts where they differ."""
    from pysnow.testing.preparation import Order

    options: dict[str, object] = {}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            pytest.fail(f"{request.node.nodeid}: the marker {_MARKER} takes named arguments only", pytrace=False)
        options |= marker.kwargs
    try:
        return Order.of(options)
    except ValueError as exc:
        pytest.fail(f"{request.node.nodeid}: {exc}", pytrace=False)
