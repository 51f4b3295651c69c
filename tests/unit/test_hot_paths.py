"""What reading costs, in calls and instructions instead of seconds: a change that doubles it is noticed on any machine.

The limits are some half above what is needed. One that is passed is no reason to raise it: look at what has become
dear, with ``python -m benchmarks``.
"""

from __future__ import annotations

import gzip
import io
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import pytest
import requests
from urllib3 import HTTPResponse

from pysnow.answers.healed_answer import HealedAnswer
from pysnow.answers.record_list import RecordStreamIterator
from pysnow.client import Client
from pysnow.reading.accelerators import is_installed
from pysnow.reading.decoders import DECODERS
from pysnow.reading.json_scanner import JSONScanner
from pysnow.reading.record_stream import RecordStream
from pysnow.wire.inflate import INFLATERS, inflate
from tests.unit.canned_server import CannedServer, http
from tests.unit.counting import count_calls, count_instructions

PIECE_BYTES = 65_536
ROWS = [{"sys_id": f"{number:032x}", "user": {"link": "https://x", "value": str(number)}} for number in range(20_000)]
DOCUMENT = json.dumps({"result": ROWS}, separators=(",", ":")).encode()
PIECES = len(DOCUMENT) // PIECE_BYTES + 1

decoders = pytest.mark.parametrize("decoder", [name for name in DECODERS if is_installed(name)])
inflaters = pytest.mark.parametrize("inflater", [name for name in INFLATERS if is_installed(name)])


def pieces(document: bytes = DOCUMENT) -> Iterator[bytes]:
    return iter([document[start : start + PIECE_BYTES] for start in range(0, len(document), PIECE_BYTES)])


def exhaust(items: Iterable[object]) -> None:
    deque(items, maxlen=0)


def read(decoder: str, document: bytes = DOCUMENT) -> None:
    exhaust(RecordStream(pieces(document), decoder=decoder))


@pytest.fixture(autouse=True)
def warm() -> None:
    """What is done once in a process is none of the cost."""
    for decoder in DECODERS:
        if is_installed(decoder):
            read(decoder, b'{"result":[{"a":"b"},{"a":1.5},{"a":"b"}]}')


@decoders
def test_reading__costs_few_calls_a_piece(decoder: str) -> None:
    assert count_calls(lambda: read(decoder)).total() / PIECES < 35


# What orjson read has to be looked through, value by value.
INSTRUCTIONS = {"msgspec": 320, "orjson": 23_000, "json": 450}


@decoders
def test_reading__costs_few_instructions_a_piece(decoder: str) -> None:
    assert count_instructions(lambda: read(decoder)) / PIECES < INSTRUCTIONS[decoder]


@decoders
def test_reading__does_nothing_in_python_for_each_record(decoder: str) -> None:
    """Twice as many records in the same bytes cost the same."""
    small = json.dumps({"result": [{"a": "b"}] * 100_000}, separators=(",", ":")).encode()
    large = json.dumps({"result": [{"a": "b" * 91}] * 10_000}, separators=(",", ":")).encode()
    costs = [count_calls(partial(read, decoder, document)).total() for document in (small, large)]
    assert costs[0] < costs[1] * 1.2


def test_reading__every_piece_is_decoded_once() -> None:
    calls = count_calls(lambda: read("json"))
    assert (calls["JSONScanner.elements"], calls["JSONScanner.scan"] < 10) == (PIECES, True)


@decoders
def test_reading__the_last_resort_is_not_needed(decoder: str) -> None:
    """Whatever an accelerator refuses is decoded twice; records as instances send them are not refused."""
    calls = count_calls(lambda: read(decoder))
    assert calls[JSONScanner.elements.__qualname__] == (PIECES if decoder == "json" else 0)


@decoders
def test_reading__another_spacing_costs_no_more_than_a_walk(decoder: str) -> None:
    document = json.dumps({"result": ROWS}, indent=1).encode()
    assert count_calls(lambda: read(decoder, document))["JSONScanner.scan"] < len(ROWS) * 1.2


@decoders
def test_reading__false_borders_cost_one_attempt_a_piece(decoder: str) -> None:
    rows = [{"list": [{"a": "b"}] * 2000}] * 50
    document = json.dumps({"result": rows}, separators=(",", ":")).encode()
    calls = count_calls(lambda: read(decoder, document))
    assert calls["JSONSource._cut_batch"] <= len(document) // PIECE_BYTES + 2


@inflaters
def test_inflating__costs_few_calls_a_piece(inflater: str) -> None:
    packed = gzip.compress(DOCUMENT)
    work = [packed[start : start + 16_384] for start in range(0, len(packed), 16_384)]
    calls = count_calls(lambda: exhaust(inflate(iter(work), inflater=inflater)))
    assert calls.total() / (PIECES + len(work)) < 12


# -- from the wire to the caller ---------------------------------------------------------------------------------------


def answered(document: bytes) -> HealedAnswer:
    """An answer whose compressed body is on its way."""
    response = requests.Response()
    response.status_code, response.url = 200, "https://dev1.service-now.com/api/now/table/incident"
    packed = io.BytesIO(gzip.compress(document))
    response.raw = HTTPResponse(packed, headers={"Content-Encoding": "gzip"}, preload_content=False)
    return HealedAnswer(response, "incident", 8192, lists_records=True)


def stream(document: bytes) -> None:
    exhaust(RecordStreamIterator(answered(document).stream()))


def collect(document: bytes) -> None:
    answered(document).whole()


ways = pytest.mark.parametrize("way", [stream, collect])


@ways
def test_answer__costs_few_calls_a_piece(way: Callable[[bytes], None]) -> None:
    way(DOCUMENT)
    assert count_calls(lambda: way(DOCUMENT)).total() / PIECES < 120


@ways
def test_answer__does_nothing_in_python_for_each_record(way: Callable[[bytes], None]) -> None:
    """Twice as many records in the same bytes cost the same."""
    ids = [f"{number * 2_654_435_761 % 2**32:08x}" for number in range(96_000)]
    longer = ["".join(ids[start : start + 9]) for start in range(0, len(ids), 4)]
    small, large = (
        json.dumps({"result": [{"sys_id": sys_id} for sys_id in some]}, separators=(",", ":")).encode()
        for some in (ids, longer)
    )
    costs = [count_calls(partial(way, document)).total() for document in (small, large)]
    assert costs[0] < costs[1] * 1.2


@pytest.mark.parametrize("is_streamed", [False, True])
def test_get__of_one_record_costs_few_calls(is_streamed: bool) -> None:
    one = http(b'{"result":[{"sys_id":"1"}]}')
    with CannedServer(one) as server, Client(instance=server.url.split("/api/")[0], user="a", password="b") as client:
        table = client.table("incident")
        calls = count_calls(lambda: list(table.get("active=true", limit=1, stream=is_streamed).all()))
        assert calls.total() < 1000
