"""What reading costs, in calls and instructions instead of seconds: a change that doubles it is noticed on any machine.

The limits are some half above what is needed. One that is passed is no reason to raise it: look at what has become
dear, with ``python -m benchmarks``.
"""

from __future__ import annotations

import gzip
import json
from collections import deque
from collections.abc import Iterable, Iterator

import pytest

from pysnow.reading.accelerators import is_installed
from pysnow.reading.decoders import DECODERS
from pysnow.reading.json_scanner import JSONScanner
from pysnow.reading.record_stream import RecordStream
from pysnow.wire.inflate import INFLATERS, inflate
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
    costs = [count_calls(lambda document=document: read(decoder, document)).total() for document in (small, large)]
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
