"""The demo data agrees with the dictionary and with itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.seed import EPOCH
from pysnow.sandbox.store import Row, Store

Rows = dict[str, list[Row]]

_NUMBER_TABLES = ("task", "kb_knowledge", "em_alert", "cmdb_ci_service")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_SHAPES = {
    "boolean": re.compile("true|false"),
    "integer": re.compile(r"-?\d+"),
    "decimal": re.compile(r"-?\d+(\.\d+)?"),
    "glide_date": _DATE,
    "glide_date_time": _DATE_TIME,
    "due_date": _DATE_TIME,
    "glide_duration": _DATE_TIME,
}


def _cells(dictionary: Dictionary, rows: Rows) -> Iterator[tuple[str, Row, Column, str]]:
    """Go through all values that are not empty: class, row, column, value."""
    for table, of_table in rows.items():
        columns = dictionary.columns(table)
        for row in of_table:
            for element, value in row.items():
                if value is not None:
                    yield table, row, columns[element], value


def _keys(dictionary: Dictionary, rows: Rows, table: str, key: str) -> set[str | None]:
    return {row[key] for name in dictionary.descendants(table) for row in rows[name]}


def _choice_columns(dictionary: Dictionary, table: str) -> dict[str, set[tuple[str, str]]]:
    lists = {element: dictionary.choices(table, element) for element in dictionary.columns(table)}
    return {
        element: {(each.dependent, each.value) for each in choices} for element, choices in lists.items() if choices
    }


def test_references__point_to_rows_that_exist(dictionary: Dictionary, all_rows: Rows) -> None:
    known: dict[tuple[str, str], set[str | None]] = {}
    dangling = []
    for table, row, column, value in _cells(dictionary, all_rows):
        if not column.reference:
            continue
        key = (column.reference, column.reference_key)
        if key not in known:
            known[key] = _keys(dictionary, all_rows, *key)
        dangling += [f"{table}/{row['sys_id']}.{column.element}" for each in value.split(",") if each not in known[key]]
    assert dangling == []


def test_document_ids__point_to_rows_of_the_table_named_beside_them(
    dictionary: Dictionary, planted: Store, all_rows: Rows
) -> None:
    dangling = [
        f"{table}/{row['sys_id']}.{column.element}"
        for table, row, column, value in _cells(dictionary, all_rows)
        if column.type == "document_id" and not planted.get(row[column.dependent_on] or "", value)
    ]
    assert dangling == []


def test_choice_values__are_in_their_list(dictionary: Dictionary, all_rows: Rows) -> None:
    lists = {table: _choice_columns(dictionary, table) for table in all_rows}
    unknown = []
    for table, row, column, value in _cells(dictionary, all_rows):
        entries = lists[table].get(column.element)
        parent = (row.get(column.dependent_on) or "") if column.dependent_on else ""
        if entries and ("", value) not in entries and (parent, value) not in entries:
            unknown.append(f"{table}.{column.element}={value}")
    assert unknown == []


def test_values__have_the_shape_of_their_type(dictionary: Dictionary, all_rows: Rows) -> None:
    wrong = [
        f"{table}.{column.element}={value}"
        for table, _, column, value in _cells(dictionary, all_rows)
        if (shape := _SHAPES.get(column.type)) and not shape.fullmatch(value)
    ]
    assert wrong == []


def test_texts__fit_their_columns(dictionary: Dictionary, all_rows: Rows) -> None:
    long = [
        f"{table}.{column.element}={value}"
        for table, _, column, value in _cells(dictionary, all_rows)
        if column.max_length and len(value) > column.max_length
    ]
    assert long == []


def test_table_names__exist(dictionary: Dictionary, all_rows: Rows) -> None:
    unknown = {
        value
        for _, _, column, value in _cells(dictionary, all_rows)
        if column.type == "table_name" and value not in dictionary
    }
    assert unknown == set()


@pytest.mark.parametrize("table", _NUMBER_TABLES)
def test_numbers__are_unique(planted: Store, table: str) -> None:
    # Catalog tasks and plain tasks share a table, so that all numbers of a hierarchy have to differ.
    numbers = [row["number"] for row in planted.select(table) if row["number"]]
    assert len(set(numbers)) == len(numbers)


def test_numbers__begin_with_the_prefix_of_their_class(dictionary: Dictionary, all_rows: Rows) -> None:
    pattern = {table: dictionary.table(table).prefix for table in all_rows}
    wrong = [
        f"{table}: {row['number']}"
        for table, rows in all_rows.items()
        for row in rows
        if pattern[table] and not re.fullmatch(pattern[table] + r"\d{7}", row["number"] or "")
        if table != "sys_number"
    ]
    assert wrong == []


def test_rows__were_made_before_they_were_changed_and_both_before_now(all_rows: Rows) -> None:
    now = f"{EPOCH:%Y-%m-%d %H:%M:%S}"
    wrong = [
        f"{table}/{row['sys_id']}"
        for table, rows in all_rows.items()
        for row in rows
        if not (row["sys_created_on"] or "") <= (row.get("sys_updated_on") or now) <= now
    ]
    assert wrong == []
