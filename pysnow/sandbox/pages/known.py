"""Tables and records that a visitor names, or a page that says they are not there."""

from __future__ import annotations

from difflib import get_close_matches

from pysnow.sandbox.dictionary.model import Table
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.pages.addresses import HOME, table_address
from pysnow.sandbox.pages.visit import PageError


def known_table(instance: Instance, name: str) -> Table:
    """Give the definition of a table.

    Raises:
        PageError: 404, there is no such table.
    """
    if name in instance.dictionary:
        return instance.dictionary.table(name)
    close = get_close_matches(name, instance.dictionary.names(), n=3)
    ways = tuple((each, table_address(each)) for each in close)
    text = f"There is no table {name}." + (" Was one of these meant?" if close else "")
    raise PageError(404, "No such table", text, (*ways, ("All tables", HOME)))


def known_record(instance: Instance, table: str, sys_id: str) -> tuple[str, Row]:
    """Give a record: its real class, and all its columns.

    Raises:
        PageError: 404, there is no such table, or no such record of its class.
    """
    known_table(instance, table)
    name, row = instance.platform.real_record(table, sys_id)
    if row is None:
        ways = ((f"Records of {table}", table_address(table)), ("All tables", HOME))
        raise PageError(404, "No such record", f"Table {table} has no record {sys_id}. It may have been deleted.", ways)
    return name, row
