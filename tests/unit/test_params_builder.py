from __future__ import annotations

import copy
from datetime import date, datetime
from enum import Enum, StrEnum

import pytest

from pysnow.criterion import F
from pysnow.encoded_query import Script, parse
from pysnow.exceptions import InvalidUsage, QueryEmpty, QueryTypeError
from pysnow.params_builder import ParamsBuilder, wire_params
from pysnow.query_builder import QueryBuilder

DEFAULTS = {
    "sysparm_query": "",
    "sysparm_limit": 10000,
    "sysparm_offset": None,
    "sysparm_display_value": False,
    "sysparm_suppress_pagination_header": False,
    "sysparm_exclude_reference_link": False,
    "sysparm_view": "",
    "sysparm_fields": [],
}


@pytest.fixture
def params():
    return ParamsBuilder()


# -- queries -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (QueryBuilder().field("a").equals("1"), "a=1"),
        (F.a.eq(1) & F.b.eq(2), "a=1^b=2"),
        (parse("a=1^NQb=2"), "a=1^NQb=2"),
        ({"b": "1", "a": 2}, "b=1^a=2"),
        ({"NUMBER": "INC012345"}, "NUMBER=INC012345"),
        ({}, ""),
        ("", ""),
        ("a=1^javascript: as written ^^", "a=1^javascript: as written ^^"),
    ],
    ids=repr,
)
def test_stringify_query__output(query, text):
    assert ParamsBuilder.stringify_query(query) == text


@pytest.mark.parametrize("query", [None, 1, True, ["a=1"], ("a", "1"), {"a"}, b"a=1", object(), QueryBuilder, F.a])
def test_stringify_query__of_another_type(query):
    with pytest.raises(InvalidUsage, match="a query must be"):
        ParamsBuilder.stringify_query(query)


def test_stringify_query__empty_builder():
    with pytest.raises(QueryEmpty):
        ParamsBuilder.stringify_query(QueryBuilder())


def test_stringify_query__parameter_among_the_columns():
    with pytest.raises(InvalidUsage, match="'display_value'"):
        ParamsBuilder.stringify_query({"sysparm_display_value": True})


def test_query__is_printed_when_set(params):
    params.query = {"a": "1"}
    assert params.query == "a=1"


# -- properties --------------------------------------------------------------------------------------------------------


def test_as_dict__defaults(params):
    assert params.as_dict() == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("query", "a=1", "a=1"),
        ("limit", 5, 5),
        ("limit", 0, 0),
        ("offset", 7, 7),
        ("fields", ["a", "b.c"], "a,b.c"),
        ("fields", [], ""),
        ("display_value", True, True),
        ("display_value", "all", "all"),
        ("exclude_reference_link", True, True),
        ("suppress_pagination_header", True, True),
    ],
)
def test_property__set(params, name, value, kept):
    setattr(params, name, value)
    assert getattr(params, name) == kept
    assert params._sysparms[f"sysparm_{name}"] == kept
    assert params.as_dict()[f"sysparm_{name}"] == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("query", 1),
        ("query", None),
        ("limit", "5"),
        ("limit", True),
        ("limit", 1.0),
        ("limit", None),
        ("limit", -1),
        ("offset", "5"),
        ("offset", False),
        ("offset", -1),
        ("offset", None),
        ("fields", "a"),
        ("fields", ("a", "b")),
        ("fields", "a, b"),
        ("fields", "a,,b"),
        ("fields", "a;b"),
        ("fields", ("a",)),
        ("fields", b"a"),
        ("fields", {"a"}),
        ("fields", None),
        ("fields", ["a b"]),
        ("fields", ["a,b"]),
        ("fields", [1]),
        ("display_value", "true"),
        ("display_value", 1),
        ("display_value", None),
        ("exclude_reference_link", 1),
        ("exclude_reference_link", "true"),
        ("suppress_pagination_header", 0),
        ("suppress_pagination_header", None),
    ],
)
def test_property__refused(params, name, value):
    with pytest.raises(InvalidUsage):
        setattr(params, name, value)


def test_limit__error_stays_short(params):
    with pytest.raises(InvalidUsage) as caught:
        params.limit = -(10**5000)
    assert len(str(caught.value)) < 100


# -- custom parameters -------------------------------------------------------------------------------------------------


def test_add_custom__merges(params):
    params.add_custom({"a": 1, "b": 2})
    params.add_custom({"b": 3})
    assert params.custom_params == {"a": 1, "b": 3}
    assert params._custom_params is params.custom_params


def test_add_custom__copies(params):
    given = {"a": 1}
    params.add_custom(given)
    given["a"] = 2
    assert params.custom_params == {"a": 1}


@pytest.mark.parametrize("custom", [None, [], "a=1", ("a", 1), {1: "a"}])
def test_add_custom__refused(params, custom):
    with pytest.raises(InvalidUsage):
        params.add_custom(custom)


def test_as_dict__custom_parameters_win(params):
    params.add_custom({"sysparm_limit": "3", "sysparm_view": "mobile"})
    assert params.as_dict() == DEFAULTS | {"sysparm_limit": "3", "sysparm_view": "mobile"}


def test_as_dict__is_new(params):
    params.add_custom({"x": 1})
    changed = params.as_dict()
    changed["sysparm_limit"] = 1
    changed["sysparm_fields"].append("a")
    changed["y"] = 2
    assert params.as_dict() == DEFAULTS | {"x": 1}


def test_as_dict__leaves_the_parameters_alone(params):
    params.add_custom({"x": 1})
    params.as_dict()
    assert "x" not in params._sysparms


# -- as they are sent --------------------------------------------------------------------------------------------------


def test_for_reading__defaults(params):
    assert params.for_reading() == {
        "sysparm_limit": "10000",
        "sysparm_display_value": "false",
        "sysparm_suppress_pagination_header": "false",
        "sysparm_exclude_reference_link": "false",
    }


def test_for_reading__all(params):
    params.query = "a=1^b=2"
    params.limit = 5
    params.offset = 0
    params.fields = ["a", "b"]
    params.display_value = "all"
    params.exclude_reference_link = True
    params.suppress_pagination_header = True
    assert params.for_reading() == {
        "sysparm_query": "a=1^b=2",
        "sysparm_limit": "5",
        "sysparm_offset": "0",
        "sysparm_display_value": "all",
        "sysparm_suppress_pagination_header": "true",
        "sysparm_exclude_reference_link": "true",
        "sysparm_fields": "a,b",
    }


def test_for_writing__what_concerns_the_answer(params):
    params.query = "a=1"
    params.limit = 5
    params.offset = 3
    params.fields = ["a"]
    params.suppress_pagination_header = True
    assert params.for_writing() == {
        "sysparm_fields": "a",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "false",
    }


@pytest.mark.parametrize("method", ["for_reading", "for_writing"])
@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("x", "x"),
        ("", ""),
        ("javascript:kept\r", "javascript:kept\r"),
        (True, "true"),
        (3, "3"),
        (1.5, "1.5"),
        (["a", 1], "a,1"),
        (datetime(2026, 1, 1), "2026-01-01 00:00:00"),
        (F.a.eq(1), "a=1"),
        (Script("x"), "javascript:x"),
    ],
    ids=repr,
)
def test_sent__custom_parameter(params, method, value, sent):
    params.add_custom({"x": value})
    assert getattr(params, method)()["x"] == sent


@pytest.mark.parametrize("name", ["sysparm_input_display_value", "sysparm_view", "sysparm_limit"])
def test_for_writing__custom_parameters_are_all_sent(params, name):
    params.add_custom({name: True})
    assert params.for_writing()[name] == "true"


@pytest.mark.parametrize("method", ["for_reading", "for_writing"])
def test_sent__custom_parameters_win(params, method):
    params.add_custom({"sysparm_display_value": "all"})
    assert getattr(params, method)()["sysparm_display_value"] == "all"


def test_sent__custom_parameter_without_value(params):
    params.add_custom({"x": None})
    assert "x" not in params.for_reading()


@pytest.mark.parametrize("value", [b"x", {"a": 1}, object(), float("nan"), [None], {1, 2}])
def test_sent__custom_parameter_without_text(params, value):
    params.add_custom({"x": value})
    with pytest.raises(InvalidUsage, match="'x'"):
        params.for_reading()


class Colour(StrEnum):
    red = "r"


class Level(Enum):
    high = 3


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (True, "true"),
        (False, "false"),
        ([True, 1, "a"], "true,1,a"),
        (("a", "b"), "a,b"),
        ([], ""),
        ("", ""),
        ("a,b=c&d^", "a,b=c&d^"),
        (0, "0"),
        (Colour.red, "r"),
        (Level.high, "3"),
        (date(2026, 1, 2), "2026-01-02"),
        (QueryBuilder().field("a").equals("1"), "a=1"),
    ],
    ids=repr,
)
def test_wire_params__value(value, sent):
    assert wire_params({"x": value}) == {"x": sent}


def test_wire_params__none_is_left_out():
    assert wire_params({"a": None, "b": 1}) == {"b": "1"}


@pytest.mark.parametrize("params", [None, {}])
def test_wire_params__nothing(params):
    assert wire_params(params) == {}


def test_wire_params__again_changes_nothing():
    once = wire_params({"a": [1, True], "b": "javascript:x", "c": "\t"})
    assert wire_params(once) == once


@pytest.mark.parametrize(
    "value",
    [{}, {"a": 1}, {"value": "x"}, b"x", ..., {1, 2}, [None], [["a"]], [{"a": 1}], float("nan"), iter("a"), str]
    + ["\ud800", ["\udfff"]],
)
def test_wire_params__refused_by_name(value):
    with pytest.raises(InvalidUsage, match="parameter 'sysparm_x' cannot be sent"):
        wire_params({"ok": 1, "sysparm_x": value})


@pytest.mark.parametrize("params", [[("a", 1)], "a=1", 1, {1: "a"}, {None: "a"}, {b"a": "b"}], ids=repr)
def test_wire_params__no_parameters(params):
    with pytest.raises(InvalidUsage, match="query parameters must be"):
        wire_params(params)


# -- how they look -----------------------------------------------------------------------------------------------------


def test_repr__defaults(params):
    assert repr(params) == "<ParamsBuilder of defaults>"


def test_repr__what_was_set(params):
    params.query = {"a": "x" * 1000}
    params.limit = 5
    assert repr(params) == f"<ParamsBuilder query='a={'x' * 54}... limit=5>"


def test_repr__keeps_what_custom_parameters_hold(params):
    params.add_custom({"token": "secret"})
    assert repr(params) == "<ParamsBuilder custom_params=['token']>"


# -- copies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [ParamsBuilder.copy, copy.deepcopy])
def test_copy__is_independent(params, make):
    params.add_custom({"x": ["a"]})
    copied = make(params)
    copied.limit = 1
    copied.custom_params["x"].append("b")
    copied.add_custom({"y": 1})
    assert params.as_dict() == DEFAULTS | {"x": ["a"]}


def test_copy__has_all(params):
    params.query = "a=1"
    params.add_custom({"x": 1})
    assert params.copy().as_dict() == params.as_dict()


def test_copy__keeps_the_class():
    class Mine(ParamsBuilder):
        pass

    assert type(Mine().copy()) is Mine


def test_fields__refused_name_is_named(params):
    with pytest.raises(QueryTypeError, match="'a b'"):
        params.fields = ["ok", "a b"]
