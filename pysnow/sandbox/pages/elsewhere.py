"""From an address of the platform's own UI to the page that shows the same."""

from __future__ import annotations

from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.pages.addresses import record_address, table_address
from pysnow.sandbox.pages.ui_links import UiLink


def page_of(instance: Instance, link: UiLink) -> str | None:
    """Give the address of a page; None when the link names no table of the instance.

    A form with a query opens the first record that matches, a form without anything the list.
    """
    if link.table not in instance.dictionary:
        return None
    if link.is_list or not (link.sys_id or link.query):
        return table_address(link.table, query=link.query)
    if link.sys_id:
        return record_address(link.table, link.sys_id)
    found = instance.find(link.table, link.query, instance.system, columns=(), limit=1, count=False).rows
    return (
        record_address(link.table, found[0]["sys_id"] or "") if found else table_address(link.table, query=link.query)
    )
