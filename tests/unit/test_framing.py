"""Where an answer ends: headers that were cut, chunks that are not what they say."""

from __future__ import annotations

import http.client
import io
import re

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from pysnow.wire import framing
from pysnow.wire.framing import LARGEST_CHUNK_BYTES, ProvenChunks, WholeAnswer, ends_unproven, prove_chunks

BROKEN = (http.client.HTTPException, ConnectionError)

HEAD = (
    b"HTTP/1.1 201 Created\r\nLocation: https://dev1.service-now.com/api/now/table/incident/0123456789abcdef\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

json_bytes = st.text("{}xyz:, ", max_size=40).map(str.encode)  # which holds no line break, and is no number
chunk_lists = st.lists(json_bytes.filter(bool), max_size=5)


class _Socket:
    """What ``http.client`` wants of a socket that answers."""

    def __init__(self, sent: bytes) -> None:
        self._sent = sent

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(io.BytesIO(self._sent))


def answer_of(sent: bytes, kind: type[http.client.HTTPResponse] = WholeAnswer) -> http.client.HTTPResponse:
    answer = kind(_Socket(sent), method="GET")  # type: ignore[arg-type]
    answer.begin()
    return answer


def raw_of(answer: http.client.HTTPResponse) -> urllib3.HTTPResponse:
    """The answer as urllib3 has it."""
    return urllib3.HTTPResponse(
        body=answer,
        headers=dict(answer.getheaders()),
        status=answer.status,
        preload_content=False,
        original_response=answer,
    )


def framed(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def taken(answer: http.client.HTTPResponse, size: int = 65_536) -> tuple[bytes, bool]:
    """What is handed out, and whether the body was whole."""
    got = b""
    try:
        while piece := answer.read1(size):
            got += piece
    except BROKEN:
        return got, False
    return got, True


# -- the header --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", range(len(HEAD)))
def test_header__that_was_cut_is_no_answer(cut: int) -> None:
    with pytest.raises(BROKEN):
        answer_of(HEAD[:cut])


def test_header__that_is_whole_is_an_answer() -> None:
    answer = answer_of(HEAD + b"{}")
    assert (answer.status, answer.read()) == (201, b"{}")


def test_header__behind_line_feeds_alone_is_an_answer() -> None:
    assert answer_of(HEAD.replace(b"\r\n", b"\n") + b"{}").read() == b"{}"


@pytest.mark.parametrize("status", [100, 102, 103, 199])
def test_header__interim_answers_are_skipped(status: int) -> None:
    interim = b"HTTP/1.1 %d Wait\r\nLink: </style.css>; rel=preload\r\nContent-Length: 7\r\n\r\n" % status
    answer = answer_of(interim * 3 + HEAD + b"{}")
    assert (answer.status, answer.getheader("Link"), answer.read()) == (201, None, b"{}")


@pytest.mark.parametrize("cut", range(len(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") + 1))
def test_header__an_interim_answer_alone_is_none(cut: int) -> None:
    with pytest.raises(BROKEN):
        answer_of(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"[:cut])


def test_header__interim_answers_come_to_an_end() -> None:
    with pytest.raises(http.client.HTTPException, match="no end"):
        answer_of(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)


def test_header__another_protocol_is_no_interim_answer() -> None:
    assert answer_of(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n").status == 101


def test_header__a_line_that_is_none_hides_no_others() -> None:
    with pytest.raises(http.client.HTTPException, match="damaged"):
        answer_of(CHUNKED.replace(b"Transfer-Encoding:", b"Transfer-Encodin\x0b\r\nTransfer-Encoding:"))


@pytest.mark.parametrize("length", ["-5", "+5", "5_0", "0x5", "5, 6", "five", "", "5\r\nContent-Length: 6", "9" * 30])
def test_header__an_unclear_length_is_no_answer(length: str) -> None:
    with pytest.raises(http.client.HTTPException, match="no clear length"):
        answer_of(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())


@pytest.mark.parametrize("length", ["5", "5, 5", "005"])
def test_header__a_clear_length_is_taken(length: str) -> None:
    assert answer_of(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n12345".encode()).read1(5) == b"12345"


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunke", "x", "chunked\r\nTransfer-Encoding: gzip"])
def test_header__an_unknown_transfer_coding_is_no_answer(coding: str) -> None:
    with pytest.raises(http.client.HTTPException, match="transfer coding"):
        answer_of(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {coding}\r\n\r\n".encode())


# -- chunks ------------------------------------------------------------------------------------------------------------


@given(chunk_lists, st.integers(1, 50))
def test_chunks__are_read_whole(chunks: list[bytes], size: int) -> None:
    assert taken(answer_of(CHUNKED + framed(*chunks)), size) == (b"".join(chunks), True)


@given(chunk_lists, st.none() | st.integers(1, 50))
def test_chunks__urllib3_takes_the_framing_off_by_itself(chunks: list[bytes], size: int | None) -> None:
    assert b"".join(raw_of(answer_of(CHUNKED + framed(*chunks))).stream(size)) == b"".join(chunks)


@given(chunk_lists, st.integers(1, 50))
def test_chunks__are_read_into_a_buffer(chunks: list[bytes], size: int) -> None:
    answer, buffer, got = answer_of(CHUNKED + framed(*chunks)), bytearray(size), b""
    while count := answer.readinto(buffer):
        got += buffer[:count]
    assert got == b"".join(chunks)


def test_chunks__are_read_line_by_line() -> None:
    assert list(answer_of(CHUNKED + framed(b"a\nb", b"c\nd"))) == [b"a\n", b"bc\n", b"d"]


sizes = st.one_of(
    st.from_regex(rb"\A[0-9a-fA-F]{1,9}(;[a-z=]{0,5})?\Z"),
    st.from_regex(rb"\A[ +_x0-9a-f-]{1,6}\Z"),
    st.binary(max_size=6),
    st.sampled_from([b"", b"-5", b"+5", b"0x5", b"5_0", b" 5", b"5 ", b"-fff", b"f" * 20, b"0" * 17, "٥".encode()]),
)


@given(sizes)
def test_chunks__a_size_that_is_none_ends_the_body(size: bytes) -> None:
    """What RFC 9112, section 7.1, has for a size: hexadecimal digits, and extensions behind a semicolon."""
    rest = b"d" * 5 + b"\r\n0\r\n\r\n"
    got, is_whole = taken(answer_of(CHUNKED + b"2\r\nab\r\n" + size + b"\r\n" + rest))
    is_five = re.fullmatch(rb"0{0,15}5(?:;.*)?", size) is not None and not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", size)
    assert (got, is_whole) == (b"abddddd" if is_five else b"ab", is_five)


@pytest.mark.parametrize("data", [b"ab\r\n5", b"ab\r\n5\r\ncd", b"\r\n0", b"ab\r\n5;x=y", b"\r\n"])
def test_chunks__may_hold_what_looks_like_framing(data: bytes) -> None:
    assert taken(answer_of(CHUNKED + framed(data, b"rest"))) == (data + b"rest", True)


@pytest.mark.parametrize("swallowed", [b"\r\n3", b"\r\n3\r\nxyz", b"\r\n3\r\nxyz\r\n0", b"\r\n3\r\nxyz\r\n0\r\n"])
def test_chunks__a_size_that_ends_at_another_line_break_is_damage(swallowed: bytes) -> None:
    sent = framed(b"abc", b"xyz").replace(b"3", b"%x" % (3 + len(swallowed)), 1)
    assert taken(answer_of(CHUNKED + sent)) == (b"", False)


@given(chunk_lists.filter(bool), st.data())
def test_chunks__damage_to_the_framing_is_never_data(chunks: list[bytes], data: st.DataObject) -> None:
    sent = framed(*chunks)
    places = [place for place in range(len(sent)) if sent[place : place + 1] in b"\r\n" or _is_in_size(sent, place)]
    place, byte = data.draw(st.sampled_from(places)), data.draw(st.integers(0, 255))
    damaged = sent[:place] + bytes([byte]) + sent[place + 1 :]
    got, is_whole = taken(answer_of(CHUNKED + damaged))
    whole = b"".join(chunks)
    assert got == whole if is_whole else whole.startswith(got)


def _is_in_size(sent: bytes, place: int) -> bool:
    return sent.count(b"\n", 0, place) % 2 == 0


@given(chunk_lists.filter(bool), st.data())
def test_chunks__what_came_before_a_cut_is_whole_chunks(chunks: list[bytes], data: st.DataObject) -> None:
    sent = framed(*chunks)
    got, is_whole = taken(answer_of(CHUNKED + sent[: data.draw(st.integers(0, len(sent) - len("\r\n\r\n") - 1))]))
    assert not is_whole
    assert got in [b"".join(chunks[:count]) for count in range(len(chunks) + 1)]


@pytest.mark.parametrize("size", [LARGEST_CHUNK_BYTES + 1, 2**60])
def test_chunks__have_a_largest_size(size: int) -> None:
    assert taken(answer_of(CHUNKED + b"%x\r\nabc" % size)) == (b"", False)


@pytest.mark.parametrize("trailer", [b"", b"X-Checksum: abc\r\n", b"A: 1\r\nB: 2\r\n"])
def test_chunks__lines_behind_the_last_are_skipped(trailer: bytes) -> None:
    sent = framed(b"abc").removesuffix(b"\r\n") + trailer + b"\r\n"
    assert taken(answer_of(CHUNKED + sent)) == (b"abc", True)


def test_chunks__an_empty_one_in_the_middle_is_damage() -> None:
    assert taken(answer_of(CHUNKED + b'3\r\nabc\r\n0\r\n{"a"\r\n0\r\n\r\n')) == (b"abc", False)


def test_chunks__a_connection_that_ends_behind_the_empty_one_takes_nothing() -> None:
    assert taken(answer_of(CHUNKED + b"3\r\nabc\r\n0\r\n")) == (b"abc", True)


def test_chunks__an_empty_one_whose_line_was_cut_is_none() -> None:
    assert taken(answer_of(CHUNKED + b"3\r\nabc\r\n0")) == (b"abc", False)


@pytest.mark.parametrize("kind", [b"application/json", b"text/plain"])
def test_chunks__large_ones_are_read_whole(monkeypatch: pytest.MonkeyPatch, kind: bytes) -> None:
    monkeypatch.setattr(framing, "HELD_BYTES", 100)
    chunks = (b"a" * 250, b"b" * 10, b"c" * 101)
    head = CHUNKED.replace(b"application/json", kind)
    assert taken(answer_of(head + framed(*chunks)), 60) == (b"".join(chunks), True)


@pytest.mark.parametrize("damage", [b"", b"xx0\r\n\r\n"], ids=["cut", "no line break"])
def test_chunks__large_ones_of_json_wait_for_their_end(monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    monkeypatch.setattr(framing, "HELD_BYTES", 100)
    assert taken(answer_of(CHUNKED + b"fa\r\n" + b"a" * 250 + damage)) == (b"", False)


@pytest.mark.parametrize("damage", [b"", b"xx0\r\n\r\n"], ids=["cut", "no line break"])
def test_chunks__large_ones_of_a_file_are_judged_at_their_end(monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    monkeypatch.setattr(framing, "HELD_BYTES", 100)
    head = CHUNKED.replace(b"application/json", b"application/pdf")
    assert taken(answer_of(head + b"fa\r\n" + b"a" * 250 + damage)) == (b"a" * 250, False)


# -- over the connections of others ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [b"-5", b"fff", b" 5", b"5_0"])
def test_prove_chunks__over_a_connection_of_another_kind(size: bytes) -> None:
    raw = raw_of(answer_of(CHUNKED + size + b"\r\nabcde\r\n0\r\n\r\n", http.client.HTTPResponse))
    prove_chunks(raw)
    with pytest.raises(urllib3.exceptions.ProtocolError):
        raw.read1(100)


def test_prove_chunks__once_is_enough() -> None:
    raw = raw_of(answer_of(CHUNKED + framed(b"abc")))
    prove_chunks(raw)
    assert raw.read() == b"abc"


def test_prove_chunks__what_is_being_read_is_left_alone() -> None:
    answer = answer_of(CHUNKED + framed(b"abc", b"def"), http.client.HTTPResponse)
    raw = raw_of(answer)
    first = raw.read(2)
    prove_chunks(raw)
    assert (isinstance(answer.fp, ProvenChunks), first + raw.read()) == (False, b"abcdef")


def test_prove_chunks__a_body_from_memory_is_left_alone() -> None:
    raw = urllib3.HTTPResponse(io.BytesIO(b"abc"), headers={"Transfer-Encoding": "chunked"}, preload_content=False)
    prove_chunks(raw)
    assert raw.read() == b"abc"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEAD[:40], True),
        (b"HTTP/1.1 200 OK\r\nContent-Len", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", False),
        (CHUNKED + framed(), False),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", False),
    ],
    ids=["cut", "cut in the length", "no bytes", "no content", "no chunks", "a body"],
)
def test_ends_unproven__nothing_came_and_nothing_was_said(head: bytes, expected: bool) -> None:
    raw = raw_of(answer_of(head, http.client.HTTPResponse))
    while raw.read1(100):
        pass
    assert ends_unproven(raw) is expected


def test_ends_unproven__a_header_whose_end_was_seen() -> None:
    raw = raw_of(answer_of(b"HTTP/1.1 200 OK\r\n\r\n"))
    assert (raw.read1(100), ends_unproven(raw)) == (b"", False)
