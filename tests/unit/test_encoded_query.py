from __future__ import annotations

import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pysnow.criterion import F
from pysnow.encoded_query import (
    AnyOf,
    Condition,
    Directive,
    Order,
    Query,
    Script,
    add_to_branches,
    check_name,
    parse,
    print_condition,
    print_equality,
    print_mapping,
    print_order,
)
from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.query_builder import QueryBuilder
from tests.unit.query_reader import WORDS, read, read_one
from tests.unit.query_reader import terms as split_terms

# What has broken query languages before, to be strung together with anything.
TOKENS = ["^", "^^", "^OR", "^NQ", "^EQ", "^ORDERBYx", "^RLQUERYa.b,>0^ENDRLQUERY", "=", "=5", ">", "<", "!", "@", ","]
TOKENS += ["STANCEOFtask", "_HIERARCHY", "_DYNAMIC", "LIKE", "ON", "NOT ", "IN", " ", "\n", "\t", "\r", "\0", "\ud800"]
TOKENS += ["javascript:", "JavaScript:gs.x()", "\u200bjavascript:", "%", "*", "&", "#", "+", "\u202e", "a=1", "NULL"]
hostile_text = st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=4)), max_size=6).map("".join)
names = st.from_regex(r"[a-z0-9_]+(\.[a-z0-9_]+)?", fullmatch=True)
value_operators = st.sampled_from(["=", "!=", ">", "<", ">=", "LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH", "DYNAMIC"])


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["number", "caller_id.department.name", "u_x1", "NUMBER", "sys_tags.0a1b", "123x"])
def test_check_name__taken(name):
    assert check_name(name) == name


def test_check_name__text_that_prints_as_something_else():
    class Column(str):
        def __format__(self, form):
            return "other"

    assert f"{check_name(Column('state'))}" == "state"


@pytest.mark.parametrize(
    "name", ["", "a b", "a^b", "a=b", ".a", "a.", "a..b", "a\n", "é", "a-b", "a,b", "١", None, 1, b"a", ["a"]]
)
def test_check_name__refused(name):
    with pytest.raises(QueryTypeError, match="column name"):
        check_name(name)


@given(st.text(max_size=20).filter(lambda name: not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", name)))
def test_check_name__refuses_all_that_is_none(name):
    with pytest.raises(QueryTypeError):
        check_name(name)


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(string.ascii_letters + "_.", max_size=4))).map("".join))
@example("stateLIKEx")
@example("NUMBER")
def test_print_condition__a_name_comes_back_or_is_refused(name):
    try:
        text = print_condition(check_name(name), "=", "1")
    except QueryTypeError:
        return
    assert read_one(text) == (name, "=", "1")


@pytest.mark.parametrize("name", ["NUMBER", "AAAA", "Number", "u_CAPS"])
def test_print_condition__capitals_that_are_no_operator(name):
    assert print_condition(name, "=", "1") == f"{name}=1"


@pytest.mark.parametrize("name", ["stateLIKEx", "DESCRIPTION", "ORDER", "NQx", "EQUIPMENT", "INx", "JOINED", "ENDx"])
def test_print_condition__capitals_that_would_be_read_otherwise(name):
    with pytest.raises(QueryTypeError, match="lower case"):
        print_condition(name, "=", "1")


# -- conditions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operand", "expected"),
    [("a^b", "f=a^^b"), ("^", "f=^^"), ("^^", "f=^^^^"), ("^ORx=1", "f=^^ORx=1"), ("", "f="), ("a=b", "f=a=b")],
)
def test_print_condition__caret(operand, expected):
    assert print_condition("f", "=", operand) == expected


def test_print_condition__caret_refused():
    with pytest.raises(QueryTypeError, match="caret"):
        print_condition("f", "=", "a^b", caret="refuse")


def test_print_condition__without_caret_nothing_is_refused():
    assert print_condition("f", "=", "ab", caret="refuse") == "f=ab"


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        (">", "=5"),
        ("<", "=5"),
        ("IN", "STANCEOFtask"),
        ("IN", "_HIERARCHYx"),
        ("IN_HIERARCHY", "_DYNAMICx"),
        ("!", "=1"),
    ],
)
def test_print_condition__operand_that_completes_the_operator(operator, operand):
    with pytest.raises(QueryTypeError, match="would not be read as .*: say it with another operator"):
        print_condition("f", operator, operand)


def test_print_condition__name_that_ends_with_the_operator():
    with pytest.raises(QueryTypeError, match="lower case"):
        print_condition("aLIKEb", "LIKE", "c")


@given(names, value_operators, hostile_text)
@example("a", ">", "=5")
@example("a", "=", "^")
def test_condition__means_itself_or_is_refused(name, operator, value):
    try:
        text = str(Condition(name, operator, value))
    except QueryTypeError:
        return
    assert read_one(text) == (name, operator, value)


@given(names, st.lists(hostile_text, min_size=1, max_size=4))
def test_condition__list_keeps_its_members(name, members):
    try:
        text = str(Condition(name, "IN", tuple(members)))
    except QueryTypeError:
        return
    assert read_one(text) == (name, "IN", ",".join(members))
    assert read_one(text)[2].split(",") == members


@pytest.mark.parametrize(
    "value", ["javascript:gs.x()", " javascript:x", "JAVASCRIPT:x", "\ufeffjava\u200bscript:x", "java\tscript:x"]
)
@pytest.mark.parametrize("operator", ["=", "LIKE", "STARTSWITH", ">"])
def test_condition__script_in_a_text(operator, value):
    with pytest.raises(QueryTypeError, match="Script"):
        str(Condition("f", operator, value))


@pytest.mark.parametrize(
    "condition",
    [
        Condition("f", "BETWEEN", ("1@2", "3")),
        Condition("f", "IN", ("a,b",)),
        Condition("f", "ISEMPTY", "x"),
        Condition("f", "LIKE", ("a", "b")),
        Condition("f", "XYZ", "1"),
        Condition("f g", "=", "1"),
    ],
    ids=repr,
)
def test_condition__that_cannot_be_said(condition):
    with pytest.raises(QueryTypeError):
        str(condition)


# -- mappings and orders -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({}, ""),
        ({"NUMBER": "INC012345"}, "NUMBER=INC012345"),
        ({"b": "1", "a": 2}, "b=1^a=2"),
        ({"active": True, "x": False}, "active=true^x=false"),
        ({"state": ["1", 2]}, "stateIN1,2"),
        ({"caller_id": {"link": "https://x", "value": "abc"}}, "caller_id=abc"),
        ({"a": "x^y=1"}, "a=x^^y=1"),
        ({"a": ""}, "a="),
        ({"a": Script("gs.getUserID()")}, "a=javascript:gs.getUserID()"),
    ],
)
def test_print_mapping__output(mapping, expected):
    assert print_mapping(mapping) == expected


def test_print_mapping__leaves_the_mapping_alone():
    reference = {"link": "x", "value": "abc"}
    mapping = {"caller_id": reference}
    print_mapping(mapping)
    assert mapping == {"caller_id": {"link": "x", "value": "abc"}}
    assert mapping["caller_id"] is reference


@pytest.mark.parametrize(
    "mapping",
    [{"a": None}, {"a": float("nan")}, {"a": b"x"}, {"a": {"link": "x"}}, {"a": {"value": None}}, {"a": object()}]
    + [{"a^b": "1"}, {1: "1"}, {"a": "javascript:x"}, {"a": []}, {"a": ["x,y"]}, {"": "1"}, {"a": [None]}],
)
def test_print_mapping__refused(mapping):
    with pytest.raises(QueryTypeError):
        print_mapping(mapping)


def test_print_mapping__none_is_told_how_to_ask_for_empty_columns():
    with pytest.raises(QueryTypeError, match="is_empty"):
        print_mapping({"a": None})


@pytest.mark.parametrize(
    "name", ["priority__lt", "a.b__in", "a__icontains", "a__ne", "a__isnull", "a__not", "a__exact", "a__range"]
)
def test_print_mapping__comparison_in_the_name(name):
    with pytest.raises(QueryTypeError, match=rf"F\('{name.rpartition('__')[0]}'\) > 1"):
        print_mapping({name: 1})


@pytest.mark.parametrize("name", ["u_a__b", "a__inner", "__in", "stop_lt", "u_not"])
def test_print_mapping__names_that_only_look_like_a_comparison(name):
    assert print_mapping({name: 1}) == f"{name}=1"


@pytest.mark.parametrize("value", [("<", 3), [">=", 3], ("==", "x"), ("like", "x"), ["STARTSWITH", "x"], ("not in", 3)])
def test_print_mapping__comparison_in_the_value(value):
    with pytest.raises(QueryTypeError, match=r"F\('priority'\) > 1"):
        print_mapping({"priority": value})


@pytest.mark.parametrize(
    ("value", "text"), [(["<"], "<"), (("<", 1, 2), "<,1,2"), (["x", "<"], "x,<"), (["ON", "IN"], "ON,IN")]
)
def test_print_mapping__lists_that_only_look_like_a_comparison(value, text):
    assert print_mapping({"a": value}) == f"aIN{text}"


def test_print_mapping__parameter_among_the_columns():
    with pytest.raises(InvalidUsage, match="'limit'"):
        print_mapping({"number": "1", "sysparm_limit": 3})


def test_print_mapping__caret_refused():
    with pytest.raises(QueryTypeError):
        print_mapping({"a": "^"}, caret="refuse")


@given(st.dictionaries(names, hostile_text, max_size=4))
def test_print_mapping__structure_survives(mapping):
    try:
        text = print_mapping(mapping)
    except QueryTypeError:
        return
    expected = [[[(name, "=", value)] for name, value in mapping.items()]]
    assert read(text)[0] == expected if mapping else text == ""


def test_print_equality__list():
    assert print_equality("f", ("a", 1)) == "fINa,1"


@pytest.mark.parametrize(
    ("name", "descending", "expected"),
    [("a", False, "ORDERBYa"), ("a.b", True, "ORDERBYDESCa.b"), ("NUMBER", False, "ORDERBYNUMBER")],
)
def test_print_order__output(name, descending, expected):
    assert print_order(name, descending) == expected


@pytest.mark.parametrize("name", ["DESCa", "a^b", "", "a b", None])
def test_print_order__refused(name):
    with pytest.raises(QueryTypeError):
        print_order(name)


# -- parsing -----------------------------------------------------------------------------------------------------------

A, B, C = (Condition(name, "=", "1") for name in "abc")


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("", ()),
        ("a=1", ((AnyOf((A,)),),)),
        ("a=1^b=1^ORc=1", ((AnyOf((A,)), AnyOf((B, C))),)),
        ("a=1^NQb=1", ((AnyOf((A,)),), (AnyOf((B,)),))),
        ("a=1^ORDERBYb^ORDERBYDESCc", ((AnyOf((A,)), Order("b"), Order("c", True)),)),
        ("a=1^EQ", ((AnyOf((A,)), Directive("EQ")),)),
        ("^ORDERBYb", ((Order("b"),),)),
        ("a=1^", ((AnyOf((A,)),),)),
        (
            "RLQUERYt.f,>0^a=1^NQb=1^ENDRLQUERY^a=1",
            ((Directive("RLQUERYt.f,>0^a=1^NQb=1^ENDRLQUERY"), AnyOf((A,))),),
        ),
    ],
)
def test_parse__structure(text, groups):
    assert parse(text).groups == groups


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a=", Condition("a", "=", "")),
        ("a=x^^^^y", Condition("a", "=", "x^^y")),
        ("a>=5", Condition("a", ">=", "5")),
        ("a!=5", Condition("a", "!=", "5")),
        ("aNOT IN1,2", Condition("a", "NOT IN", ("1", "2"))),
        ("aIN1", Condition("a", "IN", ("1",))),
        ("aINjavascript:f(1,2)", Condition("a", "IN", Script("f(1,2)"))),
        ("sys_class_nameINSTANCEOFtask", Condition("sys_class_name", "INSTANCEOF", "task")),
        ("originINa,b", Condition("origin", "IN", ("a", "b"))),
        ("x_LIKEy", Condition("x_", "LIKE", "y")),
        ("a.bISEMPTY", Condition("a.b", "ISEMPTY")),
        ("aBETWEEN1@2", Condition("a", "BETWEEN", ("1", "2"))),
        ("a=javascript:gs.x()", Condition("a", "=", Script("gs.x()"))),
        ("aRELATIVEGT@hour@ago@3", Condition("a", "RELATIVEGT", ("hour", "ago", "3"))),
        (
            "aONToday@javascript:x()@javascript:y()",
            Condition("a", "ON", ("Today", Script("x()"), Script("y()"))),
        ),
        ("123TEXTQUERY321=a b", Condition("123TEXTQUERY321", "=", "a b")),
    ],
)
def test_parse__condition(text, condition):
    assert parse(text) == Query(((AnyOf((condition,)),),))
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a=1^OR",
        "^ORa=1",
        "a=1^NQ",
        "^NQa=1",
        "a..b=1",
        ".a=1",
        "a.=1",
        "a b=1",
        "a=1^ORORDERBYx",
        "ORDERBY",
        "IN=1",
    ]
    + [
        "RLQUERYa.b,>0^ENDRLQUERYx^c=1",
        "RLQUERYa.b,>0^ENDRLQUERY^^",
        "ORDERBYa b",
        "aISEMPTYx",
        "a=\0",
        "a=JavaScript:x",
        "a=javascript:",
        "RLQUERYa.b,>0^c=1",
        "INC0010001",
    ],
)
def test_parse__unreadable(text):
    with pytest.raises(QueryTypeError):
        parse(text)


def test_parse__orders():
    assert parse("ORDERBYa^b=1^NQc=1^ORDERBYDESCd").orders == (Order("a"), Order("d", True))


@given(st.lists(st.sampled_from([*TOKENS, "a", "b.c", "1", "ISEMPTY", "^a=1", "x=y"]), max_size=8).map("".join))
def test_parse__printed_again_is_the_same(text):
    try:
        query = parse(text)
    except QueryTypeError:
        return
    assert parse(str(query)) == query
    assert str(query) == text or "" in [term for _, term in split_terms(text)]


conditions = st.one_of(
    st.builds(Condition, names, value_operators, st.text(string.ascii_letters + "^ 0", max_size=5)),
    st.builds(Condition, names, st.just("IN"), st.lists(st.text("ab^1", min_size=1), min_size=1).map(tuple)),
    st.builds(Condition, names, st.just("ISEMPTY")),
)
terms = st.one_of(
    st.lists(conditions, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
    st.builds(Order, names, st.booleans()),
)
queries = st.lists(st.lists(terms, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(
    lambda groups: Query(tuple(groups))
)


@given(queries)
def test_parse__reads_what_was_printed(query):
    assert parse(str(query)) == query


@given(queries)
def test_query__means_the_same_to_another_reader(query):
    groups, orders = read(str(query))
    clauses = [[term for term in group if isinstance(term, AnyOf)] for group in query.groups]
    assert [[len(term.conditions) for term in group] for group in clauses] == [
        list(map(len, group)) for group in groups
    ]
    assert orders == [(order.field, order.descending) for order in query.orders]


# -- additions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "k>x^ORDERBYk"),
        ("a=1", "a=1^k>x^ORDERBYk"),
        ("a=1^NQb=2^ORc=3", "a=1^k>x^ORDERBYk^NQb=2^ORc=3^k>x^ORDERBYk"),
        ("a=x^^NQ", "a=x^^NQ^k>x^ORDERBYk"),
        ("a=1^", "a=1^k>x^ORDERBYk"),
        ("^ORDERBYa", "ORDERBYa^k>x^ORDERBYk"),
        ("a=1^EQ", "a=1^EQ^k>x^ORDERBYk"),
        ("RLQUERYt.f,>0^NQb=1^ENDRLQUERY", "RLQUERYt.f,>0^NQb=1^ENDRLQUERY^k>x^ORDERBYk"),
        ("what is this", "what is this^k>x^ORDERBYk"),
    ],
)
def test_add_to_branches__every_one(query, expected):
    assert add_to_branches(query, Condition("k", ">", "x"), Order("k")) == expected


def test_add_to_branches__nothing():
    assert add_to_branches("a=1^NQb=2") == "a=1^NQb=2"


@pytest.mark.parametrize(
    "query", ["a=1^OR", "^ORa=1", "a=1^NQ^ORb=2", "RLQUERYt.f,>0^b=1", "SUBQUERYa,b,c", "RLQUERYt.f,>0^ENDRLQUERYx"]
)
def test_add_to_branches__query_without_end(query):
    with pytest.raises(QueryTypeError, match="within a term"):
        add_to_branches(query, Order("k"))


@given(hostile_text)
def test_add_to_branches__keeps_all_that_was_there(text):
    try:
        added = add_to_branches(text, Order("k"))
    except QueryTypeError:
        return
    assert [term for _, term in split_terms(added) if term and term != "ORDERBYk"] == [
        term for _, term in split_terms(text) if term and term != "ORDERBYk"
    ]


@given(queries)
def test_add_to_branches__narrows_each(query):
    before = read(str(query))[0]
    after = read(add_to_branches(str(query), Condition("k", ">", "x")))[0]
    assert after == [[*clauses, [("k", ">", "x")]] for clauses in before]


@pytest.mark.parametrize(
    ("mapping", "builder", "expression", "text"),
    [
        ({"state": 1}, QueryBuilder().field("state").equals(1), F.state == 1, "state=1"),
        (
            {"active": True, "priority": [1, 2]},
            QueryBuilder().field("active").equals(True).AND().field("priority").equals([1, 2]),
            F.active.eq(True) & F.priority.eq([1, 2]),
            "active=true^priorityIN1,2",
        ),
        (
            {"u_name": "a^ORb=c"},
            QueryBuilder().field("u_name").equals("a^ORb=c"),
            F.u_name == "a^ORb=c",
            "u_name=a^^ORb=c",
        ),
    ],
)
def test_three_spellings__print_the_same(mapping, builder, expression, text):
    assert print_mapping(mapping) == str(builder) == str(expression) == text
