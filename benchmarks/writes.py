"""What it costs to create many records: one by one, and in batches.

Run ``python -m benchmarks.writes [ROWS] [MILLISECONDS]``. The instance is a stub in a process of its own, which answers
each request after a round trip and works no time at all, so that the client's share shows. Figures are per row.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import socketserver
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

from pysnow import Client

ROWS = 1000
SINGLE_ROWS = 100
ROUND_TRIP_MS = 50.0
RECORD = {f"u_column_{number}": f"value {number}" for number in range(40)}


class _Stub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body go in two writes
    round_trip = ROUND_TRIP_MS / 1000

    def do_POST(self) -> None:
        started = time.monotonic()
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = _batch_answer(document) if self.path.endswith("/batch") else _record(document)
        body = json.dumps(answer).encode()
        time.sleep(max(0.0, self.round_trip - (time.monotonic() - started)))
        self.send_response(200 if self.path.endswith("/batch") else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    return {"result": {"sys_id": "0" * 32, **RECORD, **fields}}


def _batch_answer(document: dict[str, Any]) -> dict[str, Any]:
    serviced = [
        {
            "id": item["id"],
            "status_code": 201,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "body": base64.b64encode(json.dumps(_record(json.loads(base64.b64decode(item["body"])))).encode()).decode(),
        }
        for item in document["rest_requests"]
    ]
    members = {"serviced_requests": serviced, "unserviced_requests": []}
    return {"batch_request_id": document["batch_request_id"], **members}


def _serve(told: Connection, round_trip: float) -> None:
    _Stub.round_trip = round_trip
    socketserver.TCPServer.request_queue_size = 64
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stub) as server:
        told.send(server.server_port)
        server.serve_forever()


@contextmanager
def stub(round_trip_ms: float) -> Iterator[str]:
    """Address of an instance that answers after a round trip.

    Args:
        round_trip_ms: Milliseconds.
    """
    told, tells = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(tells, round_trip_ms / 1000), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{told.recv()}"
    finally:
        process.terminate()
        process.join()


def measure(work: Callable[[], object], rows: int) -> tuple[float, float]:
    """Milliseconds and CPU microseconds of a row.

    Args:
        work: What writes the rows.
        rows: How many these are.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) / rows * 1e3, (time.process_time() - cpu) / rows * 1e6


def main(rows: int = ROWS, round_trip_ms: float = ROUND_TRIP_MS) -> None:
    """Measure, and print a table.

    Args:
        rows: Rows to write in batches.
        round_trip_ms: Milliseconds of a round trip.
    """
    payloads = [{"short_description": f"row {number}", "description": "x" * 200} for number in range(rows)]
    with stub(round_trip_ms) as address, Client(instance=address, user="a", password="b") as client:
        table = client.table("incident")
        table.create_many(payloads[:100], workers=1)  # connections, imports
        ways: dict[str, tuple[Callable[[], object], int]] = {
            "single": (lambda: [table.create(row) for row in payloads[:SINGLE_ROWS]], SINGLE_ROWS),
            "batch of 20": (lambda: table.create_many(payloads, workers=1, batch_size=20), rows),
            "batch of 50": (lambda: table.create_many(payloads, workers=1), rows),
            "batch of 50, 4 threads": (lambda: table.create_many(payloads), rows),
        }
        figures = {name: measure(work, count) for name, (work, count) in ways.items()}
    base_wall, base_cpu = figures["single"]
    print(f"{'':24}{'ms/row':>10}{'x':>8}{'CPU us/row':>14}{'x':>8}")
    for name, (wall, cpu) in figures.items():
        print(f"{name:24}{wall:>10.2f}{base_wall / wall:>8.1f}{cpu:>14.0f}{base_cpu / cpu:>8.1f}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:2]), *(float(text) for text in sys.argv[2:3]))
