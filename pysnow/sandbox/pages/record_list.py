"""A list: the records of a table that an encoded query selects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.instance.paths import find_target
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.markup import Child, Html, group, joined, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.cells import Cell, read_cells
from pysnow.sandbox.pages.columns import usual_columns
from pysnow.sandbox.pages.encoded_query import first_order, passed_over, sorted_by
from pysnow.sandbox.pages.known import known_table
from pysnow.sandbox.pages.layout import code, link, notice, page, table_of
from pysnow.sandbox.pages.replay import Call
from pysnow.sandbox.pages.spellings import spellings
from pysnow.sandbox.pages.visit import Visit

_LIMIT = 20
_LIMITS = (10, 20, 50, 100, 200)
_CLASS = "sys_class_name"
_SHORT = 19  # a date with its time: whatever is no longer stays on one line


@dataclass(frozen=True, slots=True)
class _List:
    """What a list shows, as its address says.

    Attributes:
        table: Table name.
        query: Encoded query.
        asked: Fields asked for; none for the usual ones.
        limit: Rows of a page.
        offset: Matching rows to skip first.
    """

    table: str
    query: str
    asked: tuple[str, ...]
    limit: int
    offset: int

    @classmethod
    def of(cls, visit: Visit, table: str) -> Self:
        parameters = visit.parameters
        return cls(
            table,
            query=parameters.text("sysparm_query").strip(),
            asked=tuple(dict.fromkeys(parameters.names("sysparm_fields") or ())),
            limit=max(1, min(parameters.count("sysparm_limit", _LIMIT), max(_LIMITS))),
            offset=parameters.count("sysparm_offset", 0),
        )

    @property
    def address(self) -> str:
        limit = 0 if self.limit == _LIMIT else self.limit
        return addresses.table_address(self.table, query=self.query, fields=self.asked, limit=limit, offset=self.offset)


def show_list(visit: Visit, table: str) -> Answer:
    """Show a page of the records of a table.

    Raises:
        PageError: 404, there is no such table.
    """
    definition = known_table(visit.instance, table)
    view = _List.of(visit, table)
    fields = _shown_fields(visit, view)
    found = visit.instance.find(
        table, view.query, visit.caller, columns=[*fields, _CLASS], limit=view.limit, offset=view.offset
    )
    total = found.total or 0
    return page(
        visit,
        definition.label,
        _parentage(visit, table),
        _controls(view, fields),
        _passed_over(visit, view),
        _pager(view, len(found.rows), total),
        _records(visit, view, fields, found.rows) if found.rows else notice(_nothing(view, total)),
        _pager(view, len(found.rows), total) if len(found.rows) > _LIMIT else None,
        _columns(visit, view, fields),
        tag("details", tag("summary", "The same over REST"), spellings(visit, _call(view))),
        way=[("Tables", addresses.HOME)],
    )


def _shown_fields(visit: Visit, view: _List) -> list[str]:
    known = [field for field in view.asked if find_target(visit.instance.dictionary, view.table, field)]
    return known or usual_columns(visit.instance.dictionary, view.table)


def _parentage(visit: Visit, table: str) -> Html:
    dictionary = visit.instance.dictionary
    parents = [
        link(dictionary.table(name).label, addresses.table_address(name)) for name in dictionary.ancestors(table)[1:]
    ]
    children = [
        link(dictionary.table(name).label, addresses.table_address(name))
        for name in dictionary.descendants(table)[1:]
        if dictionary.parent(name) == table
    ]
    return tag(
        "p",
        code(table),
        (" extends ", joined(" / ", parents)) if parents else None,
        (", extended by " if parents else " is extended by ", joined(", ", children)) if children else None,
        class_="soft",
    )


def _controls(view: _List, fields: list[str]) -> Html:
    limits = sorted({*_LIMITS, view.limit})
    return tag(
        "form",
        tag(
            "label",
            "Filter, as an encoded query",
            tag(
                "input",
                name="sysparm_query",
                value=view.query,
                class_="code",
                placeholder="active=true^ORDERBYDESCsys_updated_on",
                autocapitalize="off",
                autocomplete="off",
                spellcheck="false",
            ),
            class_="wide",
        ),
        tag(
            "label",
            "Columns",
            tag(
                "input",
                name="sysparm_fields",
                value=",".join(view.asked),
                class_="code",
                placeholder=",".join(fields),
                autocapitalize="off",
                spellcheck="false",
            ),
        ),
        tag(
            "label",
            "Rows",
            tag("select", [tag("option", each, selected=each == view.limit) for each in limits], name="sysparm_limit"),
            class_="narrow",
        ),
        tag("button", "Show", class_="main"),
        action=addresses.table_address(view.table),
        class_="controls",
    )


def _passed_over(visit: Visit, view: _List) -> Html | None:
    dictionary = visit.instance.dictionary
    names = passed_over(dictionary, view.table, view.query)
    names += [field for field in view.asked if not find_target(dictionary, view.table, field)]
    if not names:
        return None
    shown = joined(", ", [code(name) for name in dict.fromkeys(names)])
    return notice("Passed over, as an instance does without a word: ", shown, ".", kind="warning")


def _nothing(view: _List, total: int) -> Html:
    if total:
        return group(f"There are only {total:,}. ", link("To the first", replace(view, offset=0).address))
    return group("No record matches. ", link("Show all", addresses.table_address(view.table)) if view.query else None)


def _records(visit: Visit, view: _List, fields: list[str], rows: Sequence[Row]) -> Html:
    cells = read_cells(visit.instance, view.table, rows, fields, visit.caller)
    lines = [_record(view, fields, row, line) for row, line in zip(rows, cells, strict=True)]
    heads = tuple(_head(visit, view, field) for field in fields)
    return table_of(heads, lines, caption=f"Records of {view.table}", class_="list")


def _record(view: _List, fields: list[str], row: Row, cells: dict[str, Cell]) -> Html:
    address = addresses.record_address(row.get(_CLASS) or view.table, row["sys_id"] or "")
    first, *others = fields
    # The first column leads to the record, whatever it refers to itself.
    opening = link(cells[first].text or cells[first].raw or "(empty)", address)
    return tag("tr", tag("td", opening, class_="short"), [_value(cells[field]) for field in others])


def _value(cell: Cell) -> Html:
    return tag("td", tag("div", cell.shown), class_="short" if len(cell.text) <= _SHORT else None)


def _head(visit: Visit, view: _List, field: str) -> Html:
    order = first_order(view.query)
    is_sorted = order is not None and order.field == field
    is_descending = is_sorted and order is not None and order.is_descending
    target = replace(view, query=sorted_by(view.query, field, descending=is_sorted and not is_descending), offset=0)
    mark = (" \u2193" if is_descending else " \u2191") if is_sorted else ""
    return tag(
        "th",
        link(group(_label(visit, view.table, field), mark), target.address, title=f"Sort by {field}"),
        scope="col",
        aria_sort=("descending" if is_descending else "ascending") if is_sorted else None,
    )


def _label(visit: Visit, table: str, field: str) -> Child:
    target = find_target(visit.instance.dictionary, table, field)
    label = target.column.label if target else field
    return (label, tag("small", field)) if "." in field else label


def _pager(view: _List, shown: int, total: int) -> Html:
    last = max(total - 1, 0) // view.limit * view.limit
    places = (
        ("First", 0, view.offset > 0),
        ("Previous", max(view.offset - view.limit, 0), view.offset > 0),
        ("Next", view.offset + view.limit, view.offset + view.limit < total),
        ("Last", last, view.offset + view.limit < total),
    )
    links = [link(label, replace(view, offset=offset).address) for label, offset, is_there in places if is_there]
    span = f"{view.offset + 1:,} to {view.offset + shown:,} of {total:,}" if shown else f"0 of {total:,}"
    return tag(
        "nav",
        joined(" ", [tag("span", span, class_="soft"), *links]),
        class_="pager",
        aria_label="Pages of the list",
    )


def _columns(visit: Visit, view: _List, fields: list[str]) -> Html:
    columns = visit.instance.dictionary.columns(view.table)
    by_label = sorted(columns.values(), key=lambda column: (column.label.lower(), column.element))
    rows = [_column(visit, view, fields, column) for column in by_label]
    heads = ("Label", "Name", "Type", "In the list")
    return tag(
        "details",
        tag("summary", f"{len(columns)} columns"),
        table_of(heads, rows, caption=f"Columns of {view.table}"),
    )


def _column(visit: Visit, view: _List, fields: list[str], column: Column) -> Html:
    is_shown = column.element in fields
    changed = [field for field in fields if field != column.element] if is_shown else [*fields, column.element]
    change = link("Hide" if is_shown else "Show", replace(view, asked=tuple(changed)).address)
    is_known = column.reference in visit.instance.dictionary
    reference = (" to ", link(column.reference, addresses.table_address(column.reference))) if is_known else None
    return tag(
        "tr",
        tag("td", column.label),
        tag("td", code(column.element)),
        tag("td", column.type, reference),
        tag("td", change if changed else None),
    )


def _call(view: _List) -> Call:
    parameters = {
        "sysparm_query": view.query,
        "sysparm_fields": ",".join(view.asked),
        "sysparm_limit": str(view.limit),
        "sysparm_offset": str(view.offset or ""),
    }
    return Call(
        "GET", f"/api/now/table/{view.table}", tuple((name, value) for name, value in parameters.items() if value)
    )
