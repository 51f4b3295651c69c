from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.encoded_query import Script, print_mapping
from pysnow.enums import DateTimeOn
from pysnow.exceptions import (
    InvalidUsage,
    QueryEmpty,
    QueryExpressionError,
    QueryMissingField,
    QueryMultipleExpressions,
    QueryTypeError,
)
from pysnow.query_builder import QueryBuilder
from tests.unit.query_reader import read, read_one

NAIVE = datetime(2026, 7, 1, 12, 30, 5, 999)
LATER = datetime(2026, 7, 2)
PLUS_TWO = NAIVE.replace(tzinfo=timezone(timedelta(hours=2)))
RANGE = 'fBETWEENjavascript:gs.dateGenerate("{}")@javascript:gs.dateGenerate("{}")'


def f():
    return QueryBuilder().field("f")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (f().starts_with("v"), "fSTARTSWITHv"),
        (f().ends_with("v"), "fENDSWITHv"),
        (f().contains("v"), "fLIKEv"),
        (f().not_contains("v"), "fNOT LIKEv"),
        (f().is_empty(), "fISEMPTY"),
        (f().is_not_empty(), "fISNOTEMPTY"),
        (f().equals("v"), "f=v"),
        (f().equals(["a", "b"]), "fINa,b"),
        (f().equals([1, 2]), "fIN1,2"),
        (f().equals(("a", 2)), "fINa,2"),
        (f().equals({"a"}), "fINa"),
        (f().equals(5), "f=5"),
        (f().equals(None), "fISEMPTY"),
        (f().equals(True), "f=true"),
        (f().equals(NAIVE), "f=2026-07-01 12:30:05"),
        (f().equals(date(2026, 7, 1)), "f=2026-07-01"),
        (f().equals({"link": "l", "value": "v"}), "f=v"),
        (f().equals(Script("gs.getUserID()")), "f=javascript:gs.getUserID()"),
        (f().not_equals("v"), "f!=v"),
        (f().not_equals(["a", "b"]), "fNOT INa,b"),
        (f().not_equals([1, 2]), "fNOT IN1,2"),
        (f().not_equals(None), "fISNOTEMPTY"),
        (f().greater_than(1), "f>1"),
        (f().greater_than(NAIVE), "f>2026-07-01 12:30:05"),
        (f().greater_than(PLUS_TWO), "f>2026-07-01 10:30:05"),
        (f().greater_than(date(2026, 7, 1)), "f>2026-07-01"),
        (f().greater_than("2026-07-01"), "f>2026-07-01"),
        (f().greater_than("10"), "f>10"),
        (f().greater_than(Script("gs.daysAgo(1)")), "f>javascript:gs.daysAgo(1)"),
        (f().greater_than_or_equal(1), "f>=1"),
        (f().less_than(1), "f<1"),
        (f().less_than(PLUS_TWO), "f<2026-07-01 10:30:05"),
        (f().less_than_or_equal(Decimal("1.5")), "f<=1.5"),
        (f().between(1, 2), "fBETWEEN1@2"),
        (f().between(NAIVE, LATER), RANGE.format("2026-07-01 12:30:05", "2026-07-02 00:00:00")),
        (f().between(PLUS_TWO, PLUS_TWO), "fBETWEEN2026-07-01 10:30:05@2026-07-01 10:30:05"),
        (f().between(date(2026, 7, 1), LATER), RANGE.format("2026-07-01 00:00:00", "2026-07-02 00:00:00")),
        (f().order_ascending(), "ORDERBYf"),
        (f().order_descending(), "ORDERBYDESCf"),
        (QueryBuilder().text_search("disk full"), "123TEXTQUERY321=disk full"),
        (f().equals("a").AND().text_search("b"), "f=a^123TEXTQUERY321=b"),
        (f().on(DateTimeOn.today).OR().field("g").is_anything(), f"fON{DateTimeOn.today.value}^ORgANYTHING"),
    ],
    ids=str,
)
def test_query_builder__output(query, text):
    assert str(query) == text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (f().equals("1").AND().field("g").equals("2"), "f=1^g=2"),
        (f().equals("1").OR().field("g").equals("2"), "f=1^ORg=2"),
        (f().equals("1").NQ().field("g").equals("2"), "f=1^NQg=2"),
        (f().equals("1").AND().field("g").order_ascending(), "f=1^ORDERBYg"),
        (f().equals("1").order_descending(), "f=1^ORDERBYDESCf"),
        (f().equals("1").field("g").order_ascending().field("h").order_descending(), "f=1^ORDERBYg^ORDERBYDESCh"),
        (f().order_ascending().AND().field("g").equals("2"), "ORDERBYf^g=2"),
        (f().equals("1").order_ascending().NQ().field("g").equals("2"), "f=1^ORDERBYf^NQg=2"),
        (f().field("g").equals("1"), "g=1"),
    ],
    ids=str,
)
def test_query_builder__joined(query, text):
    assert str(query) == text


def test_query_builder__sorting_of_the_manual():
    query = QueryBuilder()
    fields = ["-created_at", "priority"]
    query.field("priority").equals(["3", "4"]).AND()
    for index, field in enumerate(fields):
        if field[:1] == "-":
            query.field(field[1:]).order_descending()
        else:
            query.field(field).order_ascending()
        if index != len(fields) - 1:
            query.AND()
    assert str(query) == "priorityIN3,4^ORDERBYDESCcreated_at^ORDERBYpriority"


@pytest.mark.parametrize(
    "name",
    ["order_ascending", "order_descending", "is_empty", "is_not_empty", "is_empty_string", "is_anything"],
)
def test_query_builder__returns_itself(name):
    query = f()
    assert getattr(query, name)() is query


@pytest.mark.parametrize("name", ["AND", "OR", "NQ"])
def test_query_builder__operators_return_the_builder(name):
    query = f().is_empty()
    assert getattr(query, name)() is query


# -- values ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["equals", "not_equals", "greater_than", "less_than", "contains", "in_list", "on"])
@pytest.mark.parametrize("value", [datetime, [datetime], b"x", ..., float("nan")], ids=repr)
def test_query_builder__value_of_another_type(name, value):
    with pytest.raises(QueryTypeError):
        getattr(f(), name)(value)


@pytest.mark.parametrize("name", ["greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"])
@pytest.mark.parametrize("value", ["a", True, None, "=5"])
def test_query_builder__nothing_to_compare_with(name, value):
    with pytest.raises(QueryTypeError):
        getattr(f(), name)(value)


@pytest.mark.parametrize("name", ["starts_with", "ends_with", "contains", "not_contains"])
@pytest.mark.parametrize("value", [1, None, ["a"], True])
def test_query_builder__operators_of_text(name, value):
    with pytest.raises(QueryTypeError):
        getattr(f(), name)(value)


@pytest.mark.parametrize(("start", "end"), [("a", "b"), (1, LATER), (LATER, NAIVE), (2, 1), (datetime, datetime)])
def test_query_builder__between_refuses(start, end):
    with pytest.raises(QueryTypeError):
        f().between(start, end)


@pytest.mark.parametrize("name", ["a b", "", "a^b", None, 5, "stat\u00e9"])
def test_field__no_column_name(name):
    with pytest.raises(QueryTypeError):
        QueryBuilder().field(name)


def test_query_builder__caret_is_escaped():
    assert str(f().equals("a^ORb=1")) == "f=a^^ORb=1"


def test_query_builder__caret_refused():
    with pytest.raises(QueryTypeError, match="caret"):
        QueryBuilder(caret="refuse").field("f").equals("a^b")


def test_query_builder__refused_condition_leaves_the_builder_usable():
    query = f()
    with pytest.raises(QueryTypeError):
        query.equals(datetime)
    assert str(query.equals("1")) == "f=1"


@pytest.mark.parametrize(
    ("add", "text"),
    [
        (lambda query: query.greater_than(NAIVE), "f>2026-07-01 10:30:05"),
        (lambda query: query.equals(NAIVE), "f=2026-07-01 10:30:05"),
        (lambda query: query.equals([NAIVE]), "fIN2026-07-01 10:30:05"),
        (lambda query: query.between(NAIVE, LATER), "fBETWEEN2026-07-01 10:30:05@2026-07-01 22:00:00"),
        (lambda query: query.less_than(NAIVE.replace(tzinfo=UTC)), "f<2026-07-01 12:30:05"),
        (lambda query: query.less_than("2026-07-01T12:00:00"), "f<2026-07-01 10:00:00"),
        (lambda query: query.less_than(date(2026, 7, 1)), "f<2026-06-30 22:00:00"),
        (lambda query: query.less_than_or_equal("2026-07-01"), "f<=2026-06-30 22:00:00"),
        (lambda query: query.greater_than(date(2026, 7, 1)), "f>2026-06-30 22:00:00"),
        (lambda query: query.greater_than_or_equal(date(2026, 7, 1)), "f>=2026-06-30 22:00:00"),
        (
            lambda query: query.between(date(2026, 7, 1), date(2026, 7, 2)),
            "fBETWEEN2026-06-30 22:00:00@2026-07-01 22:00:00",
        ),
        (lambda query: query.equals(date(2026, 7, 1)), "f=2026-07-01"),
    ],
)
def test_query_builder__zone_of_naive_times(add, text):
    assert str(add(QueryBuilder(tz=timezone(timedelta(hours=2))).field("f"))) == text


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", 2, timedelta(hours=2), timezone])
def test_query_builder__no_zone(zone):
    with pytest.raises(InvalidUsage, match="tzinfo"):
        QueryBuilder(tz=zone)


# -- what stands in the wrong place ------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [QueryBuilder(), f()], ids=["new", "field"])
def test_str__empty(query):
    with pytest.raises(QueryEmpty):
        str(query)


@pytest.mark.parametrize("name", ["AND", "OR", "NQ"])
def test_str__operator_at_the_end(name):
    query = f().equals("1")
    getattr(query, name)()
    with pytest.raises(QueryMissingField):
        str(query)


@pytest.mark.parametrize("query", [f().equals("1").AND().field("g"), f().equals("1").field("g")], ids=["joined", "not"])
def test_str__field_without_condition(query):
    with pytest.raises(QueryExpressionError, match="'g'"):
        str(query)


@pytest.mark.parametrize("query", [QueryBuilder(), f().equals("1").AND()], ids=["new", "joined"])
@pytest.mark.parametrize("name", ["is_empty", "is_not_empty", "order_ascending", "order_descending"])
def test_condition__without_field(query, name):
    with pytest.raises(QueryMissingField):
        getattr(copy.deepcopy(query), name)()


@pytest.mark.parametrize("query", [f().equals("1"), f().equals("1").field("g"), f().order_ascending().field("g")])
def test_condition__without_operator_before(query):
    with pytest.raises(QueryMultipleExpressions):
        query.equals("2")


@pytest.mark.parametrize("name", ["AND", "OR", "NQ"])
def test_operator__without_condition_before(name):
    for query in (
        QueryBuilder(),
        f(),
        f().is_empty().AND(),
        f().is_empty().AND().field("g"),
        f().is_empty().field("g"),
    ):
        with pytest.raises(QueryExpressionError):
            getattr(query, name)()


@pytest.mark.parametrize("name", ["OR", "NQ"])
def test_order__is_no_alternative(name):
    query = getattr(f().is_empty(), name)().field("g")
    with pytest.raises(QueryExpressionError, match="put orders last"):
        query.order_ascending()


def test_or__after_an_order():
    with pytest.raises(QueryExpressionError, match="put orders last"):
        f().is_empty().order_ascending().OR()


def test_nq__after_a_part_without_condition():
    with pytest.raises(QueryExpressionError):
        f().order_ascending().NQ()


# -- the object --------------------------------------------------------------------------------------------------------


def test_query_builder__attributes():
    query = QueryBuilder()
    states = [(query.current_field, query.c_oper, query.l_oper)]
    for step in (lambda: query.field("f"), lambda: query.equals("1"), query.OR):
        step()
        states.append((query.current_field, query.c_oper, query.l_oper))
    assert states == [(None, None, None), ("f", None, None), ("f", "=", None), (None, None, "^OR")]


def test_query_builder__always_true():
    assert QueryBuilder()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (QueryBuilder(), "<QueryBuilder ''>"),
        (f().equals("a\nb"), "<QueryBuilder 'f=a\\nb'>"),
        (f().equals("1").OR(), "<QueryBuilder 'f=1^OR'>"),
        (f().equals("x" * 1000), f"<QueryBuilder 'f={'x' * 54}...>"),
    ],
    ids=["new", "one line", "half-built", "long"],
)
def test_query_builder__repr(query, text):
    assert repr(query) == text


def test_query_builder__copies_are_independent():
    query = f().equals("1")
    copied = copy.deepcopy(query)
    query.AND().field("g").equals("2")
    assert str(copied) == "f=1"


def test_query_builder__pickle():
    assert str(pickle.loads(pickle.dumps(f().equals("1")))) == "f=1"


def test_query_builder__long_queries():
    query = f().equals("0")
    for number in range(1, 5000):
        query.OR().field("f").equals(number)
    assert str(query) == "^OR".join(f"f={number}" for number in range(5000))


names = st.from_regex(r"[a-z0-9_]{1,8}(\.[a-z]{1,3})?", fullmatch=True)
values = st.one_of(
    st.text(max_size=6), st.integers(), st.booleans(), st.lists(st.one_of(st.text(), st.integers()), max_size=3)
)


@given(names, values)
def test_equals__as_in_a_mapping(name, value):
    try:
        expected = print_mapping({name: value})
    except QueryTypeError:
        with pytest.raises(QueryTypeError):
            QueryBuilder().field(name).equals(value)
    else:
        assert str(QueryBuilder().field(name).equals(value)) == expected


@given(
    names, st.sampled_from(["starts_with", "ends_with", "contains", "not_contains", "equals", "not_equals"]), st.text()
)
def test_query_builder__value_is_data(name, method, value):
    try:
        text = str(getattr(QueryBuilder().field(name), method)(value))
    except QueryTypeError:
        return
    field, _, read_value = read_one(text)
    assert (field, read_value) == (name, value)


@given(st.lists(st.tuples(names, st.text("ab^=OR"), st.sampled_from(["AND", "OR", "NQ"])), min_size=1, max_size=6))
def test_query_builder__structure(steps):
    query = QueryBuilder()
    expected = [[[]]]
    for index, (name, value, joint) in enumerate(steps):
        if index and joint == "NQ":
            expected.append([[]])
        elif index and joint == "AND":
            expected[-1].append([])
        if index:
            getattr(query, joint)()
        query.field(name).equals(value)
        expected[-1][-1].append((name, "=", value))
    assert read(str(query)) == (expected, [])
