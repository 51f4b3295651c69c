"""The sandbox as a context manager, a WSGI application and a set of tables."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from werkzeug.test import Client

from pysnow.sandbox import Sandbox

INCIDENTS = "/api/now/table/incident"
ADMIN = ("admin", "admin")


def test_sandbox__leaves_no_threads() -> None:
    before = set(threading.enumerate())
    with Sandbox() as sandbox, requests.Session() as session:
        session.get(f"{sandbox.url}{INCIDENTS}", auth=ADMIN, timeout=30)
    assert set(threading.enumerate()) - before == set()


def test_sandbox__url_needs_a_listener() -> None:
    with pytest.raises(RuntimeError, match="does not listen"):
        _ = Sandbox().url


def test_sandbox__starts_once() -> None:
    with Sandbox() as sandbox, pytest.raises(RuntimeError, match="listens already"):
        sandbox.start()


def test_sandbox__closes_twice() -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.close()
    sandbox.close()


def test_sandbox__sandboxes_share_nothing() -> None:
    with Sandbox() as one, Sandbox() as other:
        row = one.add("incident", {"short_description": "only here"})
        path = f"{INCIDENTS}/{row['sys_id']}"
        assert requests.get(f"{other.url}{path}", auth=ADMIN, timeout=30).status_code == 404


def test_sandbox__sandboxes_share_no_rights() -> None:
    """All of a process begin with the same rules; what changes them is one's own."""
    with Sandbox() as one, Sandbox() as other:
        one.grant("employee", "itil")
        one.deny("incident", "read", admins_too=True)
        answer = requests.get(f"{other.url}{INCIDENTS}?sysparm_limit=1", auth=ADMIN, timeout=30)
        assert len(answer.json()["result"]) == 1


@pytest.mark.parametrize("path", ["/", "/api/now/table/incident"])
def test_sandbox__first_request_loads_no_faults(path: str) -> None:
    """Several dozen kinds take longer to define than a sandbox to open, and most never use one."""
    program = (
        "import sys; from pysnow.sandbox import Sandbox; from werkzeug.test import Client\n"
        f"Client(Sandbox()).get({path!r}, auth=('admin', 'admin'))\n"
        "assert 'pysnow.sandbox.faults.catalogue' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_sandbox__is_a_wsgi_application() -> None:
    sandbox = Sandbox()
    answer = Client(sandbox).get(f"{INCIDENTS}?sysparm_limit=1", auth=ADMIN)
    sandbox.close()
    assert (answer.status_code, len(answer.get_json()["result"])) == (200, 1)


def test_sandbox__announces_tls_over_tls() -> None:
    sandbox = Sandbox()
    answer = Client(sandbox).get(INCIDENTS, auth=ADMIN, base_url="https://dev00000.service-now.com")
    sandbox.close()
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_sandbox__file_keeps_the_data(tmp_path: Path) -> None:
    with Sandbox(path=tmp_path / "instance.db") as sandbox:
        row = sandbox.add("incident", {"short_description": "still here"})
    with Sandbox(path=tmp_path / "instance.db") as sandbox:
        url = f"{sandbox.url}{INCIDENTS}/{row['sys_id']}"
        assert requests.get(url, auth=ADMIN, timeout=30).json()["result"]["short_description"] == "still here"


def test_sandbox__records_are_planted_beside_the_demo_data() -> None:
    with Sandbox() as small, Sandbox(records=25) as large:
        assert len(large.table("incident").rows) - len(small.table("incident").rows) == 25


def test_sandbox__without_demo_data() -> None:
    with Sandbox(seed=False) as sandbox:
        assert sandbox.table("incident").rows == []


def test_add__keeps_system_fields() -> None:
    sandbox = Sandbox()
    row = sandbox.add("incident", {"sys_updated_on": "2020-01-02 03:04:05"})
    sandbox.close()
    assert row["sys_updated_on"] == "2020-01-02 03:04:05"


def test_threads__write_side_by_side(sandbox: Sandbox) -> None:
    """Every caller gets a number of its own."""

    def create(position: int) -> str:
        answer = requests.post(f"{sandbox.url}{INCIDENTS}", json={"urgency": "1"}, auth=ADMIN, timeout=30)
        number: str = answer.json()["result"]["number"]
        return number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(create, range(40)))
    assert len(set(numbers)) == 40
