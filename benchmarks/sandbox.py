"""How fast the sandbox serves, beside the plainest werkzeug application in the same process.

Run ``python -m benchmarks.sandbox [RECORDS]``. Both are called as WSGI applications, without a socket, so that only the
serving is measured. Figures are CPU seconds of the best of several rounds. Rows are given beside what json takes to
read the same page, calls beside the plain application: other machines differ in both alike.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from pysnow.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

ROUNDS = 7
CALLS = 200
PAGE = 1000
HEADERS = {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode(), "Accept": "application/json"}
TABLE = "/api/now/table/incident"
KEYSET = f"?sysparm_query={quote('sys_id>2^ORDERBYsys_id')}&sysparm_limit={PAGE}&sysparm_no_count=true"
LISTS = {
    "three columns": "&sysparm_fields=sys_id,number,state",
    "all columns": "",
    "all columns, display values": "&sysparm_display_value=true",
    "all columns, both values": "&sysparm_display_value=all",
}

Serve = Callable[[], bytes]


@Request.application
def plain(request: Request) -> Response:
    """Answer a few bytes, as little as werkzeug can do."""
    return Response(b'{"result":[]}', mimetype="application/json")


def best(work: Callable[[], object], times: int = 1) -> float:
    """CPU seconds of one call, in the best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - started) / times)
    return min(rounds)


def call(application: WSGIApplication, url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Serve:
    """Give a call of an application that can be made again and again."""
    sent = Headers({**HEADERS, **headers})
    builder = EnvironBuilder(url, method=method, headers=sent, content_type="application/json")
    environ = builder.get_environ() | {"CONTENT_LENGTH": str(len(body))}
    return partial(_answer, application, environ, body)


def _answer(application: WSGIApplication, environ: WSGIEnvironment, body: bytes) -> bytes:
    return b"".join(application({**environ, "wsgi.input": io.BytesIO(body)}, lambda *_: lambda _: None))


def measure_lists(sandbox: Sandbox) -> None:
    """Print rows a second of keyset pages."""
    for title, parameters in LISTS.items():
        serve = call(sandbox, f"{TABLE}{KEYSET}{parameters}")
        _print_rows(title, best(serve), best(partial(json.loads, serve())))
    packed = call(sandbox, f"{TABLE}{KEYSET}", accept_encoding="gzip")
    _print_rows("all columns, gzip", best(packed), best(lambda: json.loads(gzip.decompress(packed()))) - best(packed))


def _print_rows(title: str, seconds: float, reading: float) -> None:
    ratio = f"{reading / seconds:.2f} times as fast as json.loads reads it ({PAGE / reading:,.0f})"
    print(f"keyset page of {PAGE}, {title}: {PAGE / seconds:,.0f} rows a second, {ratio}")


def measure_calls(sandbox: Sandbox) -> None:
    """Print milliseconds of small calls, and how many of them the plain application answers in that time."""
    floor = best(call(plain, "/"), CALLS)
    sys_id = json.loads(call(sandbox, f"{TABLE}?sysparm_limit=1")())["result"][0]["sys_id"]
    body = b'{"short_description":"Printer on fire"}'
    for title, serve in {
        "a list of one, one column": call(sandbox, f"{TABLE}?sysparm_limit=1&sysparm_fields=number"),
        "the same, not counted": call(sandbox, f"{TABLE}?sysparm_limit=1&sysparm_fields=number&sysparm_no_count=true"),
        "one record, one column": call(sandbox, f"{TABLE}/{sys_id}?sysparm_fields=number"),
        "one record, all columns": call(sandbox, f"{TABLE}/{sys_id}"),
        "POST of one record": call(sandbox, TABLE, "POST", body),
        "PUT of one record": call(sandbox, f"{TABLE}/{sys_id}", "PUT", body),
    }.items():
        seconds = best(serve, CALLS)
        print(
            f"{title}: {seconds * 1e3:.2f} ms, {1 / seconds:,.0f} a second, {seconds / floor:.0f} times plain werkzeug"
        )


def main(records: int) -> None:
    """Measure, and print what came out."""
    with Sandbox(records=records) as sandbox:
        measure_lists(sandbox)
        measure_calls(sandbox)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
