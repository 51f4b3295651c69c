"""Bytes to records: the same from every way of cutting a document, and never another reading than the standard one."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import IncompleteResponse, InvalidUsage, MalformedResponse, PysnowException, TruncatedResponse
from pysnow.reading.accelerators import is_installed
from pysnow.reading.decoders import DECODERS
from pysnow.reading.json_scanner import MAX_DEPTH, MAX_DIGITS
from pysnow.reading.record_stream import RecordStream, parse_document

CANCELLED = b'{"message":"Transaction cancelled: maximum execution time exceeded","detail":"See the log"}'


@dataclass
class Outcome:
    """All that can be seen of one reading."""

    records: list[Any] = field(default_factory=list)
    failure: type[Exception] | None = None
    received: int | None = None
    error: Any = None
    has_result: bool = False


def read(chunks: Iterable[bytes], decoder: str | None = None) -> Outcome:
    stream = RecordStream(chunks, decoder=decoder)
    outcome = Outcome()
    try:
        for record in stream:
            outcome.records.append(record)
    except PysnowException as exc:
        outcome.failure = type(exc)
        outcome.received = getattr(exc, "received", None)
    outcome.error, outcome.has_result = stream.error, stream.has_result
    return outcome


def pieces_of(document: bytes, *sizes: int) -> list[bytes]:
    """The document in pieces of those sizes, which are repeated."""
    pieces = []
    while document:
        for size in sizes:
            pieces.append(document[:size])
            document = document[size:]
    return pieces


def envelope(*records: str) -> bytes:
    return ('{"result":[' + ",".join(records) + "]}").encode()


# -- documents --------------------------------------------------------------------------------------------------------

# Texts that look like structure, that a cut can hit within a character or an escape, and that other readers refuse.
HOSTILE = [
    '},{"',
    '"},{"',
    '\\"},{\\"',
    "]}",
    '"error":{"message":"x"}',
    "\\",
    "é",
    "😀",
    "\ud83d",
    "\x01",
    "",
    "{[",
    "}]",
]
texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=8), st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join)
)
scalars = st.one_of(
    texts, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just("1")
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
records = st.dictionaries(texts, values, max_size=4)
errors = st.sampled_from([None, "", {}, "text", {"message": "m", "detail": None}])
styles = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :\t")])


def _text(value: Any, style: tuple[str, str], is_ascii: bool) -> str:
    # Without its escapes, a lone surrogate cannot be sent.
    text = json.dumps(value, separators=style, ensure_ascii=is_ascii)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Envelopes of every make."""
    style, is_ascii = draw(styles), draw(st.booleans())
    members = [("result", draw(st.one_of(st.lists(records, max_size=6), st.lists(values, max_size=4), records)))]
    for name in draw(st.lists(st.sampled_from(["error", "status", "session"]), unique=True)):
        place = draw(st.integers(0, len(members)))
        members.insert(place, (name, draw(errors) if name == "error" else draw(values)))
    body = style[0].join(f'"{name}"{style[1]}{_text(value, style, is_ascii)}' for name, value in members)
    return (
        draw(st.sampled_from(["", "\ufeff", " \n"])) + "{" + body + "}" + draw(st.sampled_from(["", "\r\n"]))
    ).encode()


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Documents that were cut, or in which some bytes were replaced."""
    document = draw(documents())
    place = draw(st.integers(0, len(document)))
    filling = draw(
        st.sampled_from([b"", b",", b"]", b"}", b'"', b"\xff", b"\xc3", b"NaN", b"1", b'},{"', b"\\u12", b"-", b"[["])
    )
    return document[:place] + filling + document[place + draw(st.integers(0, 3)) :] * draw(st.sampled_from([0, 1]))


sizes = st.lists(st.integers(1, 40), min_size=1, max_size=5)


@given(documents(), sizes)
def test_record_stream__any_cut_gives_what_the_standard_reader_gives(document: bytes, sizes: list[int]) -> None:
    expected = json.loads(document.decode("utf-8-sig"), strict=False)
    result = expected["result"] if isinstance(expected["result"], list) else [expected["result"]]
    assert read(pieces_of(document, *sizes)).records == result


@given(documents(), sizes)
def test_record_stream__any_cut_gives_the_error_of_the_document(document: bytes, sizes: list[int]) -> None:
    expected = json.loads(document.decode("utf-8-sig"), strict=False)
    assert read(pieces_of(document, *sizes)).error == (expected.get("error") or None)


@given(damaged(), sizes)
def test_record_stream__any_cut_of_a_damaged_document_ends_the_same_way(document: bytes, sizes: list[int]) -> None:
    assert read(pieces_of(document, *sizes)) == read([document])


@given(st.one_of(documents(), damaged()))
def test_record_stream__what_is_known_to_be_all_is_read_the_same_way(document: bytes) -> None:
    assert read((document,)) == read([document])


@pytest.mark.parametrize(
    "document",
    [
        b'{"result":[{"a":"1"}],"result":[{"a":"2"}]}',
        rb'{"result":[{"a":"1"}],"\u0072esult":[{"a":"2"}]}',
        b'{"result":[{"result":"1"}]}',
        b'{"result":{"a":"1"}}',
        b'{"result":[]}',
        b'{"result":["text",1,null]}',
        b'{"result":null}',
        b'{"result":[{"a":' + b"[" * 61 + b"]" * 61 + b"}]}",
        b'{"result":[{"a":' + b"[" * 62 + b"]" * 62 + b"}]}",
        b'{"result":[{"a":' + b"[" * 5000 + b"]" * 5000 + b"}]}",
        b'{"result":[{"a":"\x01"}],"error":{"message":"m"},"status":"failure"}',
    ],
)
def test_record_stream__oddities_of_a_whole_document_show_as_in_its_pieces(document: bytes) -> None:
    assert read((document,)) == read(pieces_of(document, 7))


decoders = pytest.mark.parametrize("decoder", list(filter(is_installed, DECODERS)))


@decoders
@given(document=documents(), sizes=sizes)
def test_record_stream__every_decoder_reads_the_same(document: bytes, sizes: list[int], decoder: str) -> None:
    assert read(pieces_of(document, *sizes), decoder) == read([document], "json")


@decoders
@given(document=damaged(), sizes=sizes)
def test_record_stream__every_decoder_ends_the_same_way(document: bytes, sizes: list[int], decoder: str) -> None:
    assert read(pieces_of(document, *sizes), decoder) == read([document], "json")


@given(damaged(), sizes)
def test_record_stream__nothing_passes_that_the_standard_reader_refuses(document: bytes, sizes: list[int]) -> None:
    outcome = read(pieces_of(document, *sizes))
    try:
        expected = json.loads(document.decode("utf-8-sig"), strict=False)
    except ValueError:
        assert outcome.failure or outcome.error
    else:
        assert outcome.failure or outcome.error or _records_in(expected) == outcome.records


def _records_in(document: Any) -> list[Any]:
    result = document.get("result") if isinstance(document, dict) else None
    return result if isinstance(result, list) else [result] if isinstance(result, dict) else []


@given(st.lists(records, min_size=1, max_size=6), st.data())
def test_record_stream__a_cut_document_keeps_its_whole_records(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    texts = [json.dumps(row) for row in rows]
    whole = data.draw(st.integers(0, len(rows)))
    document = ('{"result":[' + ",".join(texts[:whole])).encode()
    assert read(pieces_of(document, *data.draw(sizes))).records == rows[:whole]


# -- single readings --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_record_stream__a_single_object_is_one_record(size: int) -> None:
    assert read(pieces_of(b'{"result":{"a":"b"}}', size)).records == [{"a": "b"}]


@pytest.mark.parametrize("size", [1, 1000])
def test_record_stream__an_empty_list_is_a_result(size: int) -> None:
    outcome = read(pieces_of(b'{"result":[ ]}', size))
    assert (outcome.records, outcome.has_result) == ([], True)


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b"null", "null"),
        (b"[]", "a list"),
        (b'[{"result":[]}]', "a list"),
        (b'"text"', "a text"),
        (b"12", "a number"),
        (b"true", "true or false"),
        (b"{}", "an object without a result"),
        (b'{"results":[]}', "an object without a result"),
        (b'{"result":null}', "a result that is null"),
        (b'{"result":"text"}', "a result that is a text"),
        (b'{"result":1.5}', "a result that is a number"),
    ],
)
def test_record_stream__what_is_no_result_is_named(document: bytes, found: str) -> None:
    stream = RecordStream([document])
    assert (list(stream), stream.has_result, stream.found) == ([], False, found)


def test_record_stream__the_last_of_equal_names_wins() -> None:
    assert read([envelope('{"a":1,"a":2}')]).records == [{"a": 2}]


def test_record_stream__a_second_result_is_refused() -> None:
    """Its records would have to replace those that the caller already has."""
    assert read([b'{"result":[{"a":1}],"result":[{"a":2}]}']).failure is MalformedResponse


@pytest.mark.parametrize("text", [r"\ud83d", r"\ud83d\ude00", r"\u0000", "\x01"], ids=["lone", "pair", "NUL", "raw"])
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_record_stream__odd_characters_pass(text: str, size: int) -> None:
    expected = json.loads(f'"{text}"', strict=False)
    assert read(pieces_of(envelope(f'{{"a":"{text}"}}', '{"a":"b"}'), size)).records == [{"a": expected}, {"a": "b"}]


@pytest.mark.parametrize(
    ("document", "failure"),
    [
        (envelope('{"a":NaN}'), MalformedResponse),
        (envelope('{"a":-Infinity}'), MalformedResponse),
        (envelope('{"a":1e400}'), MalformedResponse),
        (envelope('{"a":1}') + b"x", MalformedResponse),
        (envelope('{"a":1}') + b"\0", MalformedResponse),
        (b'{"result":[{"a":"\xff"}]}', MalformedResponse),
        (b'{"result":[{"a":"\xe9"}]}', MalformedResponse),
        ('{"result":[{"a":"é"}]}'.encode("utf-16"), MalformedResponse),
        (b'{"result":[{"a":1},]}', MalformedResponse),
        (b'{"result":[{"a":1}{"a":2}]}', MalformedResponse),
        (b'{"result":[{"a":1}}', MalformedResponse),
        (b"{'result':[]}", MalformedResponse),
        (b'{"result":[],}', MalformedResponse),
        (b'{"result" []}', MalformedResponse),
        (b"Service Unavailable", MalformedResponse),
        (b"", TruncatedResponse),
        (b"{", TruncatedResponse),
        (b'{"result"', TruncatedResponse),
        (b'{"result":[', TruncatedResponse),
        (b'{"result":[{"a":1}', TruncatedResponse),
        (b'{"result":[{"a":1},', TruncatedResponse),
        (b'{"result":[{"a":1}]', TruncatedResponse),
        (b'{"result":[{"a":"\\ud8', TruncatedResponse),
        (b'{"result":[{"a":"\xc3', TruncatedResponse),
        (b'{"result":[1.', TruncatedResponse),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_record_stream__damage_is_told_from_an_early_end(document: bytes, failure: type, size: int) -> None:
    assert read(pieces_of(document, size)).failure is failure


def test_record_stream__whole_records_come_before_the_damage() -> None:
    assert read([envelope('{"a":1}', '{"a":2}', '{"a":NaN}')]).records == [{"a": 1}, {"a": 2}]


def test_record_stream__damage_tells_how_many_came_before() -> None:
    assert read([envelope('{"a":1}', '{"a":2}', '{"a":NaN}')]).received == 2


def test_record_stream__damage_names_the_request() -> None:
    with pytest.raises(MalformedResponse, match="GET /api/now/table/incident"):
        list(RecordStream([b"x"], where="GET /api/now/table/incident"))


def test_record_stream__a_number_cut_by_the_end_is_no_record() -> None:
    """12 may be the beginning of 123."""
    assert read([b'{"result":[1,12']).records == [1]


# -- errors behind the records ----------------------------------------------------------------------------------------

TAILS = {
    "list closed": b'],"error":' + CANCELLED + b',"status":"failure"}',
    "comma before the end of the list": b',],"error":' + CANCELLED + b',"status":"failure"}',
    "list left open": b',"error":' + CANCELLED + b',"status":"failure"}',
    "record cut": b',{"a":"text,"error":' + CANCELLED + b',"status":"failure"}',
    "error cut": b'],"error":' + CANCELLED[:80],
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_record_stream__the_instances_own_error_is_found(tail: bytes, size: int) -> None:
    outcome = read(pieces_of(b'{"result":[{"a":1},{"a":2}' + tail, size))
    assert (outcome.failure, outcome.error["message"]) == (
        None,
        "Transaction cancelled: maximum execution time exceeded",
    )


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_record_stream__whole_records_come_before_the_instances_error(tail: bytes, size: int) -> None:
    assert read(pieces_of(b'{"result":[{"a":1},{"a":2}' + tail, size)).records == [{"a": 1}, {"a": 2}]


def test_record_stream__an_error_may_come_first() -> None:
    outcome = read([b'{"error":' + CANCELLED + b',"result":[{"a":1}],"status":"failure"}'])
    assert (outcome.records, outcome.error) == ([{"a": 1}], json.loads(CANCELLED))


@pytest.mark.parametrize("size", [1, 50, 10_000])
@pytest.mark.parametrize(
    "document",
    [
        b'{"result":[{"a":1},{"a":2}],"error":null,"status":"failure"}',
        b'{"result":[{"a":1},{"a":2}],"status":"failure"}',
        b'{"status":"failure","result":[{"a":1},{"a":2}]}',
    ],
)
def test_record_stream__a_failure_that_is_not_explained_is_an_error(document: bytes, size: int) -> None:
    outcome = read(pieces_of(document, size))
    assert (outcome.records, "not why" in outcome.error) == ([{"a": 1}, {"a": 2}], True)


def test_record_stream__an_error_goes_before_the_failure_that_it_explains() -> None:
    assert read([b'{"status":"failure","error":{"message":"x"},"result":[]}']).error == {"message": "x"}


@pytest.mark.parametrize("status", [b'"success"', b"null", b"200", b'{"failure":1}'])
def test_record_stream__another_status_is_no_error(status: bytes) -> None:
    assert read([b'{"result":[{"a":1}],"status":' + status + b"}"]).error is None


@pytest.mark.parametrize("error", [b'{"message":NaN}', b'{"message":', b'{"x":1}', b'{"message":""}', b"null"])
def test_record_stream__an_error_that_says_nothing_is_none(error: bytes) -> None:
    assert read([b'{"result":[{"a":1},"error":' + error]).error is None


def test_record_stream__an_error_within_a_text_is_none() -> None:
    document = b'{"result":[{"a":' + json.dumps('"error":{"message":"x"}').encode() + b"},"
    assert read([document]).failure is TruncatedResponse


# -- guards -----------------------------------------------------------------------------------------------------------


def nested(levels: int) -> str:
    """A record of so many levels."""
    return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)


DEEPEST = MAX_DEPTH - 2  # the envelope and the list are two


@pytest.mark.parametrize("size", [1, 64, 100_000])
@pytest.mark.parametrize("company", [0, 1, 5])
def test_record_stream__takes_the_deepest_nesting_allowed(size: int, company: int) -> None:
    document = envelope(*[nested(DEEPEST)] * (company + 1), *['{"b":1}'] * company)
    assert read(pieces_of(document, size)).failure is None


@decoders
@pytest.mark.parametrize("size", [1, 64, 100_000])
@pytest.mark.parametrize("company", [0, 1, 5])
def test_record_stream__refuses_one_level_more(size: int, company: int, decoder: str) -> None:
    document = envelope(*['{"b":1}'] * company, nested(DEEPEST + 1), *['{"b":1}'] * company)
    outcome = read(pieces_of(document, size), decoder)
    assert (outcome.failure, outcome.received) == (MalformedResponse, company)


def test_record_stream__brackets_in_texts_are_no_nesting() -> None:
    record = json.dumps({"a": "{" * 500, "b": "[" * 500})
    assert read([envelope(record, record, record)]).records == [json.loads(record)] * 3


def test_record_stream__brackets_in_texts_hide_no_nesting() -> None:
    hiding = '{"a":"}}}}}}}}","b":' * DEEPEST + "{}" + "}" * DEEPEST
    assert read([envelope('{"b":1}', hiding, '{"b":1}')]).failure is MalformedResponse


@pytest.mark.parametrize("number", ["9" * MAX_DIGITS, "0." + "1" * (MAX_DIGITS - 2)], ids=["integer", "fraction"])
def test_record_stream__takes_the_longest_number_allowed(number: str) -> None:
    assert read([envelope(f'{{"a":{number}}}')]).records == [{"a": json.loads(number)}]


@pytest.mark.parametrize("number", ["9" * (MAX_DIGITS + 1), "0." + "1" * MAX_DIGITS], ids=["integer", "fraction"])
@pytest.mark.parametrize("size", [1, 100_000])
@decoders
def test_record_stream__refuses_a_longer_one(number: str, size: int, decoder: str) -> None:
    outcome = read(pieces_of(envelope('{"a":1}', f'{{"a":{number}}}', '{"a":1}'), size), decoder)
    assert (outcome.failure, outcome.received) == (MalformedResponse, 1)


POISON = {
    "deep, open": b'{"result":[' + b'{"a":' * 200_000,
    "deep, whole": b'{"result":[' + b"[" * 200_000 + b"]" * 200_000 + b"]}",
    "deep beside the result": b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b',"result":[]}',
    "deep instead of an envelope": b"[" * 200_000,
    "huge integer": b'{"result":[{"a":' + b"9" * 500_000 + b"}]}",
    "huge integer beside the result": b'{"a":' + b"9" * 500_000 + b',"result":[]}',
    "huge integer behind a record": b'{"result":[{"a":1},{"a":' + b"9" * 500_000 + b'},{"a":1},{"a":1}]}',
    "deep behind a record": b'{"result":[{"a":1},{"b":' + b"[" * 200_000 + b"]" * 200_000 + b'},{"a":1},{"a":1}]}',
    "huge fraction": b'{"result":[{"a":0.' + b"9" * 500_000 + b"}]}",
}


@decoders
@pytest.mark.parametrize("document", POISON.values(), ids=POISON.keys())
def test_record_stream__poison_does_not_kill_the_interpreter(document: bytes, decoder: str) -> None:
    """In a process of its own: other readers of JSON overflow their stack, or crash on huge integers."""
    script = (
        "import sys\n"
        "from pysnow.exceptions import MalformedResponse\n"
        "from pysnow.reading.record_stream import RecordStream\n"
        "data = sys.stdin.buffer.read()\n"
        "pieces = [data[i:i + 65536] for i in range(0, len(data), 65536)]\n"
        "try: print(list(RecordStream(pieces, decoder=sys.argv[1])))\n"
        "except MalformedResponse: print('refused')\n"
    )
    command = [sys.executable, "-c", script, decoder]
    done = subprocess.run(command, input=document, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.split()) == (0, [b"refused"])


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_record_stream__fractions_are_floats() -> None:
    assert repr(read([envelope('{"a":1.10}')]).records) == "[{'a': 1.1}]"


def test_record_stream__integers_are_exact() -> None:
    assert read([envelope(f'{{"a":{10**100}}}')]).records == [{"a": 10**100}]


def test_record_stream__fractions_are_exact_by_choice() -> None:
    assert repr(list(RecordStream([envelope('{"a":1.10}')], decimals=True))) == "[{'a': Decimal('1.10')}]"


@decoders
def test_record_stream__numbers_are_the_same_in_every_place(decoder: str) -> None:
    """Walked, decoded in a batch, in a single object, and beside the result."""
    rows = list(RecordStream([envelope(*['{"a":1.10,"b":2}'] * 5)], decimals=True, decoder=decoder))
    assert {repr(row) for row in rows} == {"{'a': Decimal('1.10'), 'b': 2}"}


# -- who decodes ------------------------------------------------------------------------------------------------------


@decoders
def test_record_stream__batches_are_the_records_in_groups(decoder: str) -> None:
    rows = [{"a": str(number)} for number in range(5000)]
    document = json.dumps({"result": rows}, separators=(",", ":")).encode()
    batches = list(RecordStream(pieces_of(document, 4096), decoder=decoder).batches())
    assert ([row for batch in batches for row in batch], len(batches) > 10) == (rows, True)


@decoders
@pytest.mark.parametrize("size", [1, 30, 1000])
def test_record_stream__a_surrogate_in_a_batch_spoils_nothing(decoder: str, size: int) -> None:
    rows = [{"a": "x"}, {"a": "\ud83d"}, {"a": "y", "b": {"c": "z"}}, {"a": 2**70}, {"a": "é"}]
    document = json.dumps({"result": rows}, separators=(",", ":")).encode()
    assert read(pieces_of(document, size), decoder).records == rows


def test_record_stream__refuses_an_unknown_decoder() -> None:
    with pytest.raises(InvalidUsage, match="none of"):
        RecordStream([], decoder="simplejson")


# -- pieces that stop coming ------------------------------------------------------------------------------------------


def breaking(*pieces: bytes) -> Iterator[bytes]:
    yield from pieces
    raise IncompleteResponse("broke")


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_record_stream__a_broken_connection_costs_no_whole_record(size: int) -> None:
    document = b'{"result":[{"a":1},{"a":2},{"a":'
    assert read(breaking(*pieces_of(document, size))).records == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "document", [b"", b'{"result":[{"a":1},', b'{"result":[{"a":1}]}'], ids=["none", "part", "whole"]
)
def test_record_stream__a_broken_connection_is_told_as_such(document: bytes) -> None:
    assert read(breaking(document)).failure is IncompleteResponse


def test_record_stream__reads_no_further_than_the_next_record_needs() -> None:
    taken = []

    def pieces() -> Iterator[bytes]:
        for piece in [b'{"result":[{"a":1},{"a":2},', b'{"a":3},{"a":4},', b'{"a":5}]}']:
            taken.append(piece)
            yield piece

    next(iter(RecordStream(pieces())))
    assert len(taken) == 1


def test_record_stream__memory_does_not_grow_with_the_document() -> None:
    record = b'{"text":"' + b"x" * 500 + b'"},'

    def pieces() -> Iterator[bytes]:
        yield b'{"result":['
        for _ in range(1000):
            yield record * 100
        yield record[:-1] + b"]}"

    tracemalloc.start()
    try:
        count = sum(1 for _ in RecordStream(pieces()))
        assert (count, tracemalloc.get_traced_memory()[1] < 1_000_000) == (100_001, True)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "filling",
    [b"x", b'},{\\"', b'"},{"a":"'],
    ids=["a long text", "a text of false borders", "a long object"],
)
def test_record_stream__one_giant_record_is_read(filling: bytes) -> None:
    body = b'{"result":[{"a":"' + filling * 200_000 + b'"}]}'
    if filling == b'"},{"a":"':
        body = b'{"result":[{"list":[{"a":"' + filling * 200_000 + b'"}]}]}'
    assert read(pieces_of(body, 8192)).records == json.loads(body)["result"]


# -- whole documents --------------------------------------------------------------------------------------------------


@given(documents())
def test_parse_document__agrees_with_the_standard_reader(document: bytes) -> None:
    assert parse_document(document) == json.loads(document.decode("utf-8-sig"), strict=False)


def test_parse_document__fractions_are_exact_by_choice() -> None:
    assert repr(parse_document(b'{"a":1.10}', decimals=True)) == "{'a': Decimal('1.10')}"


@pytest.mark.parametrize("document", [b"12", b"null", b'"a"', b"[]", b" {} "])
def test_parse_document__takes_any_value(document: bytes) -> None:
    assert parse_document(document) == json.loads(document)


@given(damaged())
def test_parse_document__refuses_what_the_standard_reader_refuses(document: bytes) -> None:
    try:
        parsed = parse_document(document)
    except MalformedResponse:
        return
    assert parsed == json.loads(document.decode("utf-8-sig"), strict=False)


@pytest.mark.parametrize(
    ("document", "failure"),
    [
        (b"", TruncatedResponse),
        (b'{"a":', TruncatedResponse),
        (b"<p>", MalformedResponse),
        (b"{} {}", MalformedResponse),
    ],
)
def test_parse_document__names_the_damage(document: bytes, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        parse_document(document)


def test_parse_document__quotes_the_beginning_of_what_is_not_json() -> None:
    with pytest.raises(MalformedResponse, match="begins with 'Service Unavailable'"):
        parse_document(b"Service Unavailable")
