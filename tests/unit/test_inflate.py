"""Inflating: the same bytes from every module and every way of cutting, and no end that is not one."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import IncompleteResponse, InvalidUsage, MalformedResponse, PysnowException, ReadTimeout
from pysnow.reading.accelerators import is_installed
from pysnow.wire.inflate import INFLATERS, PIECE_BYTES, chosen_inflater, inflate, is_inflatable

INSTALLED = [name for name in INFLATERS if is_installed(name)]
TEXT = b'{"result":[' + b",".join(b'{"number":"INC%07d"}' % number for number in range(20_000)) + b"]}"


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


def with_flags(flags: int, fields: bytes) -> bytes:
    """A gzip member whose header has optional fields."""
    plain = gzip.compress(b"text")
    return plain[:3] + bytes([flags]) + plain[4:10] + fields + plain[10:]


def pieces_of(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def outcome(pieces: Iterable[bytes], coding: str = "gzip", inflater: str = "zlib") -> tuple[bytes, type | None]:
    """What came, and the error behind it."""
    gathered = bytearray()
    try:
        for piece in inflate(pieces, coding, inflater=inflater):
            gathered += piece
    except PysnowException as exc:
        return bytes(gathered), type(exc)
    return bytes(gathered), None


inflaters = pytest.mark.parametrize("inflater", INSTALLED)

WHOLE = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "x-gzip": ("x-gzip", gzip.compress(TEXT)),
    "upper case": ("GZIP", gzip.compress(TEXT)),
    "two members": ("gzip", gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:])),
    "empty members": ("gzip", gzip.compress(b"") + gzip.compress(TEXT) + gzip.compress(b"")),
    "padded": ("gzip", gzip.compress(TEXT) + b"\0" * 600),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "raw deflate": ("deflate", raw_deflate(TEXT)),
}
EMPTY = {
    "gzip": ("gzip", gzip.compress(b"")),
    "deflate": ("deflate", zlib.compress(b"")),
    "raw deflate": ("deflate", raw_deflate(b"")),
    "no byte of gzip": ("gzip", b""),
    "no byte of deflate": ("deflate", b""),
}
FIELDS = {
    "text": (1, b""),
    "name": (8, b"name\0"),
    "extra": (4, b"\3\0abc"),
    "all": (4 | 8 | 16, b"\3\0abcname\0comment\0"),
}


@inflaters
@pytest.mark.parametrize("size", [1, 1000, 10_000_000])
@pytest.mark.parametrize(("coding", "data"), WHOLE.values(), ids=WHOLE.keys())
def test_inflate__gives_every_byte(coding: str, data: bytes, size: int, inflater: str) -> None:
    assert outcome(pieces_of(data, size), coding, inflater) == (TEXT, None)


@inflaters
@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(("coding", "data"), EMPTY.values(), ids=EMPTY.keys())
def test_inflate__nothing_is_a_body_too(coding: str, data: bytes, size: int, inflater: str) -> None:
    assert outcome(pieces_of(data, size), coding, inflater) == (b"", None)


@inflaters
@pytest.mark.parametrize(("flags", "fields"), FIELDS.values(), ids=FIELDS.keys())
def test_inflate__headers_may_have_more_fields(flags: int, fields: bytes, inflater: str) -> None:
    assert outcome([with_flags(flags, fields)], inflater=inflater) == (b"text", None)


@inflaters
@given(data=st.binary(max_size=2000), cut=st.data())
def test_inflate__every_early_end_is_found(data: bytes, cut: st.DataObject, inflater: str) -> None:
    whole = gzip.compress(data)
    part = whole[: cut.draw(st.integers(1, len(whole) - 1))]
    came, failure = outcome(pieces_of(part, cut.draw(st.integers(1, 300))), inflater=inflater)
    assert (failure, data.startswith(came)) == (IncompleteResponse, True)


@inflaters
@given(data=st.binary(max_size=500), place=st.data())
def test_inflate__no_damage_passes(data: bytes, place: st.DataObject, inflater: str) -> None:
    damaged = bytearray(gzip.compress(data, mtime=0))
    damaged[place.draw(st.integers(0, len(damaged) - 1))] ^= 1 << place.draw(st.integers(0, 7))
    came, failure = outcome([bytes(damaged)], inflater=inflater)
    assert failure is IncompleteResponse or came == data


@given(data=st.binary(max_size=500), place=st.data())
def test_inflate__modules_agree_on_what_is_damage(data: bytes, place: st.DataObject) -> None:
    damaged = bytearray(gzip.compress(data, mtime=0))
    damaged[place.draw(st.integers(0, len(damaged) - 1))] ^= 1 << place.draw(st.integers(0, 7))
    assert len({outcome([bytes(damaged)], inflater=inflater)[1] for inflater in INSTALLED}) == 1


DAMAGED = {
    "not compressed": ("gzip", TEXT),
    "wrong checksum": ("gzip", gzip.compress(TEXT)[:-8] + b"\1" * 8),
    "second member cut": ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)[:50]),
    "text behind it": ("gzip", gzip.compress(TEXT) + b"and more text"),
    "reserved flags": ("gzip", with_flags(0x20, b"")),
    "one byte": ("gzip", b"\x1f"),
    "deflate, cut": ("deflate", zlib.compress(TEXT)[:-1]),
    "deflate, text behind it": ("deflate", zlib.compress(TEXT) + b"and more text"),
    "deflate, one byte": ("deflate", b"\x78"),
}


@inflaters
@pytest.mark.parametrize("size", [1, 10_000_000])
@pytest.mark.parametrize(("coding", "data"), DAMAGED.values(), ids=DAMAGED.keys())
def test_inflate__damage_is_an_incomplete_response(coding: str, data: bytes, size: int, inflater: str) -> None:
    assert outcome(pieces_of(data, size), coding, inflater)[1] is IncompleteResponse


@inflaters
def test_inflate__gives_what_came_before_the_early_end(inflater: str) -> None:
    data = zlib.compress(TEXT, 0)  # stored, so that it can be told how much has come
    came, _ = outcome([data[: len(data) // 2]], "deflate", inflater)
    assert len(came) > len(data) // 2 - 100


@inflaters
def test_inflate__gives_what_came_before_the_pieces_broke_off(inflater: str) -> None:
    def pieces() -> Iterator[bytes]:
        yield gzip.compress(TEXT)[:-8]
        raise ReadTimeout("silence")

    assert outcome(pieces(), inflater=inflater) == (TEXT, ReadTimeout)


@inflaters
def test_inflate__an_error_names_the_request(inflater: str) -> None:
    with pytest.raises(IncompleteResponse, match="GET /api/now/table/incident"):
        list(inflate([b"x" * 10], where="GET /api/now/table/incident", inflater=inflater))


@inflaters
def test_inflate__no_piece_is_larger_than_a_cache(inflater: str) -> None:
    assert max(map(len, inflate([gzip.compress(TEXT)], inflater=inflater))) == PIECE_BYTES


@inflaters
def test_inflate__no_piece_is_empty(inflater: str) -> None:
    assert min(map(len, inflate(pieces_of(gzip.compress(TEXT), 1), inflater=inflater))) > 0


@inflaters
def test_inflate__begins_with_a_small_piece(inflater: str) -> None:
    assert len(next(inflate([gzip.compress(TEXT)], first_bytes=1000, inflater=inflater))) <= 1000


@inflaters
def test_inflate__reads_no_further_than_needed(inflater: str) -> None:
    pieces = pieces_of(gzip.compress(TEXT), 2000)
    next(inflate(pieces, inflater=inflater))
    assert len(list(pieces)) > 10


# -- bombs ------------------------------------------------------------------------------------------------------------

BOMB = gzip.compress(b" " * 50_000_000)


@inflaters
@pytest.mark.parametrize("size", [100, 10_000_000])
def test_inflate__a_bomb_is_refused_early(size: int, inflater: str) -> None:
    came, failure = outcome(pieces_of(BOMB, size), inflater=inflater)
    assert (failure, len(came) < 2_000_000) == (MalformedResponse, True)


@inflaters
def test_inflate__a_bomb_takes_no_memory(inflater: str) -> None:
    tracemalloc.start()
    try:
        for _ in inflate([BOMB[:4000]], inflater=inflater):
            assert tracemalloc.get_traced_memory()[1] < 1_000_000
    except (MalformedResponse, IncompleteResponse):
        pass
    finally:
        tracemalloc.stop()


@inflaters
def test_inflate__a_small_answer_may_be_compressed_well(inflater: str) -> None:
    assert outcome([gzip.compress(b" " * 1_000_000)], inflater=inflater) == (b" " * 1_000_000, None)


@inflaters
def test_inflate__many_members_are_no_way_round(inflater: str) -> None:
    members = gzip.compress(b" " * 500_000) * 20
    assert outcome([members], inflater=inflater)[1] is MalformedResponse


# -- choices ----------------------------------------------------------------------------------------------------------


def test_chosen_inflater__is_the_first_installed() -> None:
    assert chosen_inflater() == INSTALLED[0]


def test_inflate__refuses_an_unknown_module() -> None:
    with pytest.raises(InvalidUsage, match="none of"):
        list(inflate([b""], inflater="bz2"))


@pytest.mark.parametrize(
    ("coding", "expected"),
    [("gzip", True), (" X-GZIP ", True), ("deflate", True), ("br", False), ("gzip, gzip", False), ("", False)],
)
def test_is_inflatable__tells_what_is_known(coding: str, expected: bool) -> None:
    assert is_inflatable(coding) is expected
