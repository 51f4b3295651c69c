"""A client that was used before a fork: parent and children share no connection, cookie or answer."""

from __future__ import annotations

import os
import signal

import pytest

from pysnow import Client, InvalidUsage
from pysnow.sandbox import Sandbox
from pysnow.table import Table
from tests.unit.canned_server import CannedServer, chunked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

_CHILDREN = 4
_CALLS = 20


def _wrong(incidents: Table, sys_ids: list[str], calls: int) -> int:
    """Calls that brought another record than the one that was asked for."""
    asked = [sys_ids[call % len(sys_ids)] for call in range(calls)]
    return sum(incidents.get({"sys_id": sys_id}, fields=["sys_id"]).one()["sys_id"] != sys_id for sys_id in asked)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork__after_use_mixes_nothing(long_schedule: int) -> None:
    with Sandbox(seed=False) as sandbox, Client(instance=sandbox.url, user="admin", password="admin") as client:
        sys_ids = [
            str(sandbox.add("incident", {"short_description": f"row {number}"})["sys_id"]) for number in range(9)
        ]
        incidents = client.table("incident")
        assert _wrong(incidents, sys_ids, 2) == 0
        children = []
        for number in range(_CHILDREN):
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                try:
                    wrong = _wrong(incidents, sys_ids[number:] + sys_ids[:number], _CALLS)
                except BaseException:
                    wrong = 99
                os._exit(wrong)
            children.append(child)
        wrong = _wrong(incidents, sys_ids, _CALLS)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        fresh = sum("jsessionid" not in entry.headers.get("cookie", "").lower() for entry in sandbox.requests)
    assert (wrong, codes) == (0, [0] * _CHILDREN)
    assert fresh == 1 + _CHILDREN  # each process began a session of its own


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork__an_answer_that_is_being_read_stays_with_the_parent() -> None:
    """Two processes that read one socket would each get a part."""
    chunks = [bytes([65 + number % 26]) * 65_536 for number in range(64)]
    server = CannedServer(chunked(*chunks, headers=[("Content-Type", "text/plain")]))
    with server, Client(instance=server.url.partition("/api/")[0], user="a", password="b") as client:
        pieces = client.table("incident").attachments.iter_content("0" * 32)
        first = next(pieces)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            code = 1
            try:
                list(pieces)
            except InvalidUsage:
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert (code, first + b"".join(pieces)) == (0, b"".join(chunks))
