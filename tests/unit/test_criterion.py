from __future__ import annotations

import copy
import itertools
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from functools import reduce
from operator import and_, or_, xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import criterion
from pysnow.criterion import (
    BasicCriterion,
    BetweenCriterion,
    Criterion,
    DateTimeNotOnCriterion,
    DateTimeOn,
    DateTimeOnCriterion,
    EmptyCriterion,
    F,
    Field,
    IsAnythingCriterion,
    IsEmptyCriterion,
    IsEmptyStringCriterion,
    NotEmptyCriterion,
    Order,
    OrderCriterion,
    Table,
    Term,
    text_search,
)
from pysnow.encoded_query import Script
from pysnow.exceptions import InvalidUsage, QueryExpressionError, QueryTypeError
from tests.unit.query_reader import matches, read, read_one

NAIVE = datetime(2026, 7, 1, 12, 30, 5)
PLUS_TWO = NAIVE.replace(tzinfo=timezone(timedelta(hours=2)))
f = Field("f")
a, b, c, d, e = (Field(name) == "1" for name in "abcde")


def script(text):
    return f'javascript:gs.dateGenerate("{text}")'


# -- conditions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (f.eq("v"), "f=v"),
        (f == "v", "f=v"),
        (f.eq(1), "f=1"),
        (f.eq(None), "fISEMPTY"),
        (f.eq(True), "f=true"),
        (f.eq(NAIVE), f"f={script('2026-07-01 12:30:05')}"),
        (f.eq(PLUS_TWO), "f=2026-07-01 10:30:05"),
        (f.eq(date(2026, 7, 1)), "f=2026-07-01"),
        (f.eq(["a", 1]), "fINa,1"),
        (f.eq({"value": "v"}), "f=v"),
        (f.eq(Script("gs.x()")), "f=javascript:gs.x()"),
        (f.eq(F.g), "fSAMEASg"),
        (f.ne("v"), "f!=v"),
        (f != "v", "f!=v"),
        (f.ne(None), "fISNOTEMPTY"),
        (f.ne(["a", 1]), "fNOT INa,1"),
        (F.g != f, "gNSAMEASf"),
        (f.gt(1), "f>1"),
        (f > 1, "f>1"),
        (f > "2026-07-01", "f>2026-07-01"),
        (f > "2026-07-01T12:30:05+02:00", "f>2026-07-01 10:30:05"),
        (f.gte("2026-07-01 12:30:05+02:00"), "f>=2026-07-01 10:30:05"),
        (f < "2026-07-01T12:30:05Z", "f<2026-07-01 12:30:05"),
        (f.lte("2026-07-01T12:30"), "f<=2026-07-01 12:30:00"),
        (f > "2026-07-01 12:30:05", "f>2026-07-01 12:30:05"),
        (f > "INC0010001", "f>INC0010001"),
        (f == "2026-07-01T12:30:05+02:00", "f=2026-07-01T12:30:05+02:00"),
        (f == F.f, "fSAMEASf"),
        (f > NAIVE, f"f>{script('2026-07-01 12:30:05')}"),
        (f > PLUS_TWO, "f>2026-07-01 10:30:05"),
        (f.gte(PLUS_TWO), "f>=2026-07-01 10:30:05"),
        (f.equals("v"), "f=v"),
        (f.equals(["a", 1]), "fINa,1"),
        (f.not_equals("v"), "f!=v"),
        (f.greater_than(1), "f>1"),
        (f.greater_than_or_equal(1), "f>=1"),
        (f.less_than(1), "f<1"),
        (f.less_than_or_equal(PLUS_TWO), "f<=2026-07-01 10:30:05"),
        (f.gte(1), "f>=1"),
        (f >= 1, "f>=1"),
        (f.lt(1), "f<1"),
        (f < date(2026, 7, 1), "f<2026-07-01"),
        (f.lte(1), "f<=1"),
        (f <= 1, "f<=1"),
        (f > F.g, "fGT_FIELDg"),
        (f >= F.g, "fGT_OR_EQUALS_FIELDg"),
        (f < F.g, "fLT_FIELDg"),
        (f <= F.g, "fLT_OR_EQUALS_FIELDg"),
        (f.between(1, 2), "fBETWEEN1@2"),
        (f.between(NAIVE, NAIVE), f"fBETWEEN{script('2026-07-01 12:30:05')}@{script('2026-07-01 12:30:05')}"),
        (f.between(PLUS_TWO, PLUS_TWO), "fBETWEEN2026-07-01 10:30:05@2026-07-01 10:30:05"),
        (f.starts_with("v"), "fSTARTSWITHv"),
        (f.ends_with("v"), "fENDSWITHv"),
        (f.contains("v"), "fLIKEv"),
        (f.like("v"), "fLIKEv"),
        (f.not_contains("v"), "fNOT LIKEv"),
        (f.not_like("v"), "fNOT LIKEv"),
        (f.is_in(["a", 1]), "fINa,1"),
        (f.is_in((1, 2)), "fIN1,2"),
        (f.not_in(["a", 1]), "fNOT INa,1"),
        (f.is_in([NAIVE]), "fIN2026-07-01 12:30:05"),
        (f.is_empty(), "fISEMPTY"),
        (f.is_not_empty(), "fISNOTEMPTY"),
        (f.is_empty_string(), "fEMPTYSTRING"),
        (f.is_anything(), "fANYTHING"),
        (f.is_same(F.g), "fSAMEASg"),
        (f.is_same("g"), "fSAMEASg"),
        (f.is_different(F.g), "fNSAMEASg"),
        (f.on(DateTimeOn.last_week), f"fON{DateTimeOn.last_week.value}"),
        (f.not_on(DateTimeOn.last_week), f"fNOTON{DateTimeOn.last_week.value}"),
        (
            f.on(NAIVE),
            'fONcustom@javascript:gs.dateGenerate("2026-07-01", "start")'
            '@javascript:gs.dateGenerate("2026-07-01", "end")',
        ),
        (f.order(), "ORDERBYf"),
        (f.order(Order.asc), "ORDERBYf"),
        (f.order(Order.desc), "ORDERBYDESCf"),
        (f.order("asc"), "ORDERBYf"),
        (f.order("DESC"), "ORDERBYDESCf"),
        (f.eq("a^ORb=1"), "f=a^^ORb=1"),
        (text_search("disk full"), "123TEXTQUERY321=disk full"),
        (EmptyCriterion(), ""),
    ],
    ids=str,
)
def test_field__output(found, text):
    assert str(found) == text


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (f.eq("v"), BasicCriterion),
        (f.is_empty(), IsEmptyCriterion),
        (f.is_not_empty(), NotEmptyCriterion),
        (f.is_empty_string(), IsEmptyStringCriterion),
        (f.is_anything(), IsAnythingCriterion),
        (f.between(1, 2), BetweenCriterion),
        (f.on(DateTimeOn.today), DateTimeOnCriterion),
        (f.not_on(DateTimeOn.today), DateTimeNotOnCriterion),
        (f.order(), OrderCriterion),
    ],
    ids=lambda found: getattr(found, "__name__", None),
)
def test_field__kind_of_criterion(found, kind):
    assert type(found) is kind
    assert isinstance(found, Criterion)


@pytest.mark.parametrize("name", ["eq", "ne", "gt", "gte", "lt", "lte", "contains", "is_in", "on", "order", "not_in"])
@pytest.mark.parametrize("value", [datetime, [datetime], b"x", ..., float("nan")], ids=repr)
def test_field__value_of_another_type(name, value):
    with pytest.raises(QueryTypeError):
        getattr(f, name)(value)


@pytest.mark.parametrize("name", ["gt", "gte", "lt", "lte"])
@pytest.mark.parametrize("value", [None, True, ["a"], "javascript:x"])
def test_field__nothing_to_compare_with(name, value):
    with pytest.raises(QueryTypeError):
        getattr(f, name)(value)


@pytest.mark.parametrize("name", ["gt", "lt"])
def test_field__value_that_completes_the_operator(name):
    with pytest.raises(QueryTypeError, match="would not be read"):
        getattr(f, name)("=5")


@pytest.mark.parametrize("name", ["is_in", "not_in"])
def test_field__text_in_place_of_a_list(name):
    with pytest.raises(QueryTypeError, match="list"):
        getattr(f, name)("abc")


@pytest.mark.parametrize("order", ["up", None, 1, criterion.Boolean.and_])
def test_order__refused(order):
    with pytest.raises(QueryTypeError, match="'asc'"):
        f.order(order)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (F("f", tz=UTC).gt(NAIVE), "f>2026-07-01 12:30:05"),
        (Field("f", tz=UTC).gt(PLUS_TWO), "f>2026-07-01 10:30:05"),
        (F("f", tz=PLUS_TWO.tzinfo).between(NAIVE, NAIVE), "fBETWEEN2026-07-01 10:30:05@2026-07-01 10:30:05"),
        (F("f", tz=PLUS_TWO.tzinfo).is_in([NAIVE]), "fIN2026-07-01 10:30:05"),
        (F("f", tz=PLUS_TWO.tzinfo) > date(2026, 7, 1), "f>2026-06-30 22:00:00"),
        (F("f", tz=PLUS_TWO.tzinfo) > "2026-07-01T12:30:05", "f>2026-07-01 10:30:05"),
    ],
    ids=str,
)
def test_field__zone_of_naive_times(found, text):
    assert str(found) == text


NAIVE_USES = [
    lambda column: column > NAIVE,
    lambda column: column.gte(NAIVE),
    lambda column: column == NAIVE,
    lambda column: column.is_in([NAIVE]),
    lambda column: column.between(NAIVE, NAIVE),
]


@pytest.mark.parametrize("use", NAIVE_USES, ids=["gt", "gte", "eq", "in", "between"])
@pytest.mark.parametrize("column", [F.f, F["f"], F("f")], ids=["attribute", "item", "call"])
def test_f__refuses_naive_times(column, use):
    with pytest.raises(QueryTypeError, match=r"tzinfo=UTC.*F\(name, tz=\.\.\.\)"):
        use(column)


@pytest.mark.parametrize("use", NAIVE_USES, ids=["gt", "gte", "eq", "in", "between"])
@pytest.mark.parametrize("column", [Field("f"), criterion.Table("incident").f], ids=["field", "table"])
def test_field__takes_naive_times_as_0_7_did(column, use):
    assert "2026-07-01 12:30:05" in str(use(column))


def test_f__takes_a_text_without_a_zone_as_the_instance_does():
    assert str(F.f > "2026-07-01 12:30:05") == "f>2026-07-01 12:30:05"


@pytest.mark.parametrize(
    ("text", "period"),
    [("last month", "last_month"), ("Last Week", "last_week"), ("last_7_day", "last_7_days"), ("soon", "last_week")],
)
def test_on__names_the_period_that_is_meant(text, period):
    with pytest.raises(QueryTypeError, match=rf"is no day: pass .* DateTimeOn\.{period}$"):
        F.f.on(text)


@pytest.mark.parametrize("give", [F, Field])
def test_field__no_zone(give):
    with pytest.raises(InvalidUsage, match="tzinfo"):
        give("f", tz="UTC")


# -- fields and tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b", "", "a^b", None, 5])
def test_field__no_column_name(name):
    with pytest.raises(QueryTypeError, match="column name"):
        Field(name)


def test_field__hashable():
    assert {Field("a"): 1, Field("b"): 2}[Field("a")] == 1


def test_field__member_of_a_set():
    assert len({F.a, F.a, F.b}) == 2


def test_field__text():
    assert (str(F.a), repr(F.a), F.a.name) == ("a", "Field('a')", "a")


def test_field__is_a_term():
    assert isinstance(F.a, Term)


@pytest.mark.parametrize("give", [lambda: F.order, lambda: F["order"], lambda: F("order"), lambda: Table("t").order])
def test_fields__any_column(give):
    assert str(give().eq(1)) == "order=1"


@pytest.mark.parametrize(
    "give",
    [
        lambda table: table.caller_id,
        lambda table: table["caller_id"],
        lambda table: table.field("caller_id"),
    ],
)
def test_table__gives_fields(give):
    found = give(Table("incident"))
    assert isinstance(found, Field)
    assert found.name == "caller_id"


def test_table__dot_walk():
    assert str(Table("incident")["caller_id.vip"] == True) == "caller_id.vip=true"  # noqa: E712


def test_table__name():
    assert Table("incident").table_name == "incident"


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_table__copies(make):
    assert make(Table("incident")).table_name == "incident"


def test_table__subclass_with_its_own_arguments():
    class Incident(Table):
        def __init__(self):
            super().__init__("incident")

        def open(self):
            return self.active == "true"

    assert str(Incident().open()) == "active=true"


def test_table__no_column_begins_with_an_underscore():
    with pytest.raises(AttributeError):
        Table("incident")._repr_html_  # noqa: B018


@pytest.mark.parametrize("value", [F, F.a, a, a & b, a.OR(b).AND(c), f.order()], ids=repr)
def test_expressions__pickle(value):
    copied = pickle.loads(pickle.dumps(value))
    assert type(copied) is type(value)
    assert value is F or str(copied) == str(value)


# -- combinations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (a & b, "a=1^b=1"),
        (a | b, "a=1^ORb=1"),
        (a ^ b, "a=1^NQb=1"),
        (a.AND(b), "a=1^b=1"),
        (a.OR(b), "a=1^ORb=1"),
        (a.NQ(b), "a=1^NQb=1"),
        (a & b & c, "a=1^b=1^c=1"),
        (a | b | c, "a=1^ORb=1^ORc=1"),
        (a & (b | c), "a=1^b=1^ORc=1"),
        ((a | b) & c, "a=1^ORb=1^c=1"),
        ((a | b) & (c | d), "a=1^ORb=1^c=1^ORd=1"),
        ((a & b) | c, "a=1^b=1^NQc=1"),
        (a | b & c, "a=1^NQb=1^c=1"),
        ((a & b) | (c & d), "a=1^b=1^NQc=1^d=1"),
        ((a & b) | c | d, "a=1^b=1^NQc=1^ORd=1"),
        (a ^ b & c, "a=1^NQb=1^c=1"),
        (a ^ b | c, "a=1^NQb=1^ORc=1"),
        (a | (b ^ c), "a=1^ORb=1^NQc=1"),
        ((a ^ b) & c, "a=1^c=1^NQb=1^c=1"),
        (((a & b) | c) & (d | e), "a=1^b=1^d=1^ORe=1^NQc=1^d=1^ORe=1"),
        (a & f.order("desc"), "a=1^ORDERBYDESCf"),
        (f.order() & a, "ORDERBYf^a=1"),
        (a & f.order() & F.g.order("desc"), "a=1^ORDERBYf^ORDERBYDESCg"),
        (f.order() & F.g.order(), "ORDERBYf^ORDERBYg"),
        (f.order() & a & F.g.order() & b, "ORDERBYf^a=1^b=1^ORDERBYg"),
        (a & (f.order() & b), "a=1^b=1^ORDERBYf"),
        ((a ^ b) & f.order(), "a=1^NQb=1^ORDERBYf"),
        ((a & f.order()) ^ b, "a=1^NQb=1^ORDERBYf"),
        ((a & b | c) & f.order(), "a=1^b=1^NQc=1^ORDERBYf"),
        (Criterion.any([a, b]), "a=1^ORb=1"),
        (Criterion.all([a, b | c]), "a=1^b=1^ORc=1"),
        (Criterion.all([]), ""),
        (Criterion.any(iter([a])), "a=1"),
        (reduce(and_, [a, b, c]), "a=1^b=1^c=1"),
    ],
    ids=str,
)
def test_criterion__combined(found, text):
    assert str(found) == text


@pytest.mark.parametrize("joined", [and_, or_, xor])
def test_empty_criterion__changes_nothing(joined):
    assert joined(a, EmptyCriterion()) is a
    assert joined(EmptyCriterion(), a) is a


@pytest.mark.parametrize("together", [Criterion.any, Criterion.all])
def test_criterion__of_nothing(together):
    assert isinstance(together([]), EmptyCriterion)


@pytest.mark.parametrize("joined", [and_, or_, xor, Criterion.AND, Criterion.OR, Criterion.NQ])
@pytest.mark.parametrize("left", [a, EmptyCriterion()], ids=["condition", "empty"])
def test_criterion__with_something_else(joined, left):
    with pytest.raises(QueryTypeError, match="not with str"):
        joined(left, "b=1")


@pytest.mark.parametrize("found", [a | f.order(), f.order() | a, a ^ f.order(), f.order() ^ a])
def test_criterion__order_as_alternative(found):
    with pytest.raises(QueryExpressionError, match="order"):
        str(found)


def test_criterion__is_not_used_up_by_printing():
    both_ways = (a | b) & (c ^ d)
    assert str(both_ways) == str(both_ways)
    assert str(a | b) == "a=1^ORb=1"


def test_criterion__too_many_conditions():
    pairs = [Field(f"a{n}").eq(1) & Field(f"b{n}").eq(1) for n in range(16)]
    either_or = [left | right for left, right in itertools.pairwise(pairs)]
    with pytest.raises(QueryExpressionError, match="more than 1000"):
        str(reduce(and_, either_or))


def test_criterion__long_ones_are_not_limited():
    found = reduce(and_, (F.a.eq(number) for number in range(20_000)))
    assert str(found).count("^") == 19_999


def test_criterion__deep_ones_do_not_exhaust_the_stack():
    found = a & b
    for _ in range(5_000):
        found = (found | c) ^ d
    assert str(found).endswith("^ORc=1^NQd=1")


def test_criterion__abstract():
    with pytest.raises(TypeError):
        Criterion()


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (a, "<BasicCriterion 'a=1'>"),
        (f.order(), "<OrderCriterion 'ORDERBYf'>"),
        (EmptyCriterion(), "<EmptyCriterion ''>"),
        ((a | b) & c, "<Criterion 'a=1^ORb=1^c=1'>"),
        (f.eq("x\ny"), "<BasicCriterion 'f=x\\ny'>"),
        (f.eq("x" * 1000), f"<BasicCriterion 'f={'x' * 54}...>"),
        (a | f.order(), "<Criterion that no query can say>"),
    ],
    ids=["condition", "order", "empty", "combined", "one line", "long", "wrong"],
)
def test_criterion__repr(found, text):
    assert repr(found) == text


@pytest.mark.parametrize(
    ("given_", "text"), [(F, "Fields()"), (F.a, "Field('a')"), (Table("incident"), "Table('incident')")], ids=str
)
def test_fields__repr(given_, text):
    assert repr(given_) == text


# -- no truth ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [a, a & b, EmptyCriterion(), f.order(), f.is_empty(), f == F.g, f != f, text_search("x")],
    ids=str,
)
def test_criterion__has_no_truth_value(found):
    with pytest.raises(QueryTypeError, match="test with 'is not None'"):
        bool(found)


@pytest.mark.parametrize("found", [a, a & b, EmptyCriterion(), f.order(), f == F.g], ids=str)
def test_criterion__is_not_turned_round(found):
    with pytest.raises(QueryTypeError, match=r"write the opposite, such as F\.state != 1"):
        assert ~found


@pytest.mark.parametrize(
    "write",
    [
        lambda: a and b,
        lambda: a or b,
        lambda: not a,
        lambda: 1 < f < 5,
        lambda: F.a == F.b == F.c,
        lambda: a if a else b,
        lambda: F.a in [F.b, F.a],
        lambda: any([a, b]),
        lambda: all([a, b]),
    ],
    ids=["and", "or", "not", "chain", "equal chain", "if", "in", "any", "all"],
)
def test_criterion__python_cannot_drop_conditions(write):
    with pytest.raises(QueryTypeError, match="use & and | with parentheses"):
        write()


@pytest.mark.parametrize("name", criterion.__all__)
def test_criterion__names(name):
    assert hasattr(criterion, name)


COLUMNS = "abcd"
leaves = st.builds(lambda name, value: (name, value), st.sampled_from(COLUMNS), st.sampled_from("01"))
trees = st.recursive(leaves, lambda inner: st.tuples(st.sampled_from([and_, or_, xor]), inner, inner), max_leaves=10)
rows = [dict(zip(COLUMNS, values, strict=True)) for values in itertools.product("01", repeat=len(COLUMNS))]


def build(tree):
    if len(tree) == 2:
        return Field(tree[0]).eq(tree[1])
    return tree[0](build(tree[1]), build(tree[2]))


def holds(tree, row):
    if len(tree) == 2:
        return row[tree[0]] == tree[1]
    left, right = holds(tree[1], row), holds(tree[2], row)
    return left and right if tree[0] is and_ else left or right


@given(trees)
def test_criterion__means_what_its_parentheses_say(tree):
    text = str(build(tree))
    assert [matches(text, row) for row in rows] == [holds(tree, row) for row in rows]


@given(trees, st.lists(st.booleans(), max_size=3))
def test_criterion__orders_keep_their_sequence(tree, directions):
    query = build(tree)
    for index, descending in enumerate(directions):
        query &= Field(f"o{index}").order("desc" if descending else "asc")
    assert read(str(query))[1] == [(f"o{index}", descending) for index, descending in enumerate(directions)]


@given(st.sampled_from(["eq", "ne", "gt", "lt", "like", "not_like", "starts_with", "ends_with"]), st.text())
def test_field__value_is_data(method, value):
    try:
        text = str(getattr(f, method)(value))
    except QueryTypeError:
        return
    name, _, read_value = read_one(text)
    assert (name, read_value) == ("f", value)
