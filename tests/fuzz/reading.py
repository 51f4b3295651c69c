"""Random documents, cut and damaged at random: ``python -m tests.fuzz.reading [SECONDS] [SEED]``.

A reader of ten lines, made of nothing but ``json``, says what is right. Checked for each installed decoder: the records
are those of the document; what is damaged ends in an error; and the outcome depends neither on the decoder, nor on how
the bytes were cut.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any, NamedTuple

from pysnow.exceptions import PysnowException
from pysnow.reading.accelerators import is_installed
from pysnow.reading.decoders import DECODERS
from pysnow.reading.json_scanner import MAX_DEPTH, MAX_DIGITS
from pysnow.reading.record_stream import RecordStream

INSTALLED = [name for name in DECODERS if is_installed(name)]
ENDINGS = ("", "", "", ',"error":{"message":"m","detail":null},"status":"failure"', ',"x":[1,{"a":"},{"}]')
TEXTS = (
    *("", "a", "é", "😀", "\\ud83d", "\\ud83d\\ude00", "\\u0000", "\x01", "\x7f", "\\\\", '\\"', "\\/", "x" * 300),
    *('},{\\"', '\\"},{\\"', "]}", "[[{", "}]", '\\"error\\":{\\"message\\":\\"x\\"}', "1" * 1500, "NaN", "\\u00e9"),
)
NUMBERS = (
    *("0", "-0", "-0.0", "1", "1.5", "1E5", "1e-7", "0.1", "1e400", "1e-400", "12345678901234567890", "-9e307"),
    *("9" * MAX_DIGITS, "9" * (MAX_DIGITS + 1), "1." + "3" * MAX_DIGITS, "NaN", "-Infinity", "01", "1.", "-", "+1"),
    *(str(2**63), str(-(2**63) - 1), str(2**64), "9007199254740993", "2.2250738585072011e-308"),
)
FILLINGS = (b"", b",", b"]", b"}", b'"', b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", b'},{"', b"\\u12", b"[[", b":", b"1")


class Outcome(NamedTuple):
    """All that can be seen of one reading."""

    records: str
    number: int
    failure: str
    error: str
    has_result: bool


class Writer:
    """Writes documents, mostly right ones."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.comma, self.colon = chance.choice([(",", ":")] * 3 + [(", ", ": "), (" ,\n", "\t:"), (",\n  ", ": ")])
        self.oddities = chance.choice([0, 0, 0.02, 0.3])

    def text(self) -> str:
        parts = self.chance.choices(TEXTS, k=self.chance.choice([0, 1, 1, 3]))
        return f'"{"".join(parts)}"' if self.chance.random() < self.oddities else f'"{self.chance.randint(0, 10**9):x}"'

    def value(self, levels: int) -> str:
        kind = self.chance.random()
        if kind < 0.15 and levels:
            return self.object(levels - 1)
        if kind < 0.22 and levels:
            return f"[{self.comma.join(self.value(levels - 1) for _ in range(self.chance.randint(0, 3)))}]"
        if self.chance.random() < self.oddities:
            return self.chance.choice([*NUMBERS, "null", "true", self.deep()])
        return self.text()

    def deep(self) -> str:
        levels = self.chance.choice([3, MAX_DEPTH - 4, MAX_DEPTH - 3, MAX_DEPTH - 2, MAX_DEPTH - 1, 300])
        return '{"a":' * levels + "[]" + "}" * levels

    def object(self, levels: int) -> str:
        members = (self.name() + self.colon + self.value(levels) for _ in range(self.chance.choice([0, 1, 2, 3, 8])))
        return "{" + self.comma.join(members) + "}"

    def name(self) -> str:
        return self.text() if self.chance.random() < 0.3 else self.chance.choice(['"a"', '"b"'])

    def document(self) -> bytes:
        kinds = [self.chance.random() > 0.01 for _ in range(self.chance.randint(0, 40))]
        rows = [self.object(2) if is_object else self.value(2) for is_object in kinds]
        text = f'{{"result"{self.colon}[{self.comma.join(rows)}]{self.chance.choice(ENDINGS)}}}'
        return self.damaged(text.encode("utf-8", "surrogatepass"))

    def damaged(self, document: bytes) -> bytes:
        if self.chance.random() < 0.5:
            return document
        place = self.chance.randint(0, len(document))
        rest = self.chance.choice([b"", document[place + self.chance.randint(0, 2) :]])
        return document[:place] + self.chance.choice(FILLINGS) + rest


def pieces_of(document: bytes, chance: random.Random) -> list[bytes]:
    longest = chance.choice([1, 3, 20, 200, 5000, 10**9])
    pieces = []
    while document:
        size = chance.randint(1, longest)
        pieces.append(document[:size])
        document = document[size:]
    return pieces


def read(pieces: list[bytes] | tuple[bytes], decoder: str) -> Outcome:
    stream = RecordStream(pieces, decoder=decoder)
    records: list[Any] = []
    failure = ""
    try:
        records.extend(stream)
    except PysnowException as exc:
        # What the message quotes of the beginning is as much as there was at that moment.
        failure = f"{type(exc).__name__}: {str(exc).partition('; it begins')[0]}"
    return Outcome(repr(records), len(records), failure, repr(stream.error), stream.has_result)


def expected(document: bytes) -> list[Any] | None:
    """The records, as the standard library and the limits have it; None where there should be an error."""

    def number(text: str) -> Any:
        value = json.loads(text)
        if len(text) > MAX_DIGITS or value in (float("inf"), float("-inf")):
            raise ValueError(text)
        return value

    def refused(text: str) -> Any:
        raise ValueError(text)

    try:
        text = document.decode("utf-8")
        found = json.loads(text, strict=False, parse_int=number, parse_float=number, parse_constant=refused)
    except (ValueError, RecursionError):
        return None
    result = found.get("result") if isinstance(found, dict) and depth(found) <= MAX_DEPTH else None
    return result if isinstance(result, list) else None


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def complaint(document: bytes, chance: random.Random) -> str | None:
    """What is wrong with how a document is read, if anything: in pieces, whole, or known to be whole."""
    right, whole = expected(document), read([document], "json")
    for decoder in INSTALLED:
        pieces = pieces_of(document, chance)
        outcome = read(pieces, decoder)
        if outcome != whole:
            return f"{decoder}, pieces of {[len(piece) for piece in pieces][:20]}: {outcome} instead of {whole}"
    if (at_once := read((document,), "json")) != whole:
        return f"known to be all: {at_once} instead of {whole}"
    if (
        right is None
        and whole.has_result
        and not whole.failure
        and whole.error == "None"
        and document.count(b'"result"') == 1
    ):
        return f"damage was missed: {whole}"
    if right is not None and (whole.failure or whole.records != repr(right)):
        return f"{whole} instead of {right!r}"
    return None


def main(seconds: float, seed: int) -> int:
    """Read documents until the time is over; the exit code tells whether all was well."""
    chance = random.Random(seed)
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        document = Writer(chance).document()
        count += 1
        if (wrong := complaint(document, chance)) is not None:
            sys.stdout.write(f"seed {seed}, document {count}: {document[:2000]!r}\n{wrong[:2000]}\n")
            return 1
    sys.stdout.write(
        f"{count:,} documents, {count * len(INSTALLED):,} readings with {', '.join(INSTALLED)}: all well\n"
    )
    return 0


if __name__ == "__main__":
    arguments = [float(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 60, int(arguments[1]) if arguments[1:] else random.randrange(10**9)))
