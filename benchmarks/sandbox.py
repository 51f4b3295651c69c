"""How fast the sandbox serves, beside the plainest werkzeug application in the same process.

Run ``python -m benchmarks.sandbox [RECORDS]``. Both are called as WSGI applications, without a socket, so that only the
serving is measured; figures are CPU seconds of the best of several rounds.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from pysnow.sandbox import Sandbox

ROUNDS = 5
CALLS = 200
PAGE = 1000
HEADERS = {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode(), "Accept": "application/json"}
TABLE = "/api/now/table/incident"


@Request.application
def plain(request: Request) -> Response:
    """Answer a few bytes, as little as werkzeug can do."""
    return Response(b'{"result":[]}', mimetype="application/json")


def best(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call, in the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - started) / times)
    return min(rounds)


def main(records: int) -> None:
    """Measure, and print what came out."""
    with Sandbox(records=records) as sandbox:
        client, bare = Client(sandbox), Client(plain)

        def page(parameters: str) -> Callable[[], object]:
            return lambda: client.get(f"{TABLE}?{parameters}", headers=HEADERS).get_data()

        floor = best(lambda: bare.get("/").get_data(), CALLS)
        one = best(page("sysparm_limit=1&sysparm_fields=number"), CALLS)
        print(f"one small call: {one * 1e3:.2f} ms, {one / floor:.1f} times plain werkzeug ({floor * 1e3:.2f} ms)")
        keyset = f"sysparm_query=sys_id>2^ORDERBYsys_id&sysparm_limit={PAGE}"
        for title, parameters in (
            ("three columns", "&sysparm_fields=sys_id,number,state"),
            ("all columns", ""),
            ("all columns, both values", "&sysparm_display_value=all"),
        ):
            seconds = best(page(keyset + parameters), 1)
            print(f"keyset page of {PAGE}, {title}: {PAGE / seconds:,.0f} rows a second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
