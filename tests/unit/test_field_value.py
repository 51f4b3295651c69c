from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.field_value import is_display_only, raw_value

LINK = "https://dev1.service-now.com/api/now/table/sys_user/1"
OTHERS = [None, "", "x", 1, True, ["value"], ("value",), {"value"}, {}, {"state": "1"}, {"value": "v", "state": "1"}]


@pytest.mark.parametrize(
    "value",
    [
        {"value": "v"},
        {"display_value": "V", "value": "v"},
        {"link": LINK, "value": "v"},
        {"display_value": "V", "link": LINK, "value": "v"},
        MappingProxyType({"link": LINK, "value": "v"}),
    ],
    ids=lambda value: "+".join(value),
)
def test_raw_value__field(value):
    assert raw_value(value) == "v"


@pytest.mark.parametrize("empty", ["", None])
def test_raw_value__empty_field(empty):
    assert raw_value({"display_value": "", "value": empty}) == empty


@pytest.mark.parametrize("value", [*OTHERS, {"display_value": "V", "link": LINK}], ids=repr)
def test_raw_value__anything_else(value):
    assert raw_value(value) is value


def test_raw_value__one_step_only():
    assert raw_value({"value": {"value": "v"}}) == {"value": "v"}


def test_raw_value__leaves_the_record_alone():
    field = {"link": LINK, "value": "v"}
    raw_value(field)
    assert field == {"link": LINK, "value": "v"}


@pytest.mark.parametrize("value", [{"display_value": "V", "link": LINK}, {"display_value": "V"}, {"link": LINK}])
def test_is_display_only__reference(value):
    assert is_display_only(value)


@pytest.mark.parametrize("value", [*OTHERS, {"value": "v"}, {"display_value": "V", "value": None}], ids=repr)
def test_is_display_only__anything_else(value):
    assert not is_display_only(value)


@given(st.dictionaries(st.sampled_from(["display_value", "link", "value", "sys_id"]), st.text()))
def test_raw_value__is_no_field_unless_it_was_refused(mapping):
    """A caller that refuses what is_display_only tells never takes such a mapping for a value."""
    raw = raw_value(mapping)
    assert not isinstance(raw, Mapping) or is_display_only(raw) or "sys_id" in raw or raw == {}
