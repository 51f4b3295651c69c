"""The first page: all tables with their rows counted, and how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from pysnow.sandbox.dictionary.model import Table
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.markup import Child, Html, group, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.layout import code, copyable, link, page, table_of
from pysnow.sandbox.pages.python_code import python_code
from pysnow.sandbox.pages.replay import Account, Call, curl_command
from pysnow.sandbox.pages.visit import Visit

_HEADS: tuple[Child, ...] = ("Table", "Name", "Extends", tag("th", "Records", scope="col", class_="number"))
_STARTS = (
    "incident",
    "problem",
    "change_request",
    "sc_req_item",
    "sys_user",
    "sys_user_group",
    "cmdb_ci",
    "kb_knowledge",
)
_FIRST_CALL = (("sysparm_query", "active=true^ORDERBYDESCopened_at"), ("sysparm_limit", "5"))


def show_tables(visit: Visit) -> Answer:
    """Show the tables whose name or label holds what is searched for; those without rows are folded away."""
    wanted = visit.parameters.text("search")
    found = _found(visit, wanted)
    counts = {table.name: visit.instance.store.count(table.name) for table in found}
    filled = [table for table in found if counts[table.name]]
    empty = [table for table in found if not counts[table.name]]
    return page(
        visit,
        "Tables",
        None if wanted else (_starts(visit, counts), _first_call(visit)),
        _search_form(wanted, len(found)),
        _table(visit, filled, counts, "Tables with records") if filled else None,
        _empty_tables(visit, empty, counts, is_open=bool(wanted)) if empty else None,
    )


def _starts(visit: Visit, counts: dict[str, int]) -> Html:
    """Link the tables that people look for first."""
    tables = [visit.instance.dictionary.table(name) for name in _STARTS if name in counts]
    links = [
        link(
            (table.label, " ", tag("span", f"{counts[table.name]:,}", class_="soft")),
            addresses.table_address(table.name),
        )
        for table in tables
    ]
    return tag("ul", [tag("li", each) for each in links], class_="starts")


def _found(visit: Visit, wanted: str) -> list[Table]:
    tables = map(visit.instance.dictionary.table, visit.instance.dictionary.names())
    text = wanted.strip().lower()
    matching = [table for table in tables if text in table.name.lower() or text in table.label.lower()]
    return sorted(matching, key=lambda table: (table.label.lower(), table.name))


def _search_form(wanted: str, found: int) -> Html:
    count = f"{found} {'table' if found == 1 else 'tables'}" + (f" for {wanted!r}" if wanted else "")
    return group(
        tag(
            "form",
            tag("label", "Name or label", tag("input", type="search", name="search", value=wanted), class_="wide"),
            tag("button", "Search", class_="main"),
            link("Show all", addresses.HOME) if wanted else None,
            action=addresses.HOME,
            class_="controls",
        ),
        tag("p", count, class_="soft"),
    )


def _table(visit: Visit, tables: Sequence[Table], counts: dict[str, int], caption: str) -> Html:
    return table_of(_HEADS, [_row(visit, table, counts[table.name]) for table in tables], caption=caption)


def _row(visit: Visit, table: Table, count: int) -> Html:
    parent = visit.instance.dictionary.table(table.extends) if table.extends else None
    return tag(
        "tr",
        tag("td", link(table.label, addresses.table_address(table.name))),
        tag("td", code(table.name)),
        tag("td", link(parent.label, addresses.table_address(parent.name)) if parent else None),
        tag("td", f"{count:,}", class_="number"),
    )


def _empty_tables(visit: Visit, tables: Sequence[Table], counts: dict[str, int], *, is_open: bool) -> Html:
    name = "table" if len(tables) == 1 else "tables"
    return tag(
        "details",
        tag("summary", f"{len(tables)} {name} without records"),
        _table(visit, tables, counts, "Tables without records"),
        open=is_open,
    )


def _first_call(visit: Visit) -> Html:
    call = Call("GET", "/api/now/table/incident", _FIRST_CALL)
    account = Account(visit.instance.base_url, "admin")
    return tag(
        "details",
        tag("summary", "How to make a first call"),
        tag("p", "Users of the demo data have their names as passwords: ", code("admin"), " has ", code("admin"), "."),
        tag(
            "div",
            copyable("Python", python_code(call, account) or ""),
            copyable("Shell", curl_command(call, account)),
            class_="split",
        ),
    )
