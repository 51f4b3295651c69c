"""Pages whose bytes are off the wire: their last row is found without decoding them, and they are decoded in parts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import pytest
import requests

from pysnow.exceptions import IncompleteResponse, PartialResult, PysnowException
from pysnow.response import Response
from pysnow.walking.moved_page import PART_ROWS, MovedPage, moved


class _Owner:
    table_name = "incident"


def _rows(count: int) -> list[dict[str, str]]:
    return [{"sys_id": f"{number:032x}", "text": '},{"sys_id": "no"'} for number in range(count)]


def _document(count: int, behind: bytes = b"]}") -> bytes:
    return b'{"result":[' + b",".join(json.dumps(row).encode() for row in _rows(count)) + behind


def _arrived(body: bytes, coding: str = "", status: int = 200, error: PysnowException | None = None) -> MovedPage:
    answer = requests.Response()
    answer.status_code = status
    answer.headers["X-Total-Count"] = "7"
    answer.headers["Link"] = '<https://a.example/list?sysparm_offset=30>;rel="next"'
    answer.url = "https://a.example/list"
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    response = Response(answer, _Owner(), stream=True)  # type: ignore[arg-type]
    return MovedPage(response, answer, pieces, coding, error, offset=10, path="/list")


def test_moved_page__header():
    page = _arrived(_document(1))
    assert (page.total, page.stride) == (7, 20)


@pytest.mark.parametrize(("pack", "coding"), [(bytes, ""), (gzip.compress, "gzip")], ids=["plain", "gzip"])
def test_last_sys_id__is_that_of_the_last_row(pack: Callable[[bytes], bytes], coding: str):
    page = _arrived(pack(_document(300)), coding)
    assert page.last_sys_id() == f"{299:032x}"


def test_last_sys_id__changes_nothing_about_the_page():
    page = _arrived(gzip.compress(_document(300)), "gzip")
    page.last_sys_id()
    assert page.page().rows == _rows(300)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json at all",
        _document(1),
        _document(5)[:-1],
        _document(5, b'],"error":{"message":"Transaction cancelled"},"status":"failure"}'),
        b'{"result":[{"a":[{"sys_id":"1"},{"sys_id":"2"}]}]}',
        b'{"result":[{"sys_id":"1"},{"sys_id',
    ],
    ids=["empty", "text", "one row", "cut", "error behind it", "list within a row", "cut within a row"],
)
def test_last_sys_id__is_not_guessed(body: bytes):
    assert _arrived(body).last_sys_id() is None


def test_last_sys_id__not_of_a_body_that_broke_off():
    assert _arrived(_document(5), error=IncompleteResponse("broken")).last_sys_id() is None


@pytest.mark.parametrize("count", [0, 1, PART_ROWS - 1, PART_ROWS, PART_ROWS + 1, 3 * PART_ROWS])
def test_parts__are_the_page(count: int):
    parts = list(_arrived(_document(count)).parts())
    assert [row for part in parts for row in part.rows] == _rows(count)


@pytest.mark.parametrize("count", [0, PART_ROWS, PART_ROWS + 1, 3 * PART_ROWS])
def test_parts__only_the_last_has_no_more(count: int):
    parts = list(_arrived(_document(count)).parts())
    assert [part.has_more for part in parts] == [True] * (len(parts) - 1) + [False]


def test_parts__know_their_place():
    assert [part.place for part in _arrived(_document(2 * PART_ROWS + 1)).parts()] == [0, PART_ROWS, 2 * PART_ROWS]


@pytest.mark.parametrize("count", [3, PART_ROWS, PART_ROWS + 3])
def test_parts__error_is_part_of_the_last(count: int):
    parts = list(_arrived(_document(count, b'],"error":{"message":"cancelled"},"status":"failure"}')).parts())
    assert [type(part.error) for part in parts] == [type(None)] * (len(parts) - 1) + [PartialResult]
    assert sum(len(part.rows) for part in parts) == count


def test_page__what_came_before_the_connection_broke_is_kept():
    page = _arrived(_document(9)[:-50], error=IncompleteResponse("broken")).page()
    assert (len(page.rows), type(page.error)) == (8, IncompleteResponse)


def test_page__row_that_is_null_is_no_end():
    assert _arrived(b'{"result":[null,{"sys_id":"1"}]}').page().rows != []


@pytest.mark.parametrize(("status", "is_refused"), [(200, False), (202, True), (429, True), (503, True), (500, False)])
def test_refused__tells_that_there_is_too_much_to_do(status: int, is_refused: bool):
    assert _arrived(b"{}", status=status).is_refused is is_refused


def test_moved__releases_the_connection_whatever_happens():
    class Raw:
        is_closed = False

        def read(self, *args: object, **options: object) -> bytes:
            raise KeyboardInterrupt

        def close(self) -> None:
            self.is_closed = True

    answer = requests.Response()
    answer.status_code, answer.raw = 200, Raw()
    with pytest.raises(KeyboardInterrupt):
        moved(answer, Response(answer, _Owner(), stream=True), offset=0, path="/list")  # type: ignore[arg-type]
    assert answer.raw.is_closed
