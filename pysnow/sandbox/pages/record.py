"""One record: its fields as people and programs see them, its journal, its attachments, and what may refer to it."""

from __future__ import annotations

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.instance.date_formats import show_date_time
from pysnow.sandbox.instance.display_names import display_names
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.journals import JOURNAL_TABLE
from pysnow.sandbox.instance.platform import Row, same
from pysnow.sandbox.markup import Html, group, joined, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.cells import Cell, read_cells
from pysnow.sandbox.pages.known import known_record
from pysnow.sandbox.pages.layout import code, link, page, see_other, table_of
from pysnow.sandbox.pages.replay import Call
from pysnow.sandbox.pages.spellings import spellings
from pysnow.sandbox.pages.visit import Visit

_FORM = "default"


def show_record(visit: Visit, table: str, sys_id: str) -> Answer:
    """Show a record; through a parent table, send the visitor on to its real class, as the platform's own UI does.

    Raises:
        PageError: 404, there is no such table or record.
    """
    name, row = known_record(visit.instance, table, sys_id)
    if name != table:
        return see_other(addresses.record_address(name, sys_id))
    definition = visit.instance.dictionary.table(table)
    title = display_names(visit.instance.platform, table, {sys_id}).get(sys_id) or sys_id
    beside = [_attachments(visit, row), _journal(visit, table, row)]
    return page(
        visit,
        f"{definition.label} {title}",
        tag(
            "div", tag("div", _fields(visit, table, row)), tag("div", beside) if any(beside) else None, class_="beside"
        ),
        _referrers(visit, table, sys_id),
        tag("details", tag("summary", "The same over REST"), spellings(visit, _call(table, sys_id))),
        way=[("Tables", addresses.HOME), (definition.label, addresses.table_address(table))],
    )


def _fields(visit: Visit, table: str, row: Row) -> Html:
    columns = visit.instance.dictionary.columns(table)
    shown = [element for element, column in columns.items() if form_of(column.type) not in (Form.JOURNAL, Form.NOTHING)]
    cells = read_cells(visit.instance, table, [row], shown, visit.caller)[0]
    ordered = _in_order(visit, table, {element: columns[element] for element in shown})
    filled = [element for element in ordered if cells[element].text or cells[element].raw]
    empty = [element for element in ordered if element not in filled]
    return group(
        table_of(
            ("Field", "Shown", "Stored, where it differs"),
            [_field(columns[element], cells[element]) for element in filled],
            caption=f"Fields of this {table}",
            class_="fields",
        ),
        _empty_fields([columns[element] for element in empty]) if empty else None,
    )


def _in_order(visit: Visit, table: str, columns: dict[str, Column]) -> list[str]:
    """Order columns as on the form, then by label; what the system writes comes last."""
    form = [element for element in visit.instance.view_columns(table, _FORM) or () if element in columns]
    display = visit.instance.dictionary.display_column(table)
    by_label = sorted(columns, key=lambda element: (element.startswith("sys_"), columns[element].label.lower()))
    first = [display] if display in columns and display else []
    return list(dict.fromkeys((*first, *form, *by_label)))


def _field(column: Column, cell: Cell) -> Html:
    return tag(
        "tr",
        tag("th", column.label, " ", tag("small", code(column.element)), scope="row"),
        tag("td", cell.shown),
        tag("td", code(cell.raw) if cell.raw != cell.text and cell.text else None, class_="raw"),
    )


def _empty_fields(columns: list[Column]) -> Html:
    names = joined(", ", [(column.label, " ", code(column.element)) for column in columns])
    return tag("details", tag("summary", f"{len(columns)} empty fields"), tag("p", names, class_="soft"))


def _attachments(visit: Visit, row: Row) -> Html | None:
    files = sorted(
        visit.instance.platform.attachments_of(row["sys_id"] or ""), key=lambda file: file["file_name"] or ""
    )
    if not files:
        return None
    return group(tag("h2", "Attachments"), tag("ul", [_attachment(visit, file) for file in files], class_="cards"))


def _attachment(visit: Visit, file: Row) -> Html:
    address = addresses.attachment_address(file["sys_id"] or "")
    size = file.get("size_bytes") or ""
    about = (file.get("content_type"), ", ", f"{int(size):,}" if size.isdecimal() else size, " bytes")
    return tag(
        "li",
        tag("p", link(file.get("file_name") or "(no name)", address, download="")),
        tag("p", about, tag("br"), _moment(visit, file), " by ", file.get("sys_created_by"), class_="soft"),
    )


def _journal(visit: Visit, table: str, row: Row) -> Html | None:
    platform = visit.instance.platform
    entries = list(platform.rows_where(JOURNAL_TABLE, same("element_id", row["sys_id"] or "")))
    if not entries:
        return None
    names = platform.user_display_names({entry.get("sys_created_by") or "" for entry in entries})
    newest_first = sorted(entries, key=lambda entry: (entry.get("sys_created_on") or "", entry["sys_id"] or ""))[::-1]
    cards = [_entry(visit, table, entry, names) for entry in newest_first]
    return group(tag("h2", "Journal"), tag("ol", cards, class_="cards"))


def _entry(visit: Visit, table: str, entry: Row, names: dict[str, str]) -> Html:
    element, author = entry.get("element") or "", entry.get("sys_created_by") or ""
    column = visit.instance.dictionary.column(table, element)
    head = (tag("strong", names.get(author, author)), " ", tag("span", _moment(visit, entry), class_="soft"), " ")
    kind = tag("span", column.label if column else element, class_="chip odd" if element == "work_notes" else "chip")
    return tag("li", tag("p", head, kind), tag("p", entry.get("value"), class_="text"))


def _moment(visit: Visit, row: Row) -> str:
    caller = visit.caller
    return show_date_time(row.get("sys_created_on") or "", caller.zone, caller.date_time_format)


def _referrers(visit: Visit, table: str, sys_id: str) -> Html | None:
    """List what may refer to the record, as filtered lists; nothing is counted, for some lists are long to search."""
    dictionary = visit.instance.dictionary
    lineage = set(dictionary.ancestors(table))
    found = [
        (dictionary.table(name).label, column.label, addresses.table_address(name, query=f"{column.element}={sys_id}"))
        for name in dictionary.names()
        for column in dictionary.table(name).columns
        if column.reference in lineage and form_of(column.type) is Form.REFERENCE and column.reference_key == "sys_id"
    ]
    if not found:
        return None
    items = [tag("li", link(f"{label}: {field}", address)) for label, field, address in sorted(found)]
    return tag("details", tag("summary", "What may refer to this record"), tag("ul", items, class_="columns"))


def _call(table: str, sys_id: str) -> Call:
    return Call("GET", f"/api/now/table/{table}/{sys_id}")
