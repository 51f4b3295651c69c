"""What a record says of itself, without an instance."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import Client, InvalidUsage, ValueNotFetched
from pysnow.records.record import Record

LINK = "https://dev1.service-now.com/api/now/table/sys_user/62826bf03710200044e0bfc8bcbe5df1"
ADA = "62826bf03710200044e0bfc8bcbe5df1"

PLAIN = {"sys_id": "a" * 32, "number": "INC1", "state": "2", "caller_id": ADA, "caller_id.email": "ada@x.com"}
LINKED = {**PLAIN, "caller_id": {"link": LINK, "value": ADA}}
SHOWN = {**PLAIN, "state": "In Progress", "caller_id": {"link": LINK, "display_value": "Ada"}}
BOTH = {
    "sys_id": {"display_value": "a" * 32, "value": "a" * 32},
    "state": {"display_value": "In Progress", "value": "2"},
    "caller_id": {"display_value": "Ada", "value": ADA},
    "caller_id.email": {"display_value": "ada@x.com", "value": "ada@x.com"},
}
BOTH_LINKED = {**BOTH, "caller_id": {"display_value": "Ada", "value": ADA, "link": LINK}}
CHANGE_API = {**BOTH, "state": {"display_value": "In Progress", "value": 2.0}}

SHAPES: dict[str, tuple[dict[str, Any], Any]] = {
    "plain": (PLAIN, False),
    "value and link": (LINKED, False),
    "shown": (SHOWN, True),
    "all": (BOTH, "all"),
    "all and link": (BOTH_LINKED, "all"),
    "numbers": (CHANGE_API, "all"),
}


def record_of(shape: str) -> Record:
    wire, mode = SHAPES[shape]
    return Record(wire, display_value=mode)


@pytest.fixture
def record() -> Record:
    return Record(PLAIN)


# -- a dict ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_json__is_what_came(shape: str) -> None:
    assert json.dumps(record_of(shape)) == json.dumps(SHAPES[shape][0])


def test_equality__is_that_of_a_dict(record: Record) -> None:
    assert record == PLAIN


def test_copy__method_gives_a_plain_dict(record: Record) -> None:
    assert type(record.copy()) is dict


def test_copy__keeps_changes(record: Record) -> None:
    record["state"] = "6"
    assert copy.copy(record).changes == {"state": "6"}


def test_copy__does_not_share_changes(record: Record) -> None:
    twin = copy.copy(record)
    twin["state"] = "6"
    assert not record.changes


def test_deepcopy__shares_no_values() -> None:
    record = record_of("value and link")
    copy.deepcopy(record)["caller_id"]["value"] = "changed"
    assert record["caller_id"]["value"] == ADA


def test_deepcopy__keeps_the_table() -> None:
    table = Client("dev1", user="u", password="p").table("incident")
    assert copy.deepcopy(Record(PLAIN, table)).table == "incident"


def test_pickle__holds_the_fields_and_the_table_s_name() -> None:
    table = Client("dev1", user="u", password="secret-word").table("incident")
    record = pickle.loads(pickle.dumps(Record(PLAIN, table)))
    assert (record, record.table) == (PLAIN, "incident")


def test_pickle__holds_no_client() -> None:
    table = Client("dev1", user="u", password="secret-word").table("incident")
    assert b"secret-word" not in pickle.dumps(Record(PLAIN, table))


def test_pickle__keeps_what_is_changed(record: Record) -> None:
    record["state"] = "6"
    assert pickle.loads(pickle.dumps(record)).changes == {"state": "6"}


def test_pickle__keeps_how_it_was_read() -> None:
    with pytest.raises(ValueNotFetched):
        pickle.loads(pickle.dumps(record_of("shown"))).raw("state")


def test_pickle__an_element_is_a_text(record: Record) -> None:
    assert type(pickle.loads(pickle.dumps(record.state))) is str


# -- values in every shape ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["plain", "value and link", "all", "all and link", "numbers"])
def test_raw__is_the_stored_value(shape: str) -> None:
    assert record_of(shape).raw("state") == "2"


@pytest.mark.parametrize("shape", SHAPES)
def test_raw__of_a_reference_is_its_sys_id_in_every_shape(shape: str) -> None:
    assert record_of(shape).raw("caller_id") == ADA


@pytest.mark.parametrize("shape", SHAPES)
def test_sys_id__is_known_in_every_shape(shape: str) -> None:
    assert record_of(shape).sys_id == "a" * 32


def test_raw__is_never_the_label() -> None:
    with pytest.raises(ValueNotFetched, match="display_value='all'"):
        record_of("shown").raw("state")


def test_raw__is_not_read_off_a_link_that_is_a_query() -> None:
    value = {
        "display_value": "String",
        "link": "https://dev1.service-now.com/api/now/table/sys_glide_object?name=string",
    }
    with pytest.raises(ValueNotFetched):
        Record({"internal_type": value}, display_value=True).raw("internal_type")


@pytest.mark.parametrize(("value", "text"), [(-5.0, "-5"), (2.5, "2.5"), (7, "7"), (True, "true"), (None, "")])
def test_raw__of_numbers_is_the_table_api_s_text(value: object, text: str) -> None:
    assert Record({"state": {"value": value, "display_value": "x"}}).raw("state") == text


def test_raw__of_a_list_is_refused() -> None:
    with pytest.raises(InvalidUsage, match="record\\['tags'\\]"):
        Record({"tags": ["a"]}).raw("tags")


@pytest.mark.parametrize("shape", ["shown", "all", "all and link", "numbers"])
def test_display__is_what_people_read(shape: str) -> None:
    assert record_of(shape).display("state") == "In Progress"


@pytest.mark.parametrize("shape", ["plain", "value and link"])
def test_display__is_never_the_stored_value(shape: str) -> None:
    with pytest.raises(ValueNotFetched):
        record_of(shape).display("state")


@pytest.mark.parametrize(("shape", "link"), [("value and link", LINK), ("shown", LINK), ("all", None), ("plain", None)])
def test_link__is_that_of_the_reference(shape: str, link: str | None) -> None:
    assert record_of(shape).link("caller_id") == link


def test_raw__of_what_was_assigned_is_a_stored_value() -> None:
    record = record_of("shown")
    record["state"] = "6"
    assert record.raw("state") == "6"


# -- attributes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_attribute__walks_to_what_was_fetched(shape: str) -> None:
    assert record_of(shape).caller_id.email == "ada@x.com"


def test_attribute__walks_through_what_was_not_fetched() -> None:
    assert Record({"caller_id.manager.name": "Eve"}).caller_id.manager.name == "Eve"


def test_attribute__prefers_columns_to_methods_of_texts() -> None:
    assert Record({"caller_id": ADA, "caller_id.title": "Dr"}).caller_id.title == "Dr"


def test_attribute__missing_says_that_it_was_not_fetched(record: Record) -> None:
    with pytest.raises(AttributeError, match=r"'caller_id.phone' was not fetched"):
        _ = record.caller_id.phone


def test_attribute__missing_names_what_is_near(record: Record) -> None:
    with pytest.raises(ValueNotFetched, match="Near: number"):
        _ = record.numbr


def test_attribute__missing_gives_the_list_to_ask_for() -> None:
    with pytest.raises(ValueNotFetched, match=r"fields=\['number', 'urgency'\]"):
        _ = Record({"number": "INC1"}).urgency


def test_attribute__hasattr_tells_what_was_fetched(record: Record) -> None:
    assert (hasattr(record, "state"), hasattr(record, "urgency")) == (True, False)


def test_element__is_the_stored_value_as_a_text(record: Record) -> None:
    assert record.state == "2"


def test_element__is_what_people_read_where_nothing_else_came() -> None:
    assert record_of("shown").state == "In Progress"


def test_element__knows_both_halves() -> None:
    element = record_of("all and link").caller_id
    assert (element.value, element.display, element.link, element.sys_id) == (ADA, "Ada", LINK, ADA)


@pytest.mark.parametrize(("value", "is_true"), [("false", True), ("0", True), ("", False)])
def test_element__is_false_only_when_empty(value: str, is_true: bool) -> None:
    assert bool(Record({"active": value}).active) is is_true


def test_element__json_is_its_text(record: Record) -> None:
    assert json.dumps(record.state) == '"2"'


def test_walk__gives_nested_dicts() -> None:
    record = Record({"caller_id.email": "ada@x.com", "caller_id.manager.name": "Eve", "number": "INC1"})
    assert record.walk("caller_id") == {"email": "ada@x.com", "manager": {"name": "Eve"}}


def test_walk__keeps_the_reference_within() -> None:
    record = Record({"caller_id.manager": {"value": ADA, "link": LINK}, "caller_id.manager.name": "Eve"})
    assert record.walk("caller_id")["manager"] == {"value": ADA, "link": LINK, "name": "Eve"}


def test_walk__of_nothing_fetched_raises(record: Record) -> None:
    with pytest.raises(ValueNotFetched):
        record.walk("assigned_to")


def test_walk__of_nothing_fetched_names_what_was_asked_for(record: Record) -> None:
    with pytest.raises(ValueNotFetched, match=r"'nope' was not fetched.*'nope\.sys_id'"):
        record.walk("nope")


def test_walk__of_a_reference_alone_says_what_to_ask_for() -> None:
    with pytest.raises(ValueNotFetched, match=r"Nothing behind 'caller_id' was fetched.*'caller_id\.sys_id'"):
        Record({"caller_id": ADA}).walk("caller_id")


def test_walk__leaves_the_record_alone() -> None:
    record = Record({"caller_id.manager": {"value": ADA}, "caller_id.manager.name": "Eve"})
    record.walk("caller_id")
    assert record["caller_id.manager"] == {"value": ADA}


# -- typed values ------------------------------------------------------------------------------------------------------


def test_datetime__is_aware_and_utc() -> None:
    assert Record({"t": "2026-03-02 09:15:00"}).datetime("t") == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


def test_duration__counts_from_1970() -> None:
    record = Record({"d": "1970-01-05 11:00:11"})
    assert record.duration("d") == timedelta(days=4, hours=11, seconds=11)


def test_decimal__is_exact() -> None:
    assert Record({"n": "0.10"}).decimal("n") == Decimal("0.10")


@pytest.mark.parametrize("method", ["datetime", "duration", "decimal"])
def test_typed_methods__give_none_for_empty_fields(method: str) -> None:
    assert getattr(Record({"x": ""}), method)("x") is None


@pytest.mark.parametrize("method", ["datetime", "duration", "decimal"])
def test_typed_methods__refuse_other_texts(method: str) -> None:
    with pytest.raises(InvalidUsage, match="'lamp', which is no"):
        getattr(Record({"x": "lamp"}), method)("x")


# -- changes -----------------------------------------------------------------------------------------------------------


def test_changes__of_an_untouched_record_are_none(record: Record) -> None:
    assert record.changes == {}


@pytest.mark.parametrize("shape", ["plain", "value and link", "all", "all and link", "numbers"])
@pytest.mark.parametrize("value", ["2", 2, {"value": "2", "display_value": "In Progress"}])
def test_changes__the_same_value_in_another_form_is_none(shape: str, value: object) -> None:
    record = record_of(shape)
    record["state"] = value
    assert record.changes == {}


def test_changes__back_to_what_it_was_is_none(record: Record) -> None:
    record["state"] = "6"
    record["state"] = "2"
    assert record.changes == {}


def test_changes__hold_the_value_and_not_the_label() -> None:
    record = record_of("all")
    record["state"] = {"value": "6", "display_value": "Resolved"}
    assert record.changes == {"state": "6"}


def test_changes__a_label_that_is_assigned_unchanged_is_none() -> None:
    record = record_of("shown")
    record["state"] = record["state"]
    assert record.changes == {}


def test_changes__a_reference_that_was_shown_becomes_its_sys_id() -> None:
    record = Record({"caller_id": ""}, display_value=True)
    record["caller_id"] = {"display_value": "Ada", "link": LINK}
    assert record.changes == {"caller_id": ADA}


def test_changes__a_record_becomes_its_sys_id(record: Record) -> None:
    record["assigned_to"] = Record({"sys_id": ADA})
    assert record.changes == {"assigned_to": ADA}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, ""),
        (Decimal("1E+2"), "100"),
        (datetime(2026, 3, 2, 10, tzinfo=UTC), "2026-03-02 10:00:00"),
        (timedelta(days=4, hours=11, seconds=11), "1970-01-05 11:00:11"),
        (["a", "b"], "a,b"),
    ],
    ids=str,
)
def test_changes__are_written_as_the_table_api_stores_them(record: Record, value: object, text: str) -> None:
    record["x"] = value
    assert record.changes == {"x": text}


def test_changes__refuse_a_naive_datetime(record: Record) -> None:
    record["due_date"] = datetime(2026, 3, 2, 10)
    with pytest.raises(InvalidUsage, match="due_date says no time zone"):
        _ = record.changes


def test_changes__are_noted_by_every_way_of_assigning() -> None:
    record = Record({"a": "1", "b": "1", "c": "1"})
    record.update({"a": "2"}, b="2")
    record |= {"c": "2"}
    record.setdefault("d", "2")
    assert record.changes == dict.fromkeys("abcd", "2")


def test_changes__what_was_removed_is_none(record: Record) -> None:
    record["state"] = "6"
    del record["state"]
    assert record.changes == {}


@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=5)), st.dictionaries(st.text(max_size=5), st.text(max_size=5))
)
def test_changes__are_the_difference_of_texts(before: dict[str, str], assigned: dict[str, str]) -> None:
    record = Record(before)
    record.update(assigned)
    assert record.changes == {name: text for name, text in assigned.items() if before.get(name) != text}


# -- without a client --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["save", "reload", "delete"])
def test_no_client__is_said(record: Record, call: str) -> None:
    record["state"] = "6"
    with pytest.raises(InvalidUsage, match="has no client"):
        getattr(record, call)()


# -- display -----------------------------------------------------------------------------------------------------------


def test_repr__is_one_line_with_the_number(record: Record) -> None:
    assert repr(record) == "<Record INC1, 5 fields>"


def test_repr__of_one_field() -> None:
    assert repr(Record({"state": "1"})) == "<Record, 1 field>"


@pytest.mark.parametrize("name", ["urgency", "short_descripton", "state"])
def test_assigned_attribute__says_how_columns_are_assigned(record: Record, name: str) -> None:
    with pytest.raises(AttributeError, match=rf"write record\['{name}'\] = "):
        setattr(record, name, "1")


@pytest.mark.parametrize("name", ["sys_id", "table", "url"])
def test_assigned_attribute__of_its_own_is_refused(record: Record, name: str) -> None:
    with pytest.raises(AttributeError, match=f"'{name}' is not assigned"):
        setattr(record, name, "1")


def test_open__shows_the_form() -> None:
    opened: list[str] = []
    record = Record({"sys_id": ADA}, Client("dev1", user="u", password="p").table("incident"))
    record.open(opened.append)
    assert opened == [record.url]


def test_open__of_a_record_without_a_client_opens_nothing(record: Record) -> None:
    opened: list[str] = []
    with pytest.raises(InvalidUsage, match="has no client"):
        record.open(opened.append)
    assert not opened


def test_save__of_a_record_made_by_hand_says_so() -> None:
    record = Record({"state": "1"}, Client("dev1", user="u", password="p").table("incident"))
    record["state"] = "2"
    with pytest.raises(ValueNotFetched, match=r"made by hand.*create\(\)"):
        record.save()


@pytest.mark.parametrize("look", [Record.raw, Record.display])
def test_list__is_to_be_taken_as_it_is(look: Any) -> None:
    with pytest.raises(InvalidUsage, match=r"gl holds a list: take it as it is"):
        look(Record({"gl": ["a"]}), "gl")


def test_duration__that_is_a_moment_is_refused() -> None:
    with pytest.raises(InvalidUsage, match=r"opened_at holds '2026-02-12 23:29:17', which is a moment.*datetime\("):
        Record({"opened_at": "2026-02-12 23:29:17"}).duration("opened_at")


def test_duration__may_take_years() -> None:
    assert Record({"d": "1990-01-01 00:00:00"}).duration("d") == timedelta(days=7305)


def test_repr__names_the_table_and_counts_changes() -> None:
    record = Record({"name": "a\nb"}, Client("dev1", user="u", password="p").table("sys_user"))
    record["name"] = "c\nd"
    assert repr(record) == "<Record sys_user c d, 1 field, 1 changed>"


def test_repr_html__is_escaped() -> None:
    assert (
        "<script>"
        not in Record({"name": "<script>", "<script>": {"value": '"><script>', "display_value": "x"}})._repr_html_()
    )


def test_repr_html__shows_what_people_read() -> None:
    assert "In Progress" in record_of("all")._repr_html_()


def test_completion__of_items_are_the_columns(record: Record) -> None:
    assert record._ipython_key_completions_() == list(PLAIN)


def test_completion__of_attributes_has_the_columns(record: Record) -> None:
    assert {"state", "caller_id", "save"} <= set(dir(record))


def test_completion__of_an_element_has_what_lies_behind(record: Record) -> None:
    assert "email" in dir(record.caller_id)


@pytest.mark.parametrize("name", ["__array__", "_repr_svg_", "_x"])
def test_attribute__protocols_find_nothing(record: Record, name: str) -> None:
    assert not hasattr(record, name)


def test_element__value_that_did_not_come_says_how_to_read_it() -> None:
    with pytest.raises(ValueNotFetched, match="'state' was read with display_value=True"):
        _ = record_of("shown").state.value


def test_url__without_a_sys_id_says_so() -> None:
    table = Client("dev1", user="u", password="p").table("incident")
    with pytest.raises(ValueNotFetched, match="'sys_id' was not fetched"):
        _ = Record({"number": "INC1"}, table).url


def test_url__is_that_of_the_form() -> None:
    record = Record({"sys_id": ADA}, Client("dev1", user="u", password="p").table("incident"))
    assert record.url == f"https://dev1.service-now.com/nav_to.do?uri=incident.do%3Fsys_id%3D{ADA}"


def test_value_not_fetched__can_be_caught_as_a_lookup_error(record: Record) -> None:
    with pytest.raises(LookupError):
        record.raw("urgency")


def test_repr__counts_what_would_be_written() -> None:
    record = Record({"a": {"value": "1", "display_value": "One"}}, display_value="all")
    record["a"] = record.raw("a")
    assert (record.changes, repr(record)) == ({}, "<Record, 1 field>")


def test_repr__counts_what_cannot_be_stored() -> None:
    record = Record({"a": "1"}, display_value=False)
    record["a"] = datetime(2026, 1, 1)
    assert "1 changed" in repr(record)
