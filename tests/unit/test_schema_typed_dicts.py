"""Code for type checkers: it runs, and says what the schema says."""

from __future__ import annotations

from typing import Any

import pytest

from pysnow import InvalidUsage, Schema

SCHEMA = Schema(
    {
        "release": "xanadu",
        "tables": {
            "incident": {
                "fields": {
                    "number": {"type": "string", "read_only": True},
                    "state": {"type": "integer", "choices": {"1": "New", "-5": "Pending"}},
                    "active": {"type": "boolean"},
                    "cost": {"type": "price"},
                    "caller_id": {"type": "reference", "reference_table": "sys_user"},
                }
            },
            "sys_user": {"fields": {"from": {"type": "string"}, "x-y": {"type": "integer"}}},
            "u_empty": {"fields": {}},
            "1st": {"fields": {}},
        },
    }
)


def _loaded(*tables: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(SCHEMA.typed_dicts(tables), namespace)
    return namespace


def test_typed_dicts__records_have_all_columns() -> None:
    assert sorted(_loaded("incident")["Incident"].__annotations__) == ["active", "caller_id", "cost", "number", "state"]


def test_typed_dicts__payloads_have_those_that_can_be_sent() -> None:
    assert "number" not in _loaded("incident")["IncidentPayload"].__annotations__


def test_typed_dicts__names_that_python_keeps_for_itself() -> None:
    assert sorted(_loaded("sys_user")["SysUser"].__annotations__) == ["from", "x-y"]


@pytest.mark.parametrize(("table", "name"), [("u_empty", "UEmpty"), ("1st", "T1st")])
def test_typed_dicts__names_of_classes(table: str, name: str) -> None:
    assert {name, f"{name}Payload"} <= set(_loaded(table))


def test_typed_dicts__choices_are_literals() -> None:
    assert "state: Literal['1', '-5', 1, -5, '']" in SCHEMA.typed_dicts(["incident"])


def test_typed_dicts__two_tables_of_one_name() -> None:
    with pytest.raises(InvalidUsage, match="would both make a class AB"):
        Schema({"tables": {"a_b": {"fields": {}}, "a__b": {"fields": {}}}}).typed_dicts(["a_b", "a__b"])


def test_typed_dicts__table_that_is_not_known() -> None:
    with pytest.raises(InvalidUsage, match="no table 'incidnt'"):
        SCHEMA.typed_dicts(["incidnt"])
