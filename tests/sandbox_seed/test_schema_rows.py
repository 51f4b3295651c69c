"""The dictionary's own tables tell what the definitions say."""

from __future__ import annotations

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.store import Store


def test_schema__has_a_row_for_each_table(dictionary: Dictionary, planted: Store) -> None:
    assert {row["name"] for row in planted.select("sys_db_object")} == set(dictionary.names())


def test_schema__has_one_entry_for_each_column_where_it_is_declared(dictionary: Dictionary, planted: Store) -> None:
    expected = {
        (table, element)
        for table in dictionary.names()
        for element in dictionary.columns(table)
        if not (parent := dictionary.parent(table)) or element not in dictionary.columns(parent)
    }
    found = [(row["name"], row["element"]) for row in planted.select("sys_dictionary") if row["element"]]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_schema__has_a_collection_entry_for_each_table(dictionary: Dictionary, planted: Store) -> None:
    found = [row["name"] for row in planted.select("sys_dictionary") if row["internal_type"] == "collection"]
    assert sorted(found, key=str) == sorted(dictionary.names())


def test_schema__keeps_what_a_child_changes_apart(planted: Store) -> None:
    found = {(row["name"], row["element"]): row for row in planted.select("sys_dictionary_override")}
    assert found["incident", "priority"]["default_value"] == "5"


def test_schema__has_the_choices_of_the_dictionary(dictionary: Dictionary, planted: Store) -> None:
    found = [
        (row["value"], row["label"])
        for row in sorted(planted.select("sys_choice"), key=lambda row: int(row["sequence"] or 0))
        if (row["name"], row["element"]) == ("incident", "state")
    ]
    assert found == [(choice.value, choice.label) for choice in dictionary.choices("incident", "state")]
