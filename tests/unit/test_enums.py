from __future__ import annotations

import re

import pytest

from pysnow import enums
from pysnow.encoded_query import Script, parse
from pysnow.enums import Boolean, Comparator, DateTimeOn, Equality, Order


def test_enums__names():
    assert enums.__all__ == [
        "Boolean",
        "Comparator",
        "DateTimeOn",
        "Equality",
        "Order",
        "RelativeDirection",
        "RelativeEquality",
        "RelativeTimeWindows",
    ]


def test_date_time_on__number_of_periods():
    assert len(DateTimeOn) == 36


@pytest.mark.parametrize(("old", "new"), [("last_yesr", "last_year"), ("next_2_quarter", "next_2_quarters")])
def test_date_time_on__old_spelling(old, new):
    assert DateTimeOn[old] is DateTimeOn[new]


@pytest.mark.parametrize("period", DateTimeOn, ids=lambda period: period.name)
def test_date_time_on__can_be_read(period):
    [[clause]] = parse(f"fON{period.value}").groups
    [condition] = clause.conditions
    label, start, end = condition.operand
    name = re.sub(r"\W", "", label.title())
    assert (start, end) == (Script(f"gs.beginningOf{name}()"), Script(f"gs.endOf{name}()"))
    assert period.name == label.lower().replace(" ", "_")


def test_order__from_text():
    assert (Order("ASC"), Order("DESC")) == (Order.asc, Order.desc)


@pytest.mark.parametrize("words", [Equality, Boolean])
def test_comparator__kinds(words):
    assert issubclass(words, Comparator)


def test_boolean__signs():
    assert [word.value for word in Boolean] == ["^", "^OR", "^NQ"]
