"""The bytes of an answer on their way: moved by one thread, inflated and decoded by another."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Generator, Iterable
from queue import SimpleQueue

import pytest
import requests

from pysnow.exceptions import IncompleteResponse, InvalidUsage, ResponseTooLarge
from pysnow.wire.body import close_body, hold_body, iter_body, read_beginning, read_body
from pysnow.wire.raw_body import PACKED_PIECE_BYTES, HeldBody, RawBody, held_body, put_raw, take_raw
from tests.unit.canned_server import Canned, CannedServer, chunked, http

GZIP = ("Content-Encoding", "gzip")
TEXT = b'{"result":[' + b",".join(b'{"n":"%d"}' % (number * 7919) for number in range(50_000)) + b"]}"
PACKED = gzip.compress(TEXT)


def fetch(server: CannedServer) -> requests.Response:
    return requests.get(server.url, stream=True, timeout=5)


def generator(pieces: Iterable[bytes]) -> Generator[bytes, None, None]:
    yield from pieces


def moved(response: requests.Response) -> requests.Response:
    """The same answer, all of its bytes taken off the wire and handed back."""
    raw = take_raw(response)
    put_raw(response, RawBody(raw.coding, generator(list(raw.pieces))))
    return response


ANSWERS = {
    "gzip": (http(PACKED, headers=[GZIP]), "gzip", PACKED),
    "gzip, chunked": (chunked(PACKED[:50], PACKED[50:], headers=[GZIP]), "gzip", PACKED),
    "plain": (http(TEXT), "", TEXT),
    "two codings": (http(gzip.compress(PACKED), headers=[("Content-Encoding", "gzip, gzip")]), "", TEXT),
}
answers = pytest.mark.parametrize(("answer", "coding", "sent"), ANSWERS.values(), ids=ANSWERS.keys())


@answers
def test_take_raw__gives_the_bytes_of_the_wire(answer: Canned, coding: str, sent: bytes) -> None:
    with CannedServer(answer) as server:
        raw = take_raw(fetch(server))
        assert (raw.coding, b"".join(raw.pieces)) == (coding, sent)


def test_take_raw__compressed_pieces_are_small() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        assert max(map(len, take_raw(fetch(server)).pieces)) <= PACKED_PIECE_BYTES


def test_take_raw__gives_what_came_before_the_connection_broke() -> None:
    gathered = io.BytesIO()
    with CannedServer(http(PACKED[:5000], headers=[GZIP], length=len(PACKED))) as server:
        pieces = take_raw(fetch(server)).pieces
        with pytest.raises(IncompleteResponse):
            gathered.writelines(pieces)
    assert gathered.getvalue() == PACKED[:5000]


def test_take_raw__what_was_begun_elsewhere_goes_on_as_it_began() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = fetch(server)
        beginning = response.raw.read1(100, decode_content=True)
        assert beginning + b"".join(iter_body(response)) == TEXT


def test_take_raw__of_an_answer_that_is_read_gives_it_inflated() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = fetch(server)
        read_body(response)
        raw = take_raw(response)
        assert (raw.coding, b"".join(raw.pieces)) == ("", TEXT)


def test_take_raw__stopping_early_closes_the_connection() -> None:
    with CannedServer(http(TEXT * 50)) as server:
        pieces = take_raw(fetch(server)).pieces
        next(pieces)
        pieces.close()
        assert server.closed_early.wait(10)


@answers
def test_put_raw__the_answer_reads_as_ever(answer: Canned, coding: str, sent: bytes) -> None:
    with CannedServer(answer) as server:
        assert b"".join(iter_body(moved(fetch(server)))) == TEXT


@answers
def test_put_raw__the_body_can_be_kept(answer: Canned, coding: str, sent: bytes) -> None:
    with CannedServer(answer) as server:
        response = moved(fetch(server))
        assert (read_body(response), response.content) == (TEXT, TEXT)


def test_put_raw__a_part_of_the_body_can_be_kept() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        assert read_beginning(moved(fetch(server)), 1000) == TEXT[:1000]


def test_put_raw__an_early_end_is_noticed() -> None:
    with CannedServer(http(PACKED[:-100], headers=[GZIP])) as server, pytest.raises(IncompleteResponse) as caught:
        list(iter_body(moved(fetch(server))))
    assert caught.value.path == "/api/now/table/incident"


def test_put_raw__errors_of_the_pieces_come_behind_what_came_before() -> None:
    def broken() -> Generator[bytes, None, None]:
        yield PACKED[:20_000]
        raise IncompleteResponse("gone")

    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = moved(fetch(server))
        put_raw(response, RawBody("gzip", broken()))
        pieces = iter_body(response)
        assert next(pieces) == TEXT[:8192]
        with pytest.raises(IncompleteResponse, match="gone"):
            list(pieces)


def test_put_raw__the_pieces_can_be_read_once() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = moved(fetch(server))
        list(iter_body(response))
        with pytest.raises(InvalidUsage, match="already"):
            list(iter_body(response))


def test_put_raw__what_was_closed_is_not_read() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = moved(fetch(server))
        close_body(response)
        with pytest.raises(InvalidUsage, match="already"):
            list(iter_body(response))


def test_put_raw__giving_up_closes_the_pieces() -> None:
    closed = threading.Event()

    def pieces() -> Generator[bytes, None, None]:
        try:
            yield PACKED[:20_000]
            yield PACKED[20_000:]
        finally:
            closed.set()

    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = moved(fetch(server))
        put_raw(response, RawBody("gzip", pieces()))
        reading = iter_body(response)
        next(reading)
        reading.close()
        assert closed.is_set()


def test_put_raw__giving_up_leaves_the_connection_to_who_moves_the_bytes() -> None:
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = fetch(server)
        raw = take_raw(response)
        first = next(raw.pieces)
        put_raw(response, RawBody(raw.coding, generator([first])))
        close_body(response)
        assert first + b"".join(raw.pieces) == PACKED


def test_put_raw__one_thread_moves_while_another_reads() -> None:
    queue: SimpleQueue[bytes] = SimpleQueue()
    with CannedServer(ANSWERS["gzip"][0]) as server:
        response = fetch(server)
        raw = take_raw(response)

        def move() -> None:
            for piece in raw.pieces:
                queue.put(piece)
            queue.put(b"")

        put_raw(response, RawBody(raw.coding, generator(iter(queue.get, b""))))
        worker = threading.Thread(target=move)
        worker.start()
        read = b"".join(iter_body(response))
        worker.join()
    assert read == TEXT


# -- bodies that are held ----------------------------------------------------------------------------------------------

LONG = b'{"result":[' + b",".join(b'{"n":"%d"}' % (number * number) for number in range(200_000)) + b"]}"
LONG_PACKED = gzip.compress(LONG, 1)


def held(server: CannedServer) -> requests.Response:
    response = fetch(server)
    hold_body(response)
    return response


def test_hold_body__a_large_one_stays_compressed() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        response = held(server)
        assert held_body(response) == HeldBody("gzip", LONG_PACKED)
        assert not response._content


@pytest.mark.parametrize(
    ("answer", "text"),
    [(http(PACKED, headers=[GZIP]), TEXT), (http(LONG), LONG), (http(b"", headers=[GZIP]), b"")],
    ids=["small", "not compressed", "nothing"],
)
def test_hold_body__others_are_kept_as_requests_does(answer: Canned, text: bytes) -> None:
    with CannedServer(answer) as server:
        assert held(server)._content == text


def test_hold_body__can_be_read_again_and_again() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        response = held(server)
        assert [b"".join(iter_body(response)) for _ in range(2)] == [LONG, LONG]


def test_hold_body__requests_finds_it() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        assert held(server).content == LONG


def test_hold_body__its_beginning_can_be_read_and_then_all_of_it() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        response = held(server)
        assert (read_beginning(response, 1000), read_body(response)) == (LONG[:1000], LONG)


def test_hold_body__closing_takes_nothing() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        response = held(server)
        close_body(response)
        assert b"".join(iter_body(response)) == LONG


def test_hold_body__gives_the_connection_back() -> None:
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        assert held(server).raw.connection is None


def test_hold_body__a_broken_connection_is_told_at_once() -> None:
    with (
        CannedServer(http(LONG_PACKED[:-9], headers=[GZIP], length=len(LONG_PACKED))) as server,
        pytest.raises(IncompleteResponse),
    ):
        held(server)


def test_hold_body__damage_is_told_when_it_is_read() -> None:
    with CannedServer(http(LONG_PACKED[:-8] + b"\0" * 8, headers=[GZIP])) as server:
        response = held(server)
        with pytest.raises(IncompleteResponse):
            list(iter_body(response))


def test_hold_body__has_a_limit_on_what_it_becomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysnow.wire.body.BUFFERED_BODY_BYTES", len(LONG) - 1)
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server:
        response = held(server)
        with pytest.raises(ResponseTooLarge):
            list(iter_body(response))


def test_hold_body__has_a_limit_on_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pysnow.wire.body.BUFFERED_BODY_BYTES", len(LONG_PACKED) - 1)
    with CannedServer(http(LONG_PACKED, headers=[GZIP])) as server, pytest.raises(ResponseTooLarge):
        held(server)
