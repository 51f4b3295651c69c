from __future__ import annotations

import copy
import pickle
from datetime import date, datetime

import pytest

from pysnow.criterion import F, Field
from pysnow.encoded_query import Script, parse
from pysnow.enums import DateTimeOn, RelativeDirection, RelativeEquality, RelativeTimeWindows
from pysnow.exceptions import QueryTypeError
from pysnow.query_builder import QueryBuilder

DAY = 'custom@javascript:gs.dateGenerate("2026-07-01", "start")@javascript:gs.dateGenerate("2026-07-01", "end")'
TODAY = "Today@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()"

OUTPUT = [
    ("is_empty", (), "fISEMPTY"),
    ("is_not_empty", (), "fISNOTEMPTY"),
    ("is_empty_string", (), "fEMPTYSTRING"),
    ("is_anything", (), "fANYTHING"),
    ("starts_with", ("v",), "fSTARTSWITHv"),
    ("ends_with", ("v",), "fENDSWITHv"),
    ("contains", ("v",), "fLIKEv"),
    ("contains", (Script("gs.getUserName()"),), "fLIKEjavascript:gs.getUserName()"),
    ("not_contains", ("v",), "fNOT LIKEv"),
    ("in_list", (["a", 1],), "fINa,1"),
    ("in_list", (Script("getMyGroups()"),), "fINjavascript:getMyGroups()"),
    ("not_in_list", (("a", 1),), "fNOT INa,1"),
    ("between", (1, 2), "fBETWEEN1@2"),
    ("instance_of", ("cmdb_ci",), "fINSTANCEOFcmdb_ci"),
    ("dynamic", ("0a1b",), "fDYNAMIC0a1b"),
    ("in_hierarchy", ("0a1b",), "fIN_HIERARCHY0a1b"),
    ("in_hierarchy_dynamic", ("0a1b",), "fIN_HIERARCHY_DYNAMIC0a1b"),
    ("does_not_have", ("0a1b",), "fDOESNOTHAVE0a1b"),
    ("excluding", ("0a1b",), "fEXCLUDING0a1b"),
    ("same_as", ("g",), "fSAMEASg"),
    ("same_as", (Field("g"),), "fSAMEASg"),
    ("same_as", ("g", "day"), "fSAMEASg@day"),
    ("not_same_as", ("g",), "fNSAMEASg"),
    ("not_same_as", ("g", "week"), "fNSAMEASg@week"),
    ("greater_than_field", ("g",), "fGT_FIELDg"),
    ("less_than_field", ("g",), "fLT_FIELDg"),
    ("greater_than_or_equal_field", ("g",), "fGT_OR_EQUALS_FIELDg"),
    ("less_than_or_equal_field", (Field("g"),), "fLT_OR_EQUALS_FIELDg"),
    ("is_more_than", (3, "day", "before", "g"), "fMORETHANg@day@before@3"),
    ("is_more_than", (3, RelativeTimeWindows.day, "before", "g"), "fMORETHANg@day@before@3"),
    ("is_less_than", (2, "hour", "after", Field("g")), "fLESSTHANg@hour@after@2"),
    ("on", (date(2026, 7, 1),), f"fON{DAY}"),
    ("on", (datetime(2026, 7, 1, 12),), f"fON{DAY}"),
    ("on", ("2026-07-01",), f"fON{DAY}"),
    ("on", (DateTimeOn.today,), f"fON{TODAY}"),
    ("not_on", (date(2026, 7, 1),), f"fNOTON{DAY}"),
    ("not_on", (DateTimeOn.today,), f"fNOTON{TODAY}"),
    ("relative", ("gt", 3, "hour"), "fRELATIVEGT@hour@ago@3"),
    ("relative", ("lte", 1, "day", "ahead"), "fRELATIVELE@dayofweek@ahead@1"),
    (
        "relative",
        (RelativeEquality.eq, 0, RelativeTimeWindows.month, RelativeDirection.ahead),
        "fRELATIVEEE@month@ahead@0",
    ),
    ("date_part", ("dayofweek", "monday", "gte"), "fDATEPARTmonday@javascript:gs.datePart('dayofweek','monday','GE')"),
    ("date_part", ("year", 2026), "fDATEPART2026@javascript:gs.datePart('year','2026','EE')"),
]


@pytest.mark.parametrize(("name", "arguments", "text"), OUTPUT)
def test_query_builder__operator(name, arguments, text):
    assert str(getattr(QueryBuilder().field("f"), name)(*arguments)) == text


@pytest.mark.parametrize(("name", "arguments", "text"), OUTPUT)
def test_field__operator(name, arguments, text):
    assert str(getattr(Field("f"), name)(*arguments)) == text


@pytest.mark.parametrize("text", [text for _, _, text in OUTPUT])
def test_operator__can_be_read(text):
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("same_as", ("a b",)),
        ("same_as", ("g", "day@x")),
        ("same_as", (QueryBuilder().field("g").is_empty().AND().field("h").is_empty(),)),
        ("greater_than_field", ("a^b",)),
        ("instance_of", ("a,b",)),
        ("instance_of", (None,)),
        ("dynamic", ("javascript:x",)),
        ("in_hierarchy", (5,)),
        ("is_more_than", (3, "day", "beside", "g")),
        ("is_more_than", (-1, "day", "before", "g")),
        ("is_less_than", (True, "day", "before", "g")),
        ("is_less_than", (1, "fortnight", "before", "g")),
        ("relative", ("ne", 3, "hour")),
        ("relative", ("gt", 1.5, "hour")),
        ("relative", ("gt", 3, "hour", "sideways")),
        ("date_part", ("dayofweek", "monday')", "eq")),
        ("date_part", ("day'", "monday", "eq")),
        ("date_part", ("dayofweek", "monday", "about")),
        ("on", ("someday",)),
        ("on", (None,)),
        ("not_in_list", ("abc",)),
    ],
)
def test_operator__refused(name, arguments):
    with pytest.raises(QueryTypeError):
        getattr(QueryBuilder().field("f"), name)(*arguments)


METHODS = sorted(name for name in dir(QueryBuilder) if not name.startswith("_"))
OF_THE_BUILDER = {"AND", "OR", "NQ", "field", "text_search", "order_ascending", "order_descending"}


@pytest.mark.parametrize("name", [name for name in METHODS if name not in OF_THE_BUILDER])
def test_operators__of_the_builder_are_those_of_a_field(name):
    assert callable(getattr(F.x, name))


@pytest.mark.parametrize(
    ("thing", "name", "near"),
    [
        (F.x, "equal", "equals"),
        (F.x, "startswith", "starts_with"),
        (F.x, "grater_than", "greater_than"),
        (F.x, "isin", "is_in"),
        (QueryBuilder(), "equal", "equals"),
        (QueryBuilder(), "not_equal", "not_equals"),
        (QueryBuilder(), "order_desc", "order_descending"),
    ],
)
def test_unknown_method__names_the_nearest(thing, name, near):
    with pytest.raises(AttributeError, match=rf"has no method '{name}'; did you mean .*'{near}'"):
        getattr(thing, name)


@pytest.mark.parametrize("name", ["zzzzzz", "_equals", "__array__"])
def test_unknown_method__with_none_near(name):
    with pytest.raises(AttributeError, match=f"^Field has no method '{name}'$"):
        getattr(F.x, name)


@pytest.mark.parametrize("thing", [F.x, QueryBuilder().field("x").equals(1)], ids=repr)
def test_unknown_method__does_not_hinder_copies(thing):
    assert str(copy.deepcopy(thing)) == str(pickle.loads(pickle.dumps(thing))) == str(thing)
