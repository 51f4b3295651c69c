"""Rows that SQLite prints as JSON."""

from __future__ import annotations

import pytest

from pysnow.sandbox.dictionary import Column
from pysnow.sandbox.store import Store
from pysnow.sandbox.store.json_rows import JsonMember, JsonShape

LINK = JsonMember("assigned_to", "http://x/")


def _printed(store: Store, *members: JsonMember) -> list[bytes] | None:
    return store.select_json(JsonShape("task", members))


@pytest.mark.parametrize(
    ("values", "member", "text"),
    [
        ({}, JsonMember("state"), b'{"state":""}'),
        ({"state": "-5"}, JsonMember("state"), b'{"state":"-5"}'),
        ({"cost": "12.50"}, JsonMember("cost"), b'{"cost":"12.5"}'),
        ({"active": "false"}, JsonMember("active"), b'{"active":"false"}'),
        ({}, JsonMember("active"), b'{"active":""}'),
        ({"number": 'a"\\\n\x01'}, JsonMember("number"), b'{"number":"a\\"\\\\\\n\\u0001"}'),
        ({"number": "Zürich 🎉"}, JsonMember("number"), '{"number":"Zürich 🎉"}'.encode()),
        ({"number": '{"a":1}'}, JsonMember("number"), b'{"number":"{\\"a\\":1}"}'),
        ({"number": "secret"}, JsonMember("number", is_blank=True), b'{"number":""}'),
        ({}, JsonMember("work_notes"), b'{"work_notes":""}'),
        ({"assigned_to": "abel"}, LINK, b'{"assigned_to":{"link":"http://x/abel","value":"abel"}}'),
        ({}, LINK, b'{"assigned_to":""}'),
        ({"assigned_to": "abel"}, JsonMember("assigned_to.email"), b'{"assigned_to.email":"a@x"}'),
    ],
)
def test_select_json__one_member(store: Store, values: dict[str, str], member: JsonMember, text: bytes) -> None:
    store.insert("sys_user", {"sys_id": "abel", "email": "a@x"})
    store.insert("task", {"sys_id": "1", **values})
    assert _printed(store, member) == [text]


def test_select_json__no_member(store: Store) -> None:
    store.insert("task", {"sys_id": "1"})
    assert _printed(store) == [b"{}"]


def test_select_json__rows_of_the_window(store: Store) -> None:
    store.insert_many("task", [{"sys_id": str(number)} for number in range(9)])
    shape = JsonShape("task", (JsonMember("sys_id"),))
    assert store.select_json(shape, limit=2, offset=3) == [b'{"sys_id":"3"}', b'{"sys_id":"4"}']


@pytest.mark.parametrize("key", ["a b", "a/b", "é", "a\0", "a%"])
def test_select_json__a_key_that_links_escape(store: Store, key: str) -> None:
    store.insert("task", {"sys_id": "1", "assigned_to": key})
    assert _printed(store, LINK) is None


def test_select_json__any_key_where_there_is_no_link(store: Store) -> None:
    store.insert("task", {"sys_id": "1", "assigned_to": "a b"})
    assert _printed(store, JsonMember("assigned_to")) == [b'{"assigned_to":"a b"}']


def test_select_json__a_path_that_is_none(store: Store) -> None:
    assert _printed(store, JsonMember("assigned_to.u_nope")) is None


@pytest.mark.parametrize("count", [60, 61, 150])
def test_select_json__many_members(store: Store, count: int) -> None:
    """More than one function of SQLite takes; every other one is a reference."""
    for number in range(count):
        store.dictionary.add_column("task", Column(f"u_{number}", "x"))
    store.insert("task", {"sys_id": "1", **{f"u_{number}": "}" for number in range(0, count, 2)}, "assigned_to": "}"})
    members = [JsonMember(f"u_{number}") for number in range(count)]
    expected = ",".join(f'"u_{number}":"{"" if number % 2 else "}"}"' for number in range(count))
    assert _printed(store, *members) == [f"{{{expected}}}".encode()]


def test_select_json__a_piece_never_ends_in_a_reference(store: Store) -> None:
    for number in range(70):
        store.dictionary.add_column("task", Column(f"u_{number}", "x"))
    store.insert("task", {"sys_id": "1", **{f"u_{number}": "abel" for number in range(70)}})
    members = [JsonMember(f"u_{number}", "http://x/" if number in (58, 59, 60) else "") for number in range(70)]
    link = '{"link":"http://x/abel","value":"abel"}'
    expected = ",".join(f'"u_{number}":' + (link if number in (58, 59, 60) else '"abel"') for number in range(70))
    assert _printed(store, *members) == [f"{{{expected}}}".encode()]


def test_select_json__references_alone_beyond_one_function(store: Store) -> None:
    for number in range(70):
        store.dictionary.add_column("task", Column(f"u_{number}", "x"))
    assert _printed(store, *(JsonMember(f"u_{number}", "http://x/") for number in range(70))) is None
