"""Many threads find out at once that their token has expired: one of them renews it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pysnow import Client
from pysnow.oauth.grants import PasswordGrant
from pysnow.sandbox import Sandbox

_THREADS = 32


@pytest.fixture(scope="module", params=["false", "true"], ids=["kept", "rotated"])
def instance(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        row = next(row for row in sandbox.table("oauth_entity").rows if row["client_id"] == "sandbox")
        changes = {"refresh_token_rotation": request.param}
        sandbox.instance.update("oauth_entity", row["sys_id"] or "", changes, sandbox.instance.system)
        yield sandbox


@pytest.fixture(scope="module")
def client(instance: Sandbox) -> Iterator[Client]:
    with Client(instance=instance.url, auth=PasswordGrant("sandbox", "sandbox", "itil", "itil")) as client:
        client.table("incident").get(limit=1).one()
        yield client


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(_THREADS) as pool:
        yield pool


def test_stampede__makes_one_refresh(
    long_schedule: int, instance: Sandbox, client: Client, pool: ThreadPoolExecutor
) -> None:
    instance.oauth.expire_access()
    instance.requests.clear()
    gate = threading.Barrier(_THREADS)

    def read(_: int) -> str:
        gate.wait(60)
        return str(client.table("incident").get({"number": "INC0000060"}, fields=["number"]).one()["number"])

    numbers = list(pool.map(read, range(_THREADS)))
    refreshes = sum("oauth_token" in entry.path for entry in instance.requests)
    assert (numbers, refreshes) == (["INC0000060"] * _THREADS, 1)
