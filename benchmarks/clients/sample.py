"""One measurement in a process of its own: ``sample.py CLIENT MODE ADDRESS TABLE PAGE TOTAL``.

Prints one line of JSON. Runs in the client's own environment, by its path, so that nothing but this folder stands in
front of other packages. What is done once in a process, such as imports, is not measured: a table of three records is
read before.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections import deque
from itertools import chain
from typing import Any

from job import Job

WARM = ("narrow-3-of-3", 3, 3)


def peak_mib() -> float:
    """Most memory that the process has had so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def read(client: Any, mode: str, job: Job) -> tuple[int, float]:
    """Number of records, and the seconds until the first one was there."""
    started = time.perf_counter()
    if mode == "list":
        records = client.collect(job) if hasattr(client, "collect") else list(client.stream(job))
        return len(records), time.perf_counter() - started
    records = iter(client.stream(job))
    first = next(records)
    seconds = time.perf_counter() - started
    # Counted in C: what the consumer does is none of the client's cost.
    last = deque(enumerate(chain((first,), records), 1), maxlen=1)
    return last[0][0], seconds


def main(name: str, mode: str, address: str, table: str, page: str, total: str, *checkout: str) -> None:
    """Warm up, measure, print; the library may come from a checkout."""
    sys.path.extend(checkout)
    client = importlib.import_module(name)
    read(client, mode, Job(address, *WARM))
    before, wall, cpu = peak_mib(), time.perf_counter(), time.process_time()
    count, first = read(client, mode, Job(address, table, int(page), int(total)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    sample = {"records": count, "cpu": cpu, "wall": wall, "first": first, "mib": peak_mib() - before}
    sys.stdout.write(json.dumps(sample) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
