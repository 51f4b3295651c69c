"""The bytes of one answer: whole, cut, damaged, and read twice."""

from __future__ import annotations

import gzip
import inspect
import io
import zlib
from collections.abc import Callable, Iterator

import pytest
import requests

from pysnow.defaults import BUFFERED_BODY_BYTES
from pysnow.exceptions import IncompleteResponse, InvalidUsage, MalformedResponse, ReadTimeout, ResponseTooLarge
from pysnow.wire.body import PIECE_BYTES, close_body, iter_body, read_beginning, read_body, release
from tests.unit.canned_server import Canned, CannedServer, chunked, http, unframed

GZIP = ("Content-Encoding", "gzip")
TEXT = b'{"result":[' + b",".join(b'{"n":"%d"}' % number for number in range(20_000)) + b"]}"


def fetch(server: CannedServer, timeout: float = 5) -> requests.Response:
    return requests.get(server.url + "?sysparm_query=secret", stream=True, timeout=timeout)


def received(pieces: Iterator[bytes], error: type[Exception] = IncompleteResponse) -> bytes:
    """What comes before the error."""
    gathered = bytearray()

    def gather() -> None:
        for piece in pieces:
            gathered.extend(piece)

    with pytest.raises(error):
        gather()
    return bytes(gathered)


def made(content: bytes | None) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response._content = content
    response._content_consumed = True  # type: ignore[attr-defined]
    return response


WHOLE = {
    "length": http(TEXT),
    "chunked": chunked(TEXT[:100], TEXT[100:70_000], TEXT[70_000:]),
    "unframed": unframed(TEXT),
    "gzip": http(gzip.compress(TEXT), headers=[GZIP]),
    "gzip, chunked": chunked(gzip.compress(TEXT)[:50], gzip.compress(TEXT)[50:], headers=[GZIP]),
    "deflate": http(zlib.compress(TEXT), headers=[("Content-Encoding", "deflate")]),
    "two gzip members": http(gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:]), headers=[GZIP]),
    "nothing": http(b""),
}


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE.keys())
def test_iter_body__gives_every_byte(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert b"".join(iter_body(fetch(server))) == (TEXT if answer is not WHOLE["nothing"] else b"")


@pytest.mark.parametrize("answer", [WHOLE["length"], WHOLE["gzip"]], ids=["plain", "gzip"])
def test_iter_body__begins_with_a_small_piece(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert len(next(iter_body(fetch(server), 1000))) <= 1000


@pytest.mark.parametrize("answer", [WHOLE["length"], WHOLE["gzip"]], ids=["plain", "gzip"])
def test_iter_body__pieces_are_never_larger_than_a_cache(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert max(map(len, iter_body(fetch(server)))) <= PIECE_BYTES


CUT = {
    "length": http(TEXT[:5000], length=len(TEXT)),
    "chunked, between chunks": chunked(TEXT[:2000], TEXT[2000:5000], is_whole=False),
    "chunked, reset": chunked(TEXT[:5000], is_whole=False, ending="reset"),
    "chunked, within a chunk": Canned(chunked(TEXT[:5000]).raw[:-100]),
    "chunked, no size": Canned(chunked(TEXT[:5000], is_whole=False).raw + b"zz\r\n"),
    "gzip, damaged": http(gzip.compress(TEXT)[:10] + b"\xff" * 500, headers=[GZIP]),
    "gzip, wrong checksum": http(gzip.compress(TEXT)[:-8] + b"\0" * 8, headers=[GZIP]),
    "gzip, not at all": http(TEXT, headers=[GZIP]),
}


@pytest.mark.parametrize("answer", CUT.values(), ids=CUT.keys())
def test_iter_body__damage_is_an_incomplete_response(answer: Canned) -> None:
    with CannedServer(answer) as server, pytest.raises(IncompleteResponse):
        list(iter_body(fetch(server)))


@pytest.mark.parametrize("case", ["length", "chunked, between chunks", "chunked, no size"])
def test_iter_body__gives_what_came_before_the_damage(case: str) -> None:
    with CannedServer(CUT[case]) as server:
        assert received(iter_body(fetch(server))) == TEXT[:5000]


def test_iter_body__silence_is_a_timeout() -> None:
    with CannedServer(http(TEXT[:5000], length=len(TEXT), ending="hang")) as server:
        pieces = iter_body(fetch(server, timeout=0.1))
        with pytest.raises(ReadTimeout):
            list(pieces)


def test_iter_body__an_error_names_the_request() -> None:
    with CannedServer(CUT["length"]) as server, pytest.raises(IncompleteResponse) as caught:
        list(iter_body(fetch(server)))
    assert (caught.value.method, caught.value.path) == ("GET", "/api/now/table/incident")


def test_iter_body__an_error_keeps_the_query_to_itself() -> None:
    with CannedServer(CUT["length"]) as server, pytest.raises(IncompleteResponse) as caught:
        list(iter_body(fetch(server)))
    assert "secret" not in str(caught.value)


def test_iter_body__a_bomb_is_refused_early() -> None:
    with CannedServer(http(gzip.compress(b" " * 50_000_000), headers=[GZIP])) as server:
        assert len(received(iter_body(fetch(server)), MalformedResponse)) < 15_000_000


def test_iter_body__stopping_early_closes_the_connection() -> None:
    with CannedServer(http(TEXT * 100)) as server:
        pieces = iter_body(fetch(server))
        next(pieces)
        pieces.close()
        assert server.closed_early.wait(10)


def test_iter_body__reading_to_the_end_gives_the_connection_back() -> None:
    with CannedServer(http(TEXT)) as server:
        response = fetch(server)
        list(iter_body(response))
        assert response.raw.connection is None


def test_iter_body__a_body_already_read_comes_again() -> None:
    with CannedServer(WHOLE["gzip"]) as server:
        response = fetch(server)
        assert response.content == b"".join(iter_body(response))


def test_iter_body__a_body_streamed_already_is_refused() -> None:
    with CannedServer(WHOLE["length"]) as server:
        response = fetch(server)
        list(iter_body(response))
        with pytest.raises(InvalidUsage, match="already"):
            list(iter_body(response))


@pytest.mark.parametrize("content", [TEXT, b""], ids=["text", "nothing"])
def test_iter_body__takes_answers_made_by_hand(content: bytes) -> None:
    assert b"".join(iter_body(made(content))) == content


def test_iter_body__takes_an_answer_without_any_body() -> None:
    assert list(iter_body(requests.Response())) == []


def test_iter_body__takes_a_file_in_place_of_a_connection() -> None:
    response = requests.Response()
    response.raw = io.BytesIO(TEXT)
    assert b"".join(iter_body(response)) == TEXT


def test_read_body__leaves_the_body_where_requests_keeps_it() -> None:
    with CannedServer(WHOLE["gzip"]) as server:
        response = fetch(server)
        read_body(response)
        assert response.content == TEXT


def test_read_body__leaves_json_usable() -> None:
    with CannedServer(http(b'{"result":[]}')) as server:
        response = fetch(server)
        read_body(response)
        assert response.json() == {"result": []}


def test_read_body__can_be_repeated() -> None:
    with CannedServer(WHOLE["chunked"]) as server:
        response = fetch(server)
        assert read_body(response) == read_body(response)


def test_read_body__damage_is_an_incomplete_response() -> None:
    with CannedServer(CUT["length"]) as server, pytest.raises(IncompleteResponse):
        read_body(fetch(server))


@pytest.mark.parametrize("answer", [WHOLE["length"], WHOLE["gzip"], WHOLE["chunked"]], ids=["plain", "gzip", "chunked"])
def test_read_body__a_body_above_the_limit_is_refused(answer: Canned) -> None:
    with CannedServer(answer) as server, pytest.raises(ResponseTooLarge):
        read_body(fetch(server), len(TEXT) - 1)


@pytest.mark.parametrize("answer", [WHOLE["length"], WHOLE["gzip"], WHOLE["chunked"]], ids=["plain", "gzip", "chunked"])
def test_read_body__a_body_at_the_limit_is_read(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert read_body(fetch(server), len(TEXT)) == TEXT


def test_read_body__too_large_says_how_large() -> None:
    with CannedServer(WHOLE["length"]) as server, pytest.raises(ResponseTooLarge, match="more than 1,000 bytes"):
        read_body(fetch(server), 1000)


def test_read_body__too_large_names_the_request() -> None:
    with CannedServer(WHOLE["length"]) as server, pytest.raises(ResponseTooLarge) as caught:
        read_body(fetch(server), 1000)
    assert (caught.value.method, caught.value.path) == ("GET", "/api/now/table/incident")


def test_read_body__too_large_closes_the_connection() -> None:
    with CannedServer(http(TEXT * 100)) as server, pytest.raises(ResponseTooLarge):
        read_body(fetch(server), 1000)
    assert server.closed_early.wait(10)


def test_read_body__what_the_answer_holds_already_has_no_limit() -> None:
    assert read_body(made(TEXT), 1000) == TEXT


def test_read_body__has_a_limit_unless_told_otherwise() -> None:
    assert inspect.signature(read_body).parameters["limit_bytes"].default == BUFFERED_BODY_BYTES


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE.keys())
def test_read_beginning__below_the_limit_is_everything(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert read_beginning(fetch(server), 10_000_000) == (TEXT if answer is not WHOLE["nothing"] else b"")


@pytest.mark.parametrize("answer", [WHOLE["length"], WHOLE["gzip"]], ids=["plain", "gzip"])
def test_read_beginning__stops_at_the_limit(answer: Canned) -> None:
    with CannedServer(answer) as server:
        assert read_beginning(fetch(server), 1000) == TEXT[:1000]


def test_read_beginning__leaves_the_rest_on_the_wire() -> None:
    with CannedServer(http(TEXT * 100)) as server:
        read_beginning(fetch(server), 1000)
        assert server.closed_early.wait(10)


@pytest.mark.parametrize("case", ["length", "chunked, between chunks", "chunked, no size"])
def test_read_beginning__gives_what_came_before_the_damage(case: str) -> None:
    with CannedServer(CUT[case]) as server:
        assert read_beginning(fetch(server), 1_000_000) == TEXT[:5000]


def test_read_beginning__can_be_repeated() -> None:
    with CannedServer(WHOLE["length"]) as server:
        response = fetch(server)
        assert read_beginning(response, 1000) == read_beginning(response, 1000)


def test_read_beginning__leaves_what_was_read_where_requests_keeps_it() -> None:
    with CannedServer(CUT["length"]) as server:
        response = fetch(server)
        read_beginning(response, 1_000_000)
        assert response.content == TEXT[:5000]


def test_read_beginning__of_a_body_streamed_already_is_nothing() -> None:
    with CannedServer(WHOLE["length"]) as server:
        response = fetch(server)
        list(iter_body(response))
        assert read_beginning(response, 1000) == b""


@pytest.mark.parametrize("content", [TEXT, b"", None], ids=["text", "nothing", "none"])
def test_read_beginning__takes_answers_made_by_hand(content: bytes | None) -> None:
    assert read_beginning(made(content), 1000) == (content or b"")[:1000]


@pytest.mark.parametrize("give_up", [release, close_body])
def test_closing__ends_the_connection(give_up: Callable[[requests.Response], None]) -> None:
    with CannedServer(http(TEXT * 100)) as server:
        give_up(fetch(server))
        assert server.closed_early.wait(10)


@pytest.mark.parametrize("give_up", [release, close_body])
def test_closing__takes_answers_made_by_hand(give_up: Callable[[requests.Response], None]) -> None:
    response = made(TEXT)
    give_up(response)
    assert response.content == TEXT


def test_close_body__reading_after_it_is_refused() -> None:
    with CannedServer(WHOLE["length"]) as server:
        response = fetch(server)
        close_body(response)
        with pytest.raises(InvalidUsage, match="already"):
            read_body(response)
