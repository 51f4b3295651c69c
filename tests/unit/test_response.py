"""Reading one answer: as a list, as a stream, as one record, and as the record that a write gave back."""

from __future__ import annotations

import copy
import gc
import gzip
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import (
    EmptyContent,
    ErrorInResult,
    HTTPStatusError,
    IncompleteResponse,
    InstanceHibernating,
    InvalidUsage,
    MalformedResponse,
    MissingResult,
    MultipleResults,
    NoResults,
    PartialResult,
    PermissionDenied,
    PysnowException,
    RecordNotFound,
    ServerError,
    TruncatedResponse,
    UnexpectedResponseFormat,
)
from pysnow.record_response import RecordResponse, location_id
from pysnow.response import RecordList, Response
from tests.unit.canned_server import Canned, CannedServer, chunked, http

URL = "https://dev1.service-now.com/api/now/table/incident?sysparm_query=secret"
SYS_ID = "0123456789abcdef0123456789abcdef"
ROWS = [{"number": "INC1", "sys_id": "a"}, {"number": "INC2", "sys_id": "b"}, {"number": "INC3", "sys_id": "c"}]
NOT_FOUND = b'{"error":{"message":"No Record found","detail":"Record doesn\'t exist or ACL"},"status":"failure"}'
CANCELLED = b'{"message":"Transaction cancelled: maximum execution time exceeded","detail":""}'
HIBERNATING = b"<html><head><title>Instance Hibernating page</title></head></html>"


class Uploads:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def upload(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((args, kwargs))
        return "uploaded"


class Owner:
    """Stands for the resource, and notes what it is asked to do."""

    table_name = "incident"

    def __init__(self) -> None:
        self.attachments = Uploads()
        self.calls: list[tuple[Any, ...]] = []

    def update(self, query: Any, payload: Any) -> Any:
        self.calls.append((query, payload))
        return "updated"

    def delete(self, query: Any) -> Any:
        self.calls.append((query,))
        return {"status": "record deleted"}


def result(value: Any, **more: Any) -> bytes:
    return json.dumps({"result": value, **more}).encode()


def answer(content: bytes, status: int = 200, method: str = "GET", **headers: str) -> requests.Response:
    """An answer whose body has been read."""
    response = requests.Response()
    response.status_code, response.url = status, URL
    response._content = content
    response._content_consumed = True  # type: ignore[attr-defined]
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    response.request = requests.Request(method, URL).prepare()
    return response


def made(content: bytes, status: int = 200, method: str = "GET", *, stream: bool = False, **headers: str) -> Response:
    return Response(answer(content, status, method, **headers), Owner(), stream=stream)


def streamed(server: CannedServer) -> Response:
    """An answer whose body is still on the wire."""
    return Response(requests.get(server.url, stream=True, timeout=5), Owner(), stream=True)


both = pytest.mark.parametrize("stream", [False, True], ids=["buffered", "streamed"])

READINGS: dict[str, Callable[[Response], Any]] = {
    "all": lambda response: list(response.all()),
    "first": lambda response: response.first(),
    "first_or_none": lambda response: response.first_or_none(),
    "one": lambda response: response.one(),
    "one_or_none": lambda response: response.one_or_none(),
    "field": lambda response: response["number"],
    "item": lambda response: response[0],
    "iteration": lambda response: list(iter(response)),
}
every_reading = pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS.keys())


# -- records -----------------------------------------------------------------------------------------------------------


def test_all__buffered_is_a_list() -> None:
    assert made(result(ROWS)).all() == ROWS


def test_all__buffered_can_be_repeated() -> None:
    response = made(result(ROWS))
    assert response.all() == response.all()


def test_all__buffered_lists_do_not_share_their_length() -> None:
    response = made(result(ROWS))
    response.all().clear()
    assert response.all() == ROWS


def test_all__buffered_records_are_plain_dicts() -> None:
    assert {type(record) for record in made(result(ROWS)).all()} == {dict}


def test_all__buffered_is_json() -> None:
    assert json.loads(json.dumps(made(result(ROWS)).all())) == ROWS


def test_all__streamed_gives_the_same_records() -> None:
    assert list(made(result(ROWS), stream=True).all()) == ROWS


def test_all__streamed_is_an_iterator() -> None:
    assert next(made(result(ROWS), stream=True).all()) == ROWS[0]


def test_all__streamed_a_second_time_is_refused() -> None:
    response = made(result(ROWS), stream=True)
    list(response.all())
    with pytest.raises(InvalidUsage, match="has been read"):
        response.all()


def test_all__streamed_twice_at_once_is_refused() -> None:
    response = made(result(ROWS), stream=True)
    first, second = response.all(), response.all()
    next(iter(first))
    with pytest.raises(InvalidUsage, match="has been read"):
        next(iter(second))


@both
def test_all__a_single_object_is_one_record(stream: bool) -> None:
    assert list(made(result(ROWS[0]), stream=stream).all()) == ROWS[:1]


@given(st.lists(st.dictionaries(st.text(), st.text() | st.none() | st.integers())))
def test_all__streamed_equals_buffered(rows: list[dict[str, Any]]) -> None:
    content = result(rows)
    assert list(made(content, stream=True).all()) == made(content).all()


@both
def test_first__several(stream: bool) -> None:
    assert made(result(ROWS), stream=stream).first() == ROWS[0]


@both
def test_first__can_be_repeated(stream: bool) -> None:
    response = made(result(ROWS), stream=stream)
    assert response.first() == response.first()


@both
def test_first__none(stream: bool) -> None:
    response = made(result([]), stream=stream)
    with pytest.raises(NoResults):
        response.first()


@both
def test_first_or_none__several(stream: bool) -> None:
    assert made(result(ROWS), stream=stream).first_or_none() == ROWS[0]


@both
def test_first_or_none__none(stream: bool) -> None:
    assert made(result([]), stream=stream).first_or_none() is None


@both
def test_one__one(stream: bool) -> None:
    assert made(result(ROWS[:1]), stream=stream).one() == ROWS[0]


@both
def test_one__is_a_plain_dict(stream: bool) -> None:
    assert type(made(result(ROWS[:1]), stream=stream).one()) is dict


@both
def test_one__can_be_repeated(stream: bool) -> None:
    response = made(result(ROWS[:1]), stream=stream)
    assert response.one() == response.one()


@both
def test_one__none(stream: bool) -> None:
    response = made(result([]), stream=stream)
    with pytest.raises(NoResults):
        response.one()


@both
def test_one__several(stream: bool) -> None:
    response = made(result(ROWS), stream=stream)
    with pytest.raises(MultipleResults):
        response.one()


@both
def test_one_or_none__none(stream: bool) -> None:
    assert made(result([]), stream=stream).one_or_none() is None


@both
def test_one_or_none__several(stream: bool) -> None:
    response = made(result(ROWS), stream=stream)
    with pytest.raises(MultipleResults):
        response.one_or_none()


@both
def test_getitem__a_name_is_a_field_of_the_only_record(stream: bool) -> None:
    assert made(result(ROWS[:1]), stream=stream)["number"] == "INC1"


def test_getitem__a_missing_field_is_none() -> None:
    assert made(result(ROWS[:1]))["nope"] is None


def test_getitem__a_name_needs_a_single_record() -> None:
    response = made(result(ROWS))
    with pytest.raises(MultipleResults):
        response["number"]


@both
def test_getitem__a_number_is_a_record(stream: bool) -> None:
    assert made(result(ROWS), stream=stream)[-1] == ROWS[2]


@both
def test_getitem__a_slice_is_a_list(stream: bool) -> None:
    assert made(result(ROWS), stream=stream)[1:] == ROWS[1:]


@both
def test_iter__gives_the_records(stream: bool) -> None:
    assert list(made(result(ROWS), stream=stream)) == ROWS


def test_len__counts_the_records() -> None:
    assert len(made(result(ROWS))) == 3


def test_len__of_a_stream_is_unknown() -> None:
    response = made(result(ROWS), stream=True)
    with pytest.raises(TypeError, match="no length"):
        len(response)


@pytest.mark.parametrize("content", [b"", result([]), b"<html>"], ids=["nothing", "no records", "a page"])
def test_bool__is_always_true(content: bytes) -> None:
    assert made(content)


def test_count__buffered() -> None:
    assert made(result(ROWS)).count == 3


def test_count__streamed_grows() -> None:
    response = made(result(ROWS), stream=True)
    counts = [response.count]
    for _ in response.all():
        counts.append(response.count)
    assert counts == [0, 1, 2, 3]


def test_count__can_be_set() -> None:
    response = made(b"not read")
    response.count = 7
    assert response.count == 7


@pytest.mark.parametrize("value", ["7", 7.0, None, True])
def test_count__takes_integers_only(value: Any) -> None:
    response = made(b"not read")
    with pytest.raises(TypeError):
        response.count = value


# -- the answer itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [repr, str])
def test_repr__says_status_and_method(text: Callable[[object], str]) -> None:
    assert text(made(b"", 404, "PUT")) == "<Response [404 - PUT]>"


def test_headers__know_no_case() -> None:
    assert made(b"", X_Total_Count="7").headers["x-total-count"] == "7"


def test_status_code__is_that_of_the_answer() -> None:
    assert made(b"", 418).status_code == 418


@pytest.mark.parametrize(
    ("header", "total"), [("7", 7), (" 7 ", 7), ("0", 0), ("many", None), ("-1", None), ("", None), ("9" * 5000, None)]
)
def test_total__is_a_number_or_nothing(header: str, total: int | None) -> None:
    assert made(b"", X_Total_Count=header).total == total


def test_total__without_the_header() -> None:
    assert made(b"").total is None


@pytest.mark.parametrize("status", [200, 201, 404, 500])
def test_json__does_not_look_at_the_status(status: int) -> None:
    assert made(b'{"serviced_requests":[]}', status, "POST").json() == {"serviced_requests": []}


def test_json__needs_no_envelope() -> None:
    assert made(b"[1]").json() == [1]


def test_json__nothing() -> None:
    response = made(b"")
    with pytest.raises(EmptyContent):
        response.json()


def test_json__a_page() -> None:
    response = made(HIBERNATING)
    with pytest.raises(InstanceHibernating):
        response.json()


def test_json__of_a_stream_that_was_not_read() -> None:
    with CannedServer(http(result(ROWS))) as server:
        assert streamed(server).json() == {"result": ROWS}


def test_json__of_a_stream_that_was_read() -> None:
    with CannedServer(http(result(ROWS))) as server:
        response = streamed(server)
        list(response.all())
        with pytest.raises(InvalidUsage):
            response.json()


def test_response__the_answer_of_requests_is_there() -> None:
    assert made(result(ROWS))._response.json() == {"result": ROWS}


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_raise_for_status__success(status: int) -> None:
    made(b"", status).raise_for_status()


def test_raise_for_status__failure() -> None:
    response = made(NOT_FOUND, 403)
    with pytest.raises(PermissionDenied):
        response.raise_for_status()


@pytest.mark.parametrize(
    "content", [b"{" + b" " * 2_000_000 + b"}", b'"' + b"x" * 2_000_000 + b'"'], ids=["blanks", "text"]
)
def test_raise_for_status__a_huge_body_hides_no_status(content: bytes) -> None:
    with CannedServer(http(content, "500 Oops")) as server:
        response = streamed(server)
        with pytest.raises(ServerError):
            response.raise_for_status()


def test_raise_for_status__of_a_huge_body_only_the_beginning_is_read() -> None:
    with CannedServer(http(b"x" * 50_000_000, "500 Oops")) as server:
        response = streamed(server)
        with pytest.raises(ServerError):
            response.raise_for_status()
        assert server.closed_early.wait(10)


def test_raise_for_status__a_bomb_hides_no_status() -> None:
    bomb = http(gzip.compress(b" " * 50_000_000), "500 Oops", [("Content-Encoding", "gzip")])
    with CannedServer(bomb) as server:
        response = streamed(server)
        with pytest.raises(ServerError):
            response.raise_for_status()


def test_raise_for_status__a_broken_body_hides_no_status() -> None:
    with CannedServer(http(b"x", "500 Oops", length=100)) as server:
        response = streamed(server)
        with pytest.raises(ServerError):
            response.raise_for_status()


# -- what is not as it should be ---------------------------------------------------------------------------------------

FAULTS = {
    "403": (answer(NOT_FOUND, 403), PermissionDenied),
    "500, page": (answer(HIBERNATING, 500), ServerError),
    "error object": (answer(b'{"error":{"message":"m"}}'), ErrorInResult),
    "error text": (answer(b'{"error":"m"}'), ErrorInResult),
    "no result": (answer(b'{"results":[]}'), MissingResult),
    "null": (answer(b"null"), MissingResult),
    "list": (answer(b"[]"), MissingResult),
    "result is a text": (answer(result("text")), MissingResult),
    "result is null": (answer(result(None)), MissingResult),
    "nothing": (answer(b""), EmptyContent),
    "blanks": (answer(b" \r\n"), EmptyContent),
    "mark": (answer(b"\xef\xbb\xbf"), EmptyContent),
    "204": (answer(b"", 204), EmptyContent),
    "202": (answer(b"", 202), EmptyContent),
    "202 with a result": (answer(result(ROWS[:1]), 202), EmptyContent),
    "page": (answer(HIBERNATING), InstanceHibernating),
    "page called JSON": (answer(HIBERNATING, Content_Type="application/json"), InstanceHibernating),
    "XML": (answer(b"<?xml version='1.0'?><response/>"), MalformedResponse),
    "text": (answer(b"Oops"), MalformedResponse),
    "cut": (answer(b'{"result":'), TruncatedResponse),
    "error behind no record": (answer(b'{"result":[],"error":' + CANCELLED + b"}"), PartialResult),
}


@pytest.mark.parametrize(("fault", "kind"), FAULTS.values(), ids=FAULTS.keys())
@every_reading
@both
def test_response__every_reading_raises(
    fault: requests.Response, kind: type[Exception], reading: Callable[[Response], Any], stream: bool
) -> None:
    response = Response(copy.copy(fault), Owner(), stream=stream)
    with pytest.raises(kind) as caught:
        reading(response)
    assert type(caught.value) is kind


@pytest.mark.parametrize(("fault", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_response__every_error_knows_the_call(fault: requests.Response, kind: type[PysnowException]) -> None:
    with pytest.raises(kind) as caught:
        Response(fault, Owner()).all()
    error = caught.value
    assert (error.operation, error.table, error.method, error.path, error.status) == (
        "read",
        "incident",
        "GET",
        "/api/now/table/incident",
        fault.status_code,
    )


@pytest.mark.parametrize(("fault", "kind"), FAULTS.values(), ids=FAULTS.keys())
def test_response__no_error_tells_the_query(fault: requests.Response, kind: type[PysnowException]) -> None:
    with pytest.raises(kind) as caught:
        Response(fault, Owner()).all()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", [NoResults, MultipleResults])
def test_one__what_it_raises_knows_the_call(kind: type[PysnowException]) -> None:
    response = made(result([] if kind is NoResults else ROWS))
    with pytest.raises(kind) as caught:
        response.one()
    assert (caught.value.table, caught.value.path) == ("incident", "/api/now/table/incident")


def test_response__making_one_raises_nothing() -> None:
    assert repr(made(b"Oops", 500)) == "<Response [500 - GET]>"


@both
def test_response__a_missing_record_is_none_where_none_is_possible(stream: bool) -> None:
    """A list that matches nothing is a 404 in version 1 of the Table API (KB0534905)."""
    response = made(NOT_FOUND, 404, stream=stream)
    assert (response.one_or_none(), response.first_or_none()) == (None, None)


@both
@pytest.mark.parametrize("reading", [READINGS["all"], READINGS["one"], READINGS["first"]])
def test_response__a_missing_record_is_an_error_elsewhere(reading: Callable[[Response], Any], stream: bool) -> None:
    response = made(NOT_FOUND, 404, stream=stream)
    with pytest.raises(RecordNotFound):
        reading(response)


@both
def test_one_or_none__an_unknown_path_is_an_error(stream: bool) -> None:
    content = b'{"error":{"message":"Requested URI does not represent any resource"}}'
    response = made(content, 404, stream=stream)
    with pytest.raises(HTTPStatusError):
        response.one_or_none()


PARTIAL = b'{"result":[{"a":1},{"a":2}],"error":' + CANCELLED + b',"status":"failure"}'


def test_all__buffered_records_with_an_error_behind_them() -> None:
    response = made(PARTIAL)
    with pytest.raises(PartialResult) as caught:
        response.all()
    assert caught.value.received == 2


def test_all__buffered_records_with_an_error_behind_them_are_on_the_error() -> None:
    with pytest.raises(PartialResult) as caught:
        made(b'{"result":[{"sys_id":"1"},{"sys_id":{"value":"2"}}],"error":' + CANCELLED + b"}").all()
    assert caught.value.records == ({"sys_id": "1"}, {"sys_id": {"value": "2"}})
    assert (caught.value.received, caught.value.last_sys_id) == (2, "2")


def test_all__records_on_the_error_are_not_in_its_text_and_survive_pickling() -> None:
    with pytest.raises(PartialResult) as caught:
        made(b'{"result":[{"a":"canary"}],"error":' + CANCELLED + b"}").all()
    assert "canary" not in str(caught.value) + repr(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).records == ({"a": "canary"},)


def test_all__streamed_records_come_before_the_error() -> None:
    records = made(PARTIAL, stream=True).all()
    assert [next(iter(records)), next(iter(records))] == [{"a": 1}, {"a": 2}]


def test_all__streamed_records_are_followed_by_the_error() -> None:
    response = made(PARTIAL, stream=True)
    with pytest.raises(PartialResult):
        list(response.all())


@both
def test_one__an_error_behind_the_only_record_counts(stream: bool) -> None:
    response = made(b'{"result":[{"a":1}],"error":' + CANCELLED + b"}", stream=stream)
    with pytest.raises(PartialResult):
        response.one()


@both
@pytest.mark.parametrize("status", [200, 201])
def test_all__a_list_of_texts_is_given_as_it_is(stream: bool, status: int) -> None:
    texts: list[Any] = list(made(result(["a", "b"]), status, stream=stream).all())
    assert texts == ["a", "b"]


def test_one__a_deletion_has_its_own_record() -> None:
    assert made(b"", 204, "DELETE").one() == {"status": "record deleted"}


def test_one__a_202_with_a_body_counts_for_other_methods() -> None:
    """APIs that work in the background answer so to a POST."""
    assert made(result({"id": "1"}), 202, "POST").one() == {"id": "1"}


# -- on the wire -------------------------------------------------------------------------------------------------------


def test_all__streamed_a_broken_connection_costs_no_whole_record() -> None:
    with CannedServer(chunked(b'{"result":[{"a":1},', b'{"a":2},{"a":', is_whole=False)) as server:
        records = iter(streamed(server).all())
        assert [next(records), next(records)] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("broken", [chunked(result(ROWS)[:50], is_whole=False), http(result(ROWS)[:50], length=500)])
def test_all__streamed_a_broken_connection_is_told(broken: Canned) -> None:
    with CannedServer(broken) as server:
        records = streamed(server).all()
        with pytest.raises(IncompleteResponse) as caught:
            list(records)
    assert caught.value.table == "incident"


def test_all__streamed_pages_are_recognised() -> None:
    with CannedServer(chunked(b"  ", b"<html><head><title>", b"Instance Hibernating page</title>")) as server:
        records = streamed(server).all()
        with pytest.raises(InstanceHibernating):
            list(records)


@pytest.mark.parametrize("reading", [READINGS["first"], lambda response: next(response.all())], ids=["first", "next"])
def test_response__what_is_left_of_a_stream_is_closed(reading: Callable[[Response], Any]) -> None:
    with CannedServer(http(result(ROWS * 200_000))) as server:
        reading(streamed(server))
        assert server.closed_early.wait(10)


def test_one__several_close_the_stream() -> None:
    with CannedServer(http(result(ROWS * 200_000))) as server:
        response = streamed(server)
        with pytest.raises(MultipleResults):
            response.one()
        assert server.closed_early.wait(10)


def test_close__ends_the_connection() -> None:
    with CannedServer(http(result(ROWS * 200_000))) as server:
        streamed(server).close()
        assert server.closed_early.wait(10)


def test_close__can_be_repeated() -> None:
    response = made(result(ROWS), stream=True)
    response.close()
    response.close()
    assert response.status_code == 200


def test_close__takes_nothing_from_a_list() -> None:
    response = made(result(ROWS))
    response.close()
    assert response.all() == ROWS


@every_reading
def test_close__a_stream_cannot_be_read_behind_it(reading: Callable[[Response], Any]) -> None:
    with CannedServer(http(result(ROWS))) as server:
        response = streamed(server)
        response.close()
        with pytest.raises(InvalidUsage, match="closed"):
            reading(response)


def test_close__an_iterator_made_before_it_gives_nothing() -> None:
    with CannedServer(http(result(ROWS))) as server:
        response = streamed(server)
        records = response.all()
        response.close()
        with pytest.raises(InvalidUsage, match="closed"):
            next(records)


def test_close__records_left_out_are_not_passed_over_in_silence() -> None:
    with CannedServer(http(result(ROWS))) as server:
        response = streamed(server)
        records = response.all()
        next(records)
        response.close()
        with pytest.raises(InvalidUsage, match="closed"):
            next(records)


def test_close__the_document_of_a_stream_cannot_be_read_behind_it() -> None:
    with CannedServer(http(result(ROWS))) as server:
        response = streamed(server)
        response.close()
        with pytest.raises(InvalidUsage):
            response.json()


def test_with__gives_the_response() -> None:
    with CannedServer(http(result(ROWS))) as server, streamed(server) as response:
        assert list(response.all()) == ROWS


def test_with__closes_the_stream() -> None:
    with CannedServer(http(result(ROWS * 200_000))) as server:
        with streamed(server) as response:
            records = response.all()
            next(records)
        assert server.closed_early.wait(10)


def test_with__a_record_that_was_read_stays() -> None:
    with CannedServer(http(result(ROWS))) as server:
        with streamed(server) as response:
            response.first()
        assert response.first() == ROWS[0]


# -- the record on the instance ----------------------------------------------------------------------------------------


def owned(value: Any) -> tuple[Response, Owner]:
    owner = Owner()
    return Response(answer(result(value)), owner), owner


def test_update__goes_to_the_record() -> None:
    response, owner = owned(ROWS[0])
    response.update({"state": "2"})
    assert owner.calls == [({"sys_id": "a"}, {"state": "2"})]


def test_update__gives_what_the_resource_gives() -> None:
    response, _ = owned(ROWS[0])
    assert response.update({}) == "updated"  # type: ignore[comparison-overlap]


def test_delete__goes_to_the_record() -> None:
    response, owner = owned(ROWS[0])
    response.delete()
    assert owner.calls == [({"sys_id": "a"},)]


def test_upload__puts_the_sys_id_first() -> None:
    response, owner = owned(ROWS[0])
    response.upload("a.txt", name="b.txt")
    assert owner.attachments.calls == [(("a", "a.txt"), {"name": "b.txt"})]


def test_delete__takes_the_value_of_both_values() -> None:
    """With ``sysparm_display_value=all``, sys_id is an object, too."""
    response, owner = owned({"sys_id": {"display_value": "A", "value": "a"}})
    response.delete()
    assert owner.calls == [({"sys_id": "a"},)]


CHANGES: dict[str, Callable[[Response], Any]] = {
    "update": lambda response: response.update({}),
    "delete": lambda response: response.delete(),
    "upload": lambda response: response.upload("a.txt"),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


@every_change
@pytest.mark.parametrize(
    "record", [{}, {"sys_id": ""}, {"sys_id": None}, {"sys_id": {}}, {"sys_id": 7}, {"sys_id": {"display_value": "A"}}]
)
def test_change__needs_a_sys_id(change: Callable[[Response], Any], record: dict[str, Any]) -> None:
    response, _ = owned(record)
    with pytest.raises(InvalidUsage, match="sys_id"):
        change(response)


@every_change
def test_change__needs_a_record(change: Callable[[Response], Any]) -> None:
    response, _ = owned([])
    with pytest.raises(NoResults):
        change(response)


@every_change
def test_change__needs_a_single_record(change: Callable[[Response], Any]) -> None:
    response, owner = owned(ROWS)
    with pytest.raises(MultipleResults):
        change(response)
    assert owner.calls == []


# -- lists -------------------------------------------------------------------------------------------------------------


def test_record_list__is_a_list() -> None:
    assert isinstance(made(result(ROWS)).all(), list)


def test_record_list__can_be_taken_one_by_one() -> None:
    records = RecordList(ROWS)
    assert [next(records), next(records), next(records)] == ROWS


def test_record_list__ends() -> None:
    assert next(RecordList(), None) is None


def test_record_list__taking_one_does_not_shorten_it() -> None:
    records = RecordList(ROWS)
    next(records)
    assert list(records) == ROWS


def test_record_list__is_made_without_arguments() -> None:
    assert type(made(result(ROWS)).all())() == []


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_record_list__can_be_copied(twin: Callable[[Any], Any]) -> None:
    assert twin(RecordList(ROWS)) == ROWS


# -- what a write gives back -------------------------------------------------------------------------------------------


def written(
    content: bytes = result(ROWS[0]), status: int = 201, method: str = "POST", **headers: str
) -> RecordResponse:
    return RecordResponse(answer(content, status, method, **headers), Owner())


def test_record_response__is_the_record() -> None:
    assert written() == ROWS[0]


def test_record_response__is_a_dict() -> None:
    assert isinstance(written(), dict)


def test_record_response__is_a_response() -> None:
    assert isinstance(written(), Response)


def test_record_response__gives_a_field() -> None:
    assert written()["number"] == "INC1"


def test_record_response__gives_none_for_a_missing_field() -> None:
    assert written()["nope"] is None


def test_record_response__counts_fields() -> None:
    assert len(written()) == 2


def test_record_response__iterates_over_names() -> None:
    assert list(written()) == ["number", "sys_id"]


def test_record_response__knows_its_names() -> None:
    assert ("number" in written(), "nope" in written()) == (True, False)


def test_record_response__becomes_a_plain_dict() -> None:
    assert (type(dict(written())), dict(written())) == (dict, ROWS[0])


def test_record_response__unpacks() -> None:
    assert {**written()} == ROWS[0]


def test_record_response__is_json() -> None:
    assert json.loads(json.dumps(written())) == ROWS[0]


def test_record_response__one_is_a_plain_dict() -> None:
    assert (type(written().one()), written().one()) == (dict, ROWS[0])


@every_reading
def test_record_response__can_be_read_as_any_response(reading: Callable[[Response], Any]) -> None:
    assert reading(written()) is not None


def test_record_response__all_is_a_list_of_it() -> None:
    assert written().all() == ROWS[:1]


def test_record_response__first_is_it() -> None:
    assert written().first() == ROWS[0]


@pytest.mark.parametrize("text", [repr, str])
def test_record_response__says_status_and_fields(text: Callable[[object], str]) -> None:
    assert text(written()) == "<Response [201 - POST] {'number': 'INC1', 'sys_id': 'a'}>"


def test_record_response__has_headers() -> None:
    assert written(Location="https://host/api/now/table/incident/a").headers["location"].endswith("/a")


def test_record_response__updates_the_instance() -> None:
    owner = Owner()
    RecordResponse(answer(result(ROWS[0]), 201, "POST"), owner).update({"state": "2"})
    assert owner.calls == [({"sys_id": "a"}, {"state": "2"})]


def test_record_response__does_not_update_itself() -> None:
    record = written()
    record.update({"state": "2"})
    assert record == ROWS[0]


def test_record_response__is_made_without_arguments() -> None:
    assert (RecordResponse(), repr(RecordResponse())) == ({}, "{}")


ANSWERLESS: dict[str, Callable[[RecordResponse], Any]] = {
    "status_code": lambda record: record.status_code,
    "headers": lambda record: record.headers,
    "total": lambda record: record.total,
    "json": lambda record: record.json(),
    "raise_for_status": lambda record: record.raise_for_status(),
    "update": lambda record: record.update({}),
    "delete": lambda record: record.delete(),
    "upload": lambda record: record.upload("a.txt"),
}


@pytest.mark.parametrize("use", ANSWERLESS.values(), ids=ANSWERLESS.keys())
def test_record_response__without_an_answer_says_so(use: Callable[[RecordResponse], Any]) -> None:
    record = RecordResponse()
    record["sys_id"] = "a"
    with pytest.raises(InvalidUsage, match="not read from an instance"):
        use(record)


@pytest.mark.parametrize("reading", [READINGS["one"], READINGS["first"]], ids=["one", "first"])
def test_record_response__without_an_answer_or_fields_has_no_record(reading: Callable[[Response], Any]) -> None:
    with pytest.raises(NoResults):
        reading(RecordResponse())


@pytest.mark.parametrize("reading", [READINGS["one_or_none"], READINGS["first_or_none"]], ids=["one", "first"])
def test_record_response__without_an_answer_or_fields_is_none(reading: Callable[[Response], Any]) -> None:
    assert reading(RecordResponse()) is None


def test_record_response__without_an_answer_is_an_empty_list() -> None:
    assert (RecordResponse().all(), RecordResponse().count) == ([], 0)


def test_record_response__without_a_resource_cannot_be_changed() -> None:
    record = RecordResponse(answer(result(ROWS[0]), 201, "POST"))
    with pytest.raises(InvalidUsage, match="not read from an instance"):
        record.update({})


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_record_response__without_an_answer_can_be_copied(twin: Callable[[Any], Any]) -> None:
    assert twin(twin(RecordResponse())) == {}


@pytest.mark.parametrize("make", [RecordResponse, lambda: written()], ids=["without an answer", "written"])
def test_record_response__closing_it_takes_nothing(make: Callable[[], RecordResponse]) -> None:
    with make() as record:
        before = dict(record)
    assert (dict(record), record.all()) == (before, [before] if before else [])


def test_record_response__can_be_rebuilt_as_mappings_are() -> None:
    """Ansible's modules rebuild every mapping in their result with ``type(value)()``."""
    record = written()
    twin = type(record)()
    for name, value in record.items():
        twin[name] = value
    assert (twin, twin.one()) == (ROWS[0], ROWS[0])


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_record_response__can_be_copied(twin: Callable[[Any], Any]) -> None:
    copied = twin(written())
    assert (type(copied), copied) == (RecordResponse, ROWS[0])


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy])
def test_record_response__copies_share_the_answer(twin: Callable[[Any], Any]) -> None:
    record = written()
    assert twin(record)._response is record._response


def test_record_response__deep_copies_share_no_values() -> None:
    record = written(result({"caller": {"value": "x"}}))
    copy.deepcopy(record)["caller"]["value"] = "y"
    assert record["caller"] == {"value": "x"}


def test_record_response__pickles_hold_no_answer() -> None:
    assert b"service-now" not in pickle.dumps(written())


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (202, b"", EmptyContent),
        (202, result(ROWS[0]), EmptyContent),
        (200, b"", EmptyContent),
        (200, HIBERNATING, InstanceHibernating),
        (200, b'{"error":{"message":"m"}}', ErrorInResult),
        (201, b'{"result":', TruncatedResponse),
        (201, b"{}", MissingResult),
        (403, NOT_FOUND, PermissionDenied),
        (404, NOT_FOUND, RecordNotFound),
        (500, b"", ServerError),
    ],
)
def test_record_response__a_failed_write_raises_at_once(status: int, content: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        written(content, status)
    assert type(caught.value) is kind


def test_record_response__a_record_hidden_by_access_rules_has_its_sys_id() -> None:
    """201 without a body: the row was created, and the user may not read it (KB3047115)."""
    assert written(b"", Location=f"https://host/api/now/table/incident/{SYS_ID}") == {"sys_id": SYS_ID}


@pytest.mark.parametrize(
    "location",
    [
        "",
        "https://host/api/../",
        "https://host/x?y=/z",
        "https://host/api/now/table/incident",
        "https://host/api/now/table/incident/abc123",
        f"https://host/api/now/table/incident/{SYS_ID[:-1]}",
        f"https://host/api/now/table/incident/{SYS_ID}0",
        f"https://host/api/now/table/incident/{SYS_ID}?a=b",
        f"https://host/api/now/table/problem/{SYS_ID}",
        f"//evil/x/{SYS_ID}",
        f"javascript:/api/now/table/incident/{SYS_ID}",
    ],
)
def test_record_response__an_odd_location_is_no_sys_id(location: str) -> None:
    assert written(b"", Location=location) == {}


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/api/now/table/incident", "/api/now/v2/table/incident/{}"),
        ("/api/now/v1/table/incident", "https://another-address.example/api/now/table/incident/{}"),
        ("/api/now/v1/attachment/file", "https://host/api/now/v1/attachment/{}/file"),
        ("/api/now/attachment/upload", "https://host/api/now/attachment/{}/file"),
        ("/api/now/attachment/upload", "https://host/api/now/attachment/{}"),
        ("/api/now/import/u_load", "https://host/api/now/import/u_load/{}"),
    ],
)
def test_location_id__is_at_the_address_that_was_asked(asked: str, location: str) -> None:
    made = answer(b"", 201, "POST", Location=location.format(SYS_ID))
    made.url = f"https://host{asked}?sysparm_fields=number"
    assert location_id(made) == SYS_ID


def test_record_response__an_empty_one_has_no_record() -> None:
    response = written(b"")
    with pytest.raises(NoResults):
        response.one()


def test_record_response__a_body_left_out_on_request_is_no_error() -> None:
    silent = answer(b"", 200, "PUT")
    silent.request.headers["X-no-response-body"] = "true"
    assert RecordResponse(silent, Owner()) == {}


@pytest.mark.parametrize("rows", [ROWS[:1], [{"a": "b"}]])
def test_record_response__a_list_of_one_is_the_record(rows: list[dict[str, Any]]) -> None:
    assert written(result(rows)) == rows[0]


@pytest.mark.parametrize("rows", [ROWS, ROWS[:2], ["text"], [None], [[]]])
def test_record_response__what_is_not_one_record_is_an_error(rows: list[Any]) -> None:
    with pytest.raises(UnexpectedResponseFormat, match="does not hold one record"):
        written(result(rows))


def test_record_response__an_error_about_several_knows_the_call() -> None:
    with pytest.raises(UnexpectedResponseFormat) as caught:
        written(result(ROWS))
    assert (caught.value.operation, caught.value.table, caught.value.status) == ("create", "incident", 201)


def test_record_response__an_empty_list_is_no_record() -> None:
    assert written(result([])) == {}


# -- numbers -----------------------------------------------------------------------------------------------------------

NUMBERS = b'{"result":[{"a":1.10,"b":2,"c":1e2},{"a":"1.10"}]}'


@both
def test_decimals__are_floats_unless_asked_for(stream: bool) -> None:
    assert [type(value) for value in made(NUMBERS, stream=stream).first().values()] == [float, int, float]


@both
def test_decimals__keep_every_digit(stream: bool) -> None:
    record = Response(answer(NUMBERS), Owner(), stream=stream, decimals=True).first()
    assert list(map(repr, record.values())) == ["Decimal('1.10')", "2", "Decimal('1E+2')"]


def test_decimals__hold_for_the_document_too() -> None:
    document = Response(answer(NUMBERS), Owner(), decimals=True).json()
    assert repr(document["result"][0]["a"]) == "Decimal('1.10')"


# -- the search for cycles ---------------------------------------------------------------------------------------------


def test_all__buffered_goes_on_searching_for_cycles_afterwards() -> None:
    made(result(ROWS)).all()
    assert gc.isenabled()


def test_all__buffered_error_leaves_the_search_on() -> None:
    with pytest.raises(MalformedResponse):
        made(b'{"result":[{]}').all()
    assert gc.isenabled()


def test_all__streamed_never_pauses_the_search() -> None:
    assert all(gc.isenabled() for _ in made(result(ROWS), stream=True).all())


def test_all__streamed_iterators_can_be_closed() -> None:
    with CannedServer(http(result(ROWS * 200_000))) as server:
        records = streamed(server).all()
        next(records)
        records.close()  # type: ignore[attr-defined]  # as a generator
        assert server.closed_early.wait(10)


def test_all__streamed_goes_on_after_a_loop_that_was_left() -> None:
    records = made(result(ROWS), stream=True).all()
    for _ in records:
        break
    assert list(records) == ROWS[1:]


def test_count__of_a_closed_stream_is_what_was_taken() -> None:
    response = made(result(ROWS), stream=True)
    next(response.all())
    response.close()
    assert response.count == 1


# -- what the headers say ----------------------------------------------------------------------------------------------


LINKS = (
    '<https://dev1.service-now.com/api/now/table/incident?sysparm_query=a,b&sysparm_offset=0>;rel="first",'
    '<https://dev1.service-now.com/api/now/table/incident?sysparm_query=a,b&sysparm_offset=20>;rel="next"'
)


def test_links__by_what_they_lead_to() -> None:
    page = "https://dev1.service-now.com/api/now/table/incident?sysparm_query=a,b&sysparm_offset="
    assert made(b"{}", Link=LINKS).links == {"first": f"{page}0", "next": f"{page}20"}


@pytest.mark.parametrize("header", ["", "nonsense", "<>", '<https://x>;title="a"', ";;;", "<a>; rel=next; rel=prev"])
def test_links__nonsense_is_no_error(header: str) -> None:
    assert isinstance(made(b"{}", Link=header).links, dict)


def test_headers__that_have_a_name_here() -> None:
    response = made(b"{}", ETag='W/"1"', X_Transaction_ID="abc")
    assert (response.etag, response.transaction_id) == ('W/"1"', "abc")


def test_headers__that_did_not_come() -> None:
    response = made(b"{}")
    assert (response.etag, response.transaction_id, response.links, response.elapsed) == (None, None, {}, None)
