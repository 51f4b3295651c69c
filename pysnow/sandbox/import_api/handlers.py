"""The calls of the Import Set API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.http.answer import Answer, Document, Members
from pysnow.sandbox.http.errors import no_record
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.json_reader import Fields
from pysnow.sandbox.http.record_list import read_records
from pysnow.sandbox.import_api.import_sets import SET_TABLE, import_rows, staging_columns, stored_outcomes
from pysnow.sandbox.import_api.transform import Outcome
from pysnow.sandbox.instance.display_names import display_names
from pysnow.sandbox.instance.instance import Instance


def insert_row(exchange: Exchange, table: str) -> Answer:
    """Import one row and transform it before answering: ``POST /import/{staging table}``.

    201 even when a map refuses the row: each element of ``result`` says what one map did. There is no body if the
    caller may not read a record that was written (KB3047115).
    """
    columns = staging_columns(exchange.instance, table)
    values = _strings(exchange.fields(), {element: element for element in columns})
    import_set = import_rows(exchange.instance, table, [values], exchange.caller, mode="synchronous")
    row = import_set.rows[0]
    location = ("Location", f"{exchange.url}/{quote(row.sys_id, safe='')}")
    if any(_is_hidden(exchange, outcome) for outcome in row.outcomes):
        return Answer(201, None, (location,))
    members = _members(exchange.instance, import_set.number, table, row.outcomes)
    return exchange.written(Answer(201, Document(members), (location,)))


def insert_multiple(exchange: Exchange, table: str) -> Answer:
    """Import many rows: ``POST /import/{staging table}/insertMultiple``; the answer names the import set alone.

    Keys are column names or labels; which of them, a row of ``sys_rest_insert_multiple`` decides on an instance. Here
    both are read, names first (our default). ``run_after`` asks to wait for an earlier set: none is ever running.
    """
    names = _names_and_labels(staging_columns(exchange.instance, table))
    records = [_strings(record, names) for record in read_records(exchange.fields())]
    import_set = import_rows(exchange.instance, table, records, exchange.caller, mode="asynchronous")
    multiple = exchange.parameters.text("multi_import_set_id") or exchange.instance.platform.new_id()
    members = {"import_set_id": import_set.sys_id, "multi_import_set_id": multiple}
    return exchange.written(Answer(201, Document(members)))


def read_row(exchange: Exchange, table: str, sys_id: str) -> Answer:
    """Tell what became of an import row: ``GET /import/{staging table}/{sys_id}``, in the shape of the insert.

    As after the insert, there is no body if the caller may not read the record (our default).
    """
    staging_columns(exchange.instance, table)
    row = exchange.records.get(table, sys_id)
    if row is None:
        raise no_record()
    import_set = exchange.instance.get(SET_TABLE, row["sys_import_set"] or "") or {}
    outcomes = stored_outcomes(exchange.instance, row)
    if any(_is_hidden(exchange, outcome) for outcome in outcomes):
        return Answer(200)
    return Answer(200, Document(_members(exchange.instance, import_set.get("number") or "", table, outcomes)))


def _is_hidden(exchange: Exchange, outcome: Outcome) -> bool:
    """Tell whether a map wrote a record that the caller may not read; one that is gone has nothing to hide."""
    # A table may be gone, or misspelt in the map.
    if not outcome.target or outcome.table not in exchange.instance.dictionary:
        return False
    row = exchange.instance.get(outcome.table, outcome.target)
    return row is not None and not exchange.records.readable(outcome.table, [row])


def _strings(record: Fields, names: Mapping[str, str]) -> dict[str, str]:
    """Give the values of a record by column; unknown names are passed over.

    Values must be strings (Import Set API documentation); others are "stored wrongly", which is: not (our default).
    """
    known = ((names.get(name), value) for name, value in record.items())
    return {element: value for element, value in known if element is not None and isinstance(value, str)}


def _names_and_labels(columns: Mapping[str, Column]) -> dict[str, str]:
    labels = {column.label: element for element, column in columns.items()}
    return labels | {element: element for element in columns}


def _members(instance: Instance, number: str, table: str, outcomes: Iterable[Outcome]) -> Members:
    results = [_result(instance, outcome) for outcome in outcomes]
    return {"import_set": number, "staging_table": table, "result": results}


def _result(instance: Instance, outcome: Outcome) -> Members:
    members = {"transform_map": outcome.map_name, "table": outcome.table}
    if outcome.target and outcome.table in instance.dictionary:
        members |= _target_members(instance, outcome)
    members["status"] = outcome.status
    if outcome.target:
        members["sys_id"] = outcome.target
    if outcome.message:
        members["error_message" if outcome.status == "error" else "status_message"] = outcome.message
    return members


def _target_members(instance: Instance, outcome: Outcome) -> dict[str, str]:
    names = display_names(instance.platform, outcome.table, [outcome.target])
    return {
        "display_name": instance.dictionary.display_column(outcome.table) or "sys_id",
        "display_value": names.get(outcome.target, ""),
        "record_link": f"{instance.base_url}/api/now/table/{outcome.table}/{outcome.target}",
    }
