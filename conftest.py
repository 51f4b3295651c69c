"""Runs the examples of the manual, of the README and of the docstrings, and keeps the whole suite on this machine.

Examples share one sandbox per document. They find these names: ``client`` (signed in as ``admin``), ``sandbox``,
and ``folder``, an empty folder that is also the working directory.
"""

from __future__ import annotations

import doctest
import os
import socket
import sys
from contextlib import ExitStack, chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.rest import DocTestParser, PythonCodeBlockParser, SkipParser

import pysnow

ROOT = Path(__file__).parent

# Last: under tox an installed pysnow comes first, while tests find their neighbours as `tests.unit...`.
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

if "TOX_ENV_NAME" in os.environ and Path(pysnow.__file__).is_relative_to(ROOT / "pysnow"):
    raise pytest.UsageError("the checkout is being tested, not the wheel that tox installed")


# Nor does it use what the developer has configured: clients would find it.
for _name in [name for name in os.environ if name.startswith(("SERVICENOW_", "SN_"))]:
    del os.environ[_name]
os.environ["XDG_CONFIG_HOME"] = str(ROOT / "tests" / "no-settings")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which more schedules of faults are played than in a usual run."""
    parser.addoption("--chaos", type=int, default=30, metavar="N", help="schedules of faults for each test of chaos")


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: nothing in this suite speaks to another machine, whatever a mistake in it asks for."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1")):
            raise RuntimeError(f"a test tried to reach {address[0]}; only loopback addresses are allowed")
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1", "::1", b"localhost"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


sys.addaudithook(_stay_on_this_machine)


def _furnish(namespace: dict[str, object]) -> None:
    """Give the examples of one document what they take for granted."""
    from pysnow.sandbox import Sandbox

    stack = ExitStack()
    sandbox = stack.enter_context(Sandbox())
    client = stack.enter_context(pysnow.Client(instance=sandbox.url, user="admin", password="admin"))
    folder = Path(stack.enter_context(TemporaryDirectory()))
    stack.enter_context(chdir(folder))
    namespace.update(sandbox=sandbox, client=client, folder=folder, _stack=stack)


def _clear_away(namespace: dict[str, object]) -> None:
    stack = namespace["_stack"]
    assert isinstance(stack, ExitStack)
    stack.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the examples of each document back in order: unlike tests, they follow from one another."""
    places = [index for index, item in enumerate(items) if isinstance(item, SybilItem)]
    first = {}
    for index in places:
        first.setdefault(items[index].path, index)
    ordered = sorted((items[index] for index in places), key=lambda item: (first[item.path], item.example.line))
    for index, item in zip(places, ordered, strict=True):
        items[index] = item


def _examples(*patterns: str) -> Sybil:
    return Sybil(
        parsers=[
            DocTestParser(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE),
            PythonCodeBlockParser(),
            SkipParser(),
        ],
        patterns=patterns,
        setup=_furnish,
        teardown=_clear_away,
    )


pytest_collect_file = _examples("docs/*.rst", "docs/*/*.rst", "README.rst", "pysnow/*.py", "pysnow/*/*.py").pytest()
