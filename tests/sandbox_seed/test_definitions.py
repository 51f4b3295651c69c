"""The definitions agree with each other."""

from __future__ import annotations

import pytest

from pysnow.sandbox.dictionary.definitions import TABLES
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Column, Table

NAMES = {table.name for table in TABLES}
COLUMNS = [(table, column) for table in TABLES for column in table.columns]
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def _label(table: Table, column: Column) -> str:
    return f"{table.name}.{column.element}"


def test_tables__have_distinct_names() -> None:
    assert len(NAMES) == len(TABLES)


def test_tables__extend_tables_that_exist() -> None:
    assert {table.extends for table in TABLES} - {""} <= NAMES


@each_table
def test_columns__have_distinct_elements(table: Table) -> None:
    elements = [column.element for column in table.columns]
    assert sorted(set(elements)) == sorted(elements)


@each_table
def test_tables__have_one_display_column_at_most(table: Table) -> None:
    assert sum(column.display for column in table.columns) <= 1


def test_references__point_to_tables_that_exist() -> None:
    assert [_label(*each) for each in COLUMNS if each[1].reference and each[1].reference not in NAMES] == []


def test_references__name_a_table_exactly_when_their_type_needs_one() -> None:
    needs = {"reference", "glide_list"}
    assert [_label(*each) for each in COLUMNS if bool(each[1].reference) != (each[1].type in needs)] == []


def test_references__use_keys_of_their_target(dictionary: Dictionary) -> None:
    wrong = [
        _label(table, column)
        for table, column in COLUMNS
        if column.reference and dictionary.column(column.reference, column.reference_key) is None
    ]
    assert wrong == []


def test_references__have_targets_with_a_display_column(dictionary: Dictionary) -> None:
    assert [
        each[1].reference for each in COLUMNS if each[1].reference and not dictionary.display_column(each[1].reference)
    ] == []


def test_columns__depend_on_columns_of_the_same_table(dictionary: Dictionary) -> None:
    wrong = [
        _label(table, column)
        for table, column in COLUMNS
        if column.dependent_on and dictionary.column(table.name, column.dependent_on) is None
    ]
    assert wrong == []


def test_cascades__are_rules_the_platform_knows() -> None:
    known = {"", "clear", "delete", "restrict", "none"}
    assert {column.cascade for _, column in COLUMNS} <= known


def test_choices__are_distinct_within_their_list() -> None:
    def keys(column: Column) -> list[tuple[str, str]]:
        return [(choice.dependent, choice.value) for choice in column.choices]

    assert [_label(*each) for each in COLUMNS if len(set(keys(each[1]))) != len(each[1].choices)] == []


def test_choices__depend_on_values_of_the_column_they_depend_on(dictionary: Dictionary) -> None:
    wrong = [
        f"{_label(table, column)}: {choice.dependent}"
        for table, column in COLUMNS
        for choice in column.choices
        if choice.dependent
        and choice.dependent not in {other.value for other in dictionary.choices(table.name, column.dependent_on)}
    ]
    assert wrong == []


def test_defaults__are_among_the_choices(dictionary: Dictionary) -> None:
    wrong = [
        _label(table, column)
        for table, column in COLUMNS
        if column.default
        and (choices := dictionary.choices(table.name, column.element))
        and column.default not in {choice.value for choice in choices}
    ]
    assert wrong == []


def test_numbered_tables__have_a_number(dictionary: Dictionary) -> None:
    assert [table.name for table in TABLES if table.prefix and not dictionary.column(table.name, "number")] == []


@pytest.mark.parametrize(
    ("table", "prefix"),
    [
        ("task", "TASK"),
        ("incident", "INC"),
        ("problem", "PRB"),
        ("problem_task", "PTASK"),
        ("change_request", "CHG"),
        ("change_task", "CTASK"),
        ("sc_request", "REQ"),
        ("sc_req_item", "RITM"),
        ("sc_task", "SCTASK"),
        ("kb_knowledge", "KB"),
    ],
)
def test_prefix__is_the_stock_one(dictionary: Dictionary, table: str, prefix: str) -> None:
    assert dictionary.table(table).prefix == prefix


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("sc_req_item", ["sc_req_item", "task"]),
        (
            "cmdb_ci_linux_server",
            [
                "cmdb_ci_linux_server",
                "cmdb_ci_server",
                "cmdb_ci_computer",
                "cmdb_ci_hardware",
                "cmdb_ci",
                "cmdb",
            ],
        ),
        ("cmdb_ci_service_auto", ["cmdb_ci_service_auto", "cmdb_ci_service", "cmdb_ci", "cmdb"]),
        ("sys_dictionary", ["sys_dictionary", "sys_metadata"]),
        ("u_imp_user", ["u_imp_user", "sys_import_set_row"]),
        ("sys_choice", ["sys_choice"]),
        ("sys_user", ["sys_user"]),
    ],
)
def test_hierarchy__is_the_stock_one(dictionary: Dictionary, table: str, line: list[str]) -> None:
    assert dictionary.ancestors(table) == line


@pytest.mark.parametrize(
    ("table", "element", "labels"),
    [
        ("incident", "state", "1 New|2 In Progress|3 On Hold|6 Resolved|7 Closed|8 Canceled"),
        ("incident", "priority", "1 1 - Critical|2 2 - High|3 3 - Moderate|4 4 - Low|5 5 - Planning"),
        ("incident", "impact", "1 1 - High|2 2 - Medium|3 3 - Low"),
        ("incident", "hold_reason", "1 Awaiting Caller|5 Awaiting Change|3 Awaiting Problem|4 Awaiting Vendor"),
        (
            "sc_task",
            "state",
            "-5 Pending|1 Open|2 Work in Progress|3 Closed Complete|4 Closed Incomplete|7 Closed Skipped",
        ),
        (
            "change_request",
            "state",
            "-5 New|-4 Assess|-3 Authorize|-2 Scheduled|-1 Implement|0 Review|3 Closed|4 Canceled",
        ),
        ("change_task", "state", "-5 Pending|1 Open|2 In Progress|3 Closed|4 Canceled"),
        ("problem_task", "state", "151 New|152 Assess|154 Work in Progress|157 Closed"),
    ],
)
def test_choices__are_the_stock_ones(dictionary: Dictionary, table: str, element: str, labels: str) -> None:
    assert "|".join(f"{choice.value} {choice.label}" for choice in dictionary.choices(table, element)) == labels


@pytest.mark.parametrize(
    ("table", "elements"),
    [
        ("sys_security_acl", {"decision_type"}),
        ("sys_api_access_policy", {"rest_api", "rest_api_path", "http_method", "inbound_auth_profiles"}),
        ("jwt_verifier_map", {"oauth_jwt", "kid", "shared_key", "sys_certificate"}),
    ],
)
def test_columns_from_memory__are_there(dictionary: Dictionary, table: str, elements: set[str]) -> None:
    assert elements <= set(dictionary.columns(table))


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("state", "1"),
        ("incident_state", "1"),
        ("impact", "3"),
        ("urgency", "3"),
        ("priority", "5"),
        ("severity", "3"),
        ("category", "inquiry"),
        ("active", "true"),
        ("made_sla", "true"),
        ("knowledge", "false"),
        ("notify", "1"),
        ("escalation", "0"),
        ("reassignment_count", "0"),
        ("reopen_count", "0"),
        ("child_incidents", "0"),
        ("approval", "not requested"),
        ("upon_approval", "proceed"),
        ("upon_reject", "cancel"),
    ],
)
def test_incident_defaults__are_the_recorded_ones(dictionary: Dictionary, element: str, value: str) -> None:
    assert dictionary.columns("incident")[element].default == value
