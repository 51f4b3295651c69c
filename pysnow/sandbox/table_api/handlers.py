"""The verbs of the Table API."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from pysnow.sandbox.http.answer import Answer, WrittenRecord
from pysnow.sandbox.http.errors import no_record
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.listing import Selection, printed_list_answer, written_list_answer
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.table_api.shape import Shape


def list_records(exchange: Exchange, table: str) -> Answer:
    """List records: ``GET /table/{table}``."""
    default_limit = int(exchange.instance.properties["glide.db.max_view_records"])
    selection = Selection.of(exchange, default_limit=default_limit)
    shape = Shape.of(exchange, table)
    return _printed_list(exchange, table, selection, shape) or written_list_answer(
        exchange, table, selection, columns=shape.fields, write=partial(shape.written, exchange, table)
    )


def read_record(exchange: Exchange, table: str, sys_id: str) -> Answer:
    """Read one record: ``GET /table/{table}/{sys_id}``; queries and limits mean nothing here."""
    shape = Shape.of(exchange, table)
    printable = shape.json_shape(exchange, table)
    texts = exchange.records.get_written(table, sys_id, printable) if printable else None
    if texts is None:
        row = exchange.records.get(table, sys_id)
        texts = [] if row is None else shape.written(exchange, table, [row])
    if not texts:
        raise no_record()
    return Answer(200, WrittenRecord(texts[0]))


def create_record(exchange: Exchange, table: str) -> Answer:
    """Create a record: ``POST /table/{table}``; without a body if the caller may not read what was created."""
    row = exchange.records.create(table, exchange.fields(), _write_options(exchange))
    # The caller may have chosen the sys_id: whatever it is, it must not break the header.
    location = ("Location", f"{exchange.url}/{quote(row['sys_id'] or '', safe='')}")
    return exchange.written(Answer(201, _written_record(exchange, table, row), (location,)))


def update_record(exchange: Exchange, table: str, sys_id: str) -> Answer:
    """Change the fields named in the body: ``PATCH`` and ``PUT /table/{table}/{sys_id}``, which do the same."""
    row = exchange.records.update(table, sys_id, exchange.fields(), _write_options(exchange))
    return exchange.written(Answer(200, _written_record(exchange, table, row)))


def delete_record(exchange: Exchange, table: str, sys_id: str) -> Answer:
    """Delete a record: ``DELETE /table/{table}/{sys_id}``."""
    if not exchange.records.delete(table, sys_id):
        raise no_record()
    return Answer(204)


def _printed_list(exchange: Exchange, table: str, selection: Selection, shape: Shape) -> Answer | None:
    printable = shape.json_shape(exchange, table)
    return printed_list_answer(exchange, table, selection, shape=printable) if printable else None


def _written_record(exchange: Exchange, table: str, row: Row | None) -> WrittenRecord | None:
    """Show a record that was written; nothing of it when ACLs hide it (KB3047115)."""
    if row is None:
        raise no_record()
    if not exchange.records.readable(table, [row]):
        return None
    return WrittenRecord(Shape.of(exchange, table).written(exchange, table, [row])[0])


def _write_options(exchange: Exchange) -> WriteOptions:
    return WriteOptions(
        input_display_value=exchange.parameters.flag("sysparm_input_display_value"),
        suppress_auto_sys_field=exchange.parameters.flag("sysparm_suppress_auto_sys_field"),
    )
