"""What the tests of every folder may ask for: a fresh instance, and clients of it."""

from __future__ import annotations

import importlib
import pkgutil
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

import pysnow

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox


@pytest.fixture(scope="session")
def every_module() -> None:
    """All modules of the package, loaded.

    A run of pytester within this process forgets the modules that it loaded; loaded once more, a class would not be the
    one that others hold.
    """
    for module in pkgutil.walk_packages(pysnow.__path__, "pysnow."):
        if module.name not in ("pysnow.__main__", "pysnow.testing.plugin"):  # the latter pytest loads itself
            importlib.import_module(module.name)


@pytest.fixture
def heeded_interrupts() -> None:
    """Interrupts are heeded, here and in the programs that a test starts.

    What a shell without job control starts in the background ignores them, and so does all that it starts in turn.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
