"""What a batch says, and what its answer is taken to say."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.batching.batch_document import batch_document, read_batch_answer
from pysnow.batching.part import Part, PartAnswer

BODY = base64.b64encode(b'{"result":{}}').decode()


def item(place: int | str, status: Any = 201, body: Any = BODY) -> dict[str, Any]:
    return {"id": str(place), "status_code": status, "body": body, "headers": [{"name": "X", "value": "y"}]}


def answer(serviced: Any, unserviced: Any = (), name: str = "b") -> dict[str, Any]:
    return {"batch_request_id": name, "serviced_requests": serviced, "unserviced_requests": list(unserviced)}


def test_batch_document__a_part__has_its_place_for_a_name() -> None:
    parts = [Part("create", "POST", "/a", "x=1+2", {"Accept": "b"}, b"{}"), Part("delete", "DELETE", "/c")]
    assert batch_document("n", parts) == {
        "batch_request_id": "n",
        "rest_requests": [
            {
                "id": "0",
                "method": "POST",
                "url": "/a?x=1+2",
                "headers": [{"name": "Accept", "value": "b"}],
                "body": "e30=",
            },
            {"id": "1", "method": "DELETE", "url": "/c", "headers": []},
        ],
    }


def test_part__size__is_at_least_what_it_takes() -> None:
    import json

    part = Part("create", "POST", "/a", "x=1", {"Accept": "application/json", "X": "y"}, b"x" * 1000)
    assert part.size >= len(json.dumps({"id": "10", **part.members}))


def test_read_batch_answer__serviced__gives_status_headers_and_body() -> None:
    found = read_batch_answer("b", answer([item(0)]), 1)
    assert found is not None
    assert found.serviced == {0: PartAnswer(201, {"X": "y"}, b'{"result":{}}')}


def test_read_batch_answer__unserviced__is_known_by_its_name() -> None:
    found = read_batch_answer("b", answer([item(0)], ["1"]), 2)
    assert found is not None
    assert found.unserviced == {1}


@pytest.mark.parametrize("document", [None, 5, [], "text", {}, answer([], name="other"), {"serviced_requests": {}}])
def test_read_batch_answer__what_is_no_answer__is_none(document: Any) -> None:
    assert read_batch_answer("b", document, 1) is None


@pytest.mark.parametrize(
    "serviced",
    [
        [item(0, status=None)],
        [item(0, status="ok")],
        [item(0, body="%%%")],
        [item(0, body=5)],
        [item(0), item(0, status=403)],
        [item("unknown")],
        [None],
    ],
)
def test_read_batch_answer__what_does_not_add_up__tells_nothing(serviced: Any) -> None:
    found = read_batch_answer("b", answer(serviced), 1)
    assert found is not None
    assert (found.serviced, found.unserviced) == ({}, set())


def test_read_batch_answer__the_same_twice__counts_once() -> None:
    found = read_batch_answer("b", answer([item(0), item(0)]), 1)
    assert found is not None
    assert list(found.serviced) == [0]


def test_read_batch_answer__serviced_and_not__tells_nothing() -> None:
    found = read_batch_answer("b", answer([item(0)], ["0"]), 1)
    assert found is not None
    assert (found.serviced, found.unserviced) == ({}, set())


def test_read_batch_answer__a_name_that_came_as_a_number__is_the_same() -> None:
    assert read_batch_answer("7", {**answer([item(0)]), "batch_request_id": 7}, 1) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["0", "1", "b", BODY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["batch_request_id", "serviced_requests", "unserviced_requests", "id", "status_code", "body", "headers"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(document=JSON)
def test_read_batch_answer__any_document__names_each_request_once(document: Any) -> None:
    found = read_batch_answer("b", document, 2)
    if found is not None:
        assert not found.serviced.keys() & found.unserviced
        assert found.serviced.keys() | found.unserviced <= {0, 1}
