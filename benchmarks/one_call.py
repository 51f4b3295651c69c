"""What one small GET costs, beside ``requests``: ``python -m benchmarks.one_call [CALLS]``.

CPU microseconds of the calling process for a list of one record, its JSON read; the calls of each way are made in turn
by the hundred, and the best hundred counts. Other machines differ in all of them alike.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence

import requests
import urllib3

import pysnow
from benchmarks.static_server import serving, table_name

__all__ = ["main", "ways_of"]

TURN = 100
PARAMS = {"sysparm_query": "number=INC0000001^active=true", "sysparm_limit": "1"}
REFERENCE = "requests.Session"


def ways_of(address: str) -> dict[str, Callable[[], Sequence[object]]]:
    """One call of each way, by name.

    Args:
        address: Host and port of the server.
    """
    path = f"/api/now/table/{table_name('narrow', 1, 1)}"
    session = requests.Session()
    session.auth = ("admin", "admin")
    pool = urllib3.HTTPConnectionPool(address)
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **urllib3.make_headers(basic_auth="a:b")}
    client = pysnow.Client(host=address, use_ssl=False, user="admin", password="admin")
    table = client.resource(api_path=path.removeprefix("/api/now"))
    query = PARAMS["sysparm_query"]
    return {
        REFERENCE: lambda: session.get(f"http://{address}{path}", params=PARAMS).json()["result"],
        "pysnow": lambda: table.get(query, limit=1).all(),
        "pysnow, streamed": lambda: list(table.get(query, limit=1, stream=True).all()),
        "urllib3": lambda: json.loads(pool.request("GET", path, fields=PARAMS, headers=headers).data)["result"],
    }


def _cpu(call: Callable[[], object]) -> float:
    """Seconds of processor time for one call, over a turn."""
    started = time.thread_time()
    for _ in range(TURN):
        call()
    return (time.thread_time() - started) / TURN


def main(calls: int = 2000) -> None:
    """Measure, and print what came out."""
    with serving([("narrow", 1)]) as address:
        ways = ways_of(address)
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(max(2, calls // TURN)):
            for name, call in ways.items():
                best[name] = min(best[name], _cpu(call))
    for name, seconds in best.items():
        print(f"{name:<20}{seconds * 1e6:8.0f} us {seconds / best[REFERENCE]:8.2f} of {REFERENCE}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
