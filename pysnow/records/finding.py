"""Records of one table: the only one, the first, the one known by a value, the one of a sys_id, all by a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from pysnow.encoded_query import Order, parse
from pysnow.exceptions import InvalidUsage, MultipleResults, NoResults, RecordNotFound
from pysnow.field_value import raw_value
from pysnow.params_builder import field_list
from pysnow.records.dictionary import display_column
from pysnow.records.matching import asked_values, candidates, described, holding, only_one, refuse_offset
from pysnow.records.preparing import prepared_query
from pysnow.records.record import Record
from pysnow.records.same_home import refuse_stranger
from pysnow.walking.query_branches import orders_of
from pysnow.writing.query_echo import missing_columns, unknown_column
from pysnow.writing.record_look_up import is_number

if TYPE_CHECKING:
    from pysnow._types import Query
    from pysnow.params_builder import DisplayValue
    from pysnow.table import Table

__all__ = ["KeyedRecords", "OnDuplicate", "by_key", "by_sys_id", "by_value", "column_of", "first_of", "only_of"]

OnDuplicate: TypeAlias = Literal["raise", "last", "list"]
"""What to do about two records with one key."""

KeyedRecords: TypeAlias = "dict[str, Record] | dict[str, list[Record]]"

_MORE: Final = 100
"""Rows of a page when access rules hide the first ones, and those behind them are looked through."""

_Default = TypeVar("_Default")


def only_of(
    table: Table,
    query: Query | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    default: _Default | EllipsisType,
    *,
    strict: bool | None = None,
) -> Record | _Default:
    """Give the only record that matches: one GET of two rows; more only where rows are hidden.

    Raises:
        NoResults: There is none, and no default.
        MultipleResults: There is more than one.
    """
    rows = _visible(table, query, fields, display_value, wanted=2, strict=strict)
    if len(rows) > 1:
        ids = ", ".join(str(row.get("sys_id") and row.sys_id) for row in rows)
        raise MultipleResults(f"More than one record of {table.name} matches, such as {ids}", table=table.name)
    return rows[0] if rows else _absent(table, default)


def first_of(
    table: Table,
    query: Query | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    default: _Default | EllipsisType,
    order_by: str | Iterable[str] | None,
    *,
    strict: bool | None = None,
) -> Record | _Default:
    """Give the first record that matches: one GET of one row; more where rows are hidden.

    Raises:
        NoResults: There is none, and no default.
    """
    rows = _visible(table, query, fields, display_value, wanted=1, order_by=order_by, strict=strict)
    return rows[0] if rows else _absent(table, default)


def by_value(
    table: Table,
    value: object,
    columns: Mapping[str, object],
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    *,
    exactly: bool = True,
) -> Record:
    """Give the only record that holds a value in its display column, or values in the columns that are named.

    Raises:
        InvalidUsage: Neither or both are given, or a value is empty.
        NoResults: There is none.
        MultipleResults: There is more than one; the error lists them.
        QueryIgnored: The table has no such column.
    """
    if (value is None) == (not columns):
        raise InvalidUsage("find() needs a value, or columns: find('Network'), or find(email='ada@example.com')")
    known_by = prepared_query(table, dict(columns)) if columns else {display_column(table, table.name): value}
    asked = asked_values(known_by)
    # What is compared is stored values: where people's words are wanted, the record is found first, and then read.
    wanted = field_list(table.parameters.fields if fields is None else fields)
    # Nor can all columns be asked for with some behind references beside them.
    is_read_again = _mode(table, display_value) is True or (not wanted and any("." in name for name in asked))
    mode = False if is_read_again else display_value
    rows = candidates(table, asked, wanted or list(asked) if wanted or is_read_again else (), display_value=mode)
    missing = missing_columns(rows[0], asked) if rows else []
    if missing:
        raise unknown_column(missing[0], table.name, rows[0])
    near = holding(rows, asked, exactly=False)
    found = only_one(holding(rows, asked) if exactly else near, described(asked), table.name, near=near)
    if is_read_again:
        return _existing(by_sys_id(table, found["sys_id"], fields, display_value, ...))
    extra = set(asked) - set(wanted) - {"sys_id"} if wanted else set()
    return Record({name: found[name] for name in found if name not in extra}, table, display_value=display_value)


def by_sys_id(
    table: Table,
    sys_id: object,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    default: _Default | EllipsisType,
) -> Record | _Default:
    """Give the record of a sys_id: one GET.

    Raises:
        InvalidUsage: It is no sys_id, nor anything that holds one; nothing was sent.
        RecordNotFound: There is no such record, or it may not be read, and there is no default.
    """
    refuse_stranger(table, sys_id)
    path = f"/{_sys_id_in(sys_id)}"
    mode = _mode(table, display_value)
    params = {"sysparm_display_value": mode if isinstance(mode, str) else str(mode).lower()}
    if wanted := _with_sys_id(table, fields):
        params["sysparm_fields"] = ",".join(wanted)
    try:
        return Record(table.request("GET", path, params=params).one(), table, display_value=mode)
    except RecordNotFound:
        if isinstance(default, EllipsisType):
            raise
        return default


def by_key(
    table: Table,
    by: str,
    query: Query | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    on_duplicate: OnDuplicate,
) -> KeyedRecords:
    """Give all records that match, by the value of a column; see ``Table.dict``."""
    if on_duplicate not in ("raise", "last", "list"):
        raise InvalidUsage(f"on_duplicate must be 'raise', 'last' or 'list', not {on_duplicate!r}")
    lists: dict[str, list[Record]] = {}
    for key, record in _keyed(table, by, query, fields, display_value):
        same = lists.setdefault(key, [])
        if same and on_duplicate == "raise":
            raise MultipleResults(
                f"Two records of {table.name} have {by} {key!r}: {same[0].sys_id} and {record.sys_id}. Pass "
                "on_duplicate='last' or 'list' if that is fine",
                table=table.name,
            )
        same.append(record)
    return lists if on_duplicate == "list" else {key: same[-1] for key, same in lists.items()}


def column_of(table: Table, name: str, query: Query | None, order_by: str | Iterable[str] | None) -> list[str]:
    """Give the stored values of a column, of all records that match; see ``Table.column``."""
    known = prepared_query(table, query)
    with table.iterate(known, ["sys_id", name], order_by=order_by, display_value=False) as rows:
        return [_stored(row, name, table) for row in rows]


def _visible(
    table: Table,
    query: Query | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
    wanted: int,
    order_by: str | Iterable[str] | None = None,
    strict: bool | None = None,
) -> list[Record]:
    """As many of the matching records as are wanted; rows that access rules hide are passed over."""
    refuse_offset(table)
    mode, columns = _mode(table, display_value), _with_sys_id(table, fields)
    order = None if order_by is None else _spelt(orders_of(order_by))  # asked for twice
    answer = table.get(query, limit=wanted, fields=columns or None, display_value=mode, order_by=order, strict=strict)
    rows: list[dict[str, Any]] = answer.all()
    if len(rows) < wanted and answer.truncated:
        rows = _walked_rows(table, prepared_query(table, query), columns, mode, wanted, order, strict)
    return [Record(row, table, display_value=mode) for row in rows]


def _walked_rows(
    table: Table,
    query: Query | None,
    columns: list[str],
    mode: DisplayValue,
    wanted: int,
    order: list[str] | None,
    strict: bool | None,
) -> list[dict[str, Any]]:
    """The first visible rows, behind others that are hidden."""
    text = table._walked(query, None).query
    order = order or _spelt(parse(text).orders) or None
    options: dict[str, Any] = {"limit": wanted, "order_by": order, "page_size": _MORE, "verify": "off"}
    with table.iterate(text, columns or None, display_value=mode, strict=strict, **options) as rows:
        return list(rows)


def _spelt(orders: Iterable[Order]) -> list[str]:
    return [f"{'-' if order.descending else ''}{order.field}" for order in orders]


def _keyed(
    table: Table,
    by: str,
    query: Query | None,
    fields: Iterable[str] | str | None,
    display_value: DisplayValue | None,
) -> Iterator[tuple[str, Record]]:
    mode, columns = _mode(table, display_value), _with_sys_id(table, fields)
    if "." in by and not columns:
        raise InvalidUsage(f"All columns come without those behind references, so without {by!r}: pass fields, too")
    wanted = [*columns, by] if columns and by not in columns else columns
    extra = by if columns and by not in columns else None
    with table.iterate(prepared_query(table, query), wanted or None, display_value=mode) as rows:
        for row in rows:
            record = Record(row, table, display_value=mode)
            if by not in record:
                raise unknown_column(by, table.name, record)
            key = str(record.field(by))
            if extra is not None:
                del record[extra]
            yield key, record


def _stored(row: Mapping[str, Any], name: str, table: Table) -> str:
    if name not in row:
        raise unknown_column(name, table.name, row)
    return str(raw_value(row[name]))


def _with_sys_id(table: Table, fields: Iterable[str] | str | None) -> list[str]:
    """Columns to ask for, the sys_id among them, by which a record is saved; empty for all."""
    named = field_list(table.parameters.fields if fields is None else fields)
    return named if not named or "sys_id" in named else [*named, "sys_id"]


def _mode(table: Table, display_value: DisplayValue | None) -> DisplayValue:
    return table.parameters.display_value if display_value is None else display_value


def _sys_id_in(value: object) -> object:
    """The sys_id of a record, of a reference, or itself."""
    if isinstance(value, Record):
        return value.sys_id
    named = value.get("sys_id") if isinstance(value, Mapping) and "value" not in value else value
    stored = raw_value(named)
    if not isinstance(stored, str) or not stored or "/" in stored:
        raise InvalidUsage(f"A sys_id, a record or a reference is needed, not {value!r:.80}")
    if is_number(stored):
        raise InvalidUsage(
            f"{stored!r} is a number, not a sys_id: use one({{'number': {stored!r}}}), or client.lookup()"
        )
    return stored


def _absent(table: Table, default: _Default | EllipsisType) -> _Default:
    if isinstance(default, EllipsisType):
        raise NoResults(f"No record of {table.name} matches, or it may not be read", table=table.name)
    return default


def _existing(record: Record | EllipsisType) -> Record:
    assert isinstance(record, Record)  # without a default, there is one or an error
    return record
