"""Payloads compared with a schema."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from pysnow import InvalidUsage, Schema, SchemaMismatch, SchemaWarning

SYS_ID = "0123456789abcdef" * 2
LINK = "https://x/api/now/table/{}/" + SYS_ID


@pytest.fixture
def schema() -> Schema:
    """One table with a column of each kind, and the tables that it refers to."""
    return Schema(
        {
            "tables": {
                "task": {
                    "fields": {
                        "sys_id": {"type": "string", "read_only": True},
                        "number": {"type": "string", "read_only": True},
                        "title": {"type": "string", "max_length": 5, "mandatory": True},
                        "impact": {"type": "integer", "mandatory": True, "default": "3"},
                        "state": {"type": "integer", "choices": {"1": "New", "6": "Resolved"}},
                        "source": {"type": "string", "choices": {"web": "Web"}, "suggestions": True},
                        "caller": {"type": "reference", "reference_table": "sys_user"},
                        "scope": {"type": "reference", "reference_table": "sys_scope"},
                        "kind": {"type": "reference", "reference_table": "sys_user", "reference_key": "name"},
                        "work_notes": {"type": "journal_input", "write_only": True, "max_length": 2},
                    }
                },
                "sys_user": {"fields": {}},
                "vip": {"extends": "sys_user", "fields": {}},
                "sys_user_group": {"fields": {}},
            }
        }
    )


def kinds(schema: Schema, payload: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    """What is wrong, as kind and column."""
    return [(problem.kind, problem.field) for problem in schema.check("task", payload, None, **options)]


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"titel": "x"}, [("unknown", "titel")]),
        ({"number": "x"}, [("read_only", "number")]),
        ({"title": "longer"}, [("too_long", "title")]),
        ({"state": "2"}, [("choice", "state")]),
        ({"state": "Resolved"}, [("choice", "state")]),
        ({"title": ""}, [("mandatory", "title")]),
        ({"title": None}, [("mandatory", "title")]),
        ({"caller": "Ada"}, [("reference", "caller")]),
        ({"caller": {"link": LINK.format("sys_user_group"), "value": SYS_ID}}, [("reference", "caller")]),
        ({"state": "2", "caller": "x"}, [("choice", "state"), ("reference", "caller")]),
    ],
)
def test_check__finds(schema: Schema, payload: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert kinds(schema, payload) == found


@pytest.mark.parametrize(
    "payload",
    [
        {"title": "short"},
        {"state": 6},
        {"state": ""},
        {"source": "pigeon"},
        {"caller": SYS_ID},
        {"caller": ""},
        {"caller": None},
        {"caller": {"link": LINK.format("vip"), "value": SYS_ID}},
        {"caller": {"link": LINK.format("u_elsewhere"), "value": SYS_ID}},
        {"scope": "global"},
        {"kind": "Ada"},
        {"work_notes": "a note that is longer than two"},
    ],
)
def test_check__lets_pass(schema: Schema, payload: dict[str, Any]) -> None:
    assert kinds(schema, payload) == []


def test_check__new_record_needs_its_mandatory_columns(schema: Schema) -> None:
    assert kinds(schema, {}, operation="create") == [("mandatory", "title")]


def test_check__new_record_may_bring_its_sys_id(schema: Schema) -> None:
    assert kinds(schema, {"sys_id": SYS_ID, "title": "x"}, operation="create") == []


def test_check__changed_record_may_not(schema: Schema) -> None:
    assert kinds(schema, {"sys_id": SYS_ID}) == [("read_only", "sys_id")]


def test_check__display_values_are_not_compared(schema: Schema) -> None:
    assert kinds(schema, {"state": "Resolved", "caller": "Ada"}, display_values=True) == []


def test_check__table_that_is_not_known(schema: Schema) -> None:
    assert schema.check("elsewhere", {"x": 1}) == ()


def test_check__strict_raises_with_all_problems(schema: Schema) -> None:
    with pytest.raises(SchemaMismatch, match="does not fit task: task has no column 'titel'; did you mean") as caught:
        schema.check("task", {"titel": "x", "state": "Resolved"})
    assert len(caught.value.problems) == 2


def test_check__label_names_the_value(schema: Schema) -> None:
    assert "that is the label of '6'" in str(schema.check("task", {"state": "resolved"}, None)[0])


def test_check__warns(schema: Schema) -> None:
    with pytest.warns(SchemaWarning, match="state has no choice '2': choose from '1'"):
        schema.check("task", {"state": "2"}, "warn")


def test_check__fitting_payload_does_not_warn(schema: Schema) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert schema.check("task", {"state": "1"}, "warn") == ()


@pytest.mark.parametrize(("payload", "mode"), [({"titel": "x"}, "loud"), (["x"], "warn")])
def test_check__refuses_nonsense(schema: Schema, payload: Any, mode: Any) -> None:
    with pytest.raises(InvalidUsage, match="must be 'warn'|as a dict"):
        schema.check("task", payload, mode)


def test_check__partial_schema_knows_no_unknown_columns() -> None:
    assert Schema.bundled().check("incident", {"short_description": "x", "work_notes": "y"}) == ()
