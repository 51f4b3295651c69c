"""What a caller writes for ``related=``, read into values. Nothing is sent here.

::

    "change_task"                                        a name that the schema, or the dictionary, knows
    ["change_task", "approvals"]                         several
    [("change_task", "change_request")]                  table and foreign key
    {"change_task": {"fields": ["number"], "query": "active=true", "order_by": "number", "limit_per_parent": 5}}
    {"tasks": {"table": "change_task", "foreign_key": "change_request"}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pysnow.encoded_query import check_name
from pysnow.exceptions import InvalidUsage
from pysnow.params_builder import ParamsBuilder, field_list
from pysnow.query_values import short
from pysnow.schema.definitions import Relationship, read_relationship
from pysnow.schema.near_misses import did_you_mean
from pysnow.url_builder import checked_table
from pysnow.writing.record_look_up import as_query

if TYPE_CHECKING:
    from pysnow.params_builder import DisplayValue

__all__ = ["Related", "Wanted", "read_related"]

Related: TypeAlias = (
    "str | Relationship | Iterable[str | tuple[str, str] | Relationship] "
    "| Mapping[str, Mapping[str, Any] | tuple[str, str] | None]"
)
"""Relations that are wanted: names, pairs of table and foreign key, or a dict of names with options."""

_OF_ROWS: Final = frozenset({"fields", "query", "order_by", "limit_per_parent", "display_value"})
_OF_RELATION: Final = frozenset({"table", "foreign_key", "type", "filter", "through", "far_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One relation that is wanted.

    Attributes:
        name: Under which name its rows are found.
        given: How to find them, where the caller said so; None to look the name up.
        fields: Columns of its rows; all when empty.
        query: Encoded query that they have to match, too.
        order_by: Their order, as for :meth:`pysnow.Table.iterate`.
        limit_per_parent: Most of them that a record gets; None for all.
        display_value: How they are read; None for as the records are.
    """

    name: str
    given: Relationship | None = None
    fields: tuple[str, ...] = ()
    query: str = ""
    order_by: str | tuple[str, ...] | None = None
    limit_per_parent: int | None = None
    display_value: DisplayValue | None = None


def read_related(table: str, related: Related) -> tuple[Wanted, ...]:
    """Read what a caller wrote for ``related=``.

    Args:
        table: The table whose records are read.
        related: What was written.

    Raises:
        InvalidUsage: It cannot be read, or names one thing twice.
    """
    if isinstance(related, Mapping):
        wanted = tuple(_of_options(table, name, options) for name, options in related.items())
    elif isinstance(related, (str, Relationship)):
        wanted = (_of_entry(table, related),)
    elif isinstance(related, Iterable):
        wanted = tuple(_of_entry(table, entry) for entry in related)
    else:
        raise InvalidUsage(f"related must be names of relations, pairs, or a dict of them; not {short(related)}")
    names = [one.name for one in wanted]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidUsage(f"related names {twice!r} twice: give one of them another name, in a dict")
    return wanted


def _of_entry(table: str, entry: object) -> Wanted:
    if isinstance(entry, str):
        return Wanted(name=_checked_title(entry))
    if isinstance(entry, Relationship):
        return Wanted(name=entry.name, given=entry)
    if isinstance(entry, (tuple, list)) and len(entry) == 2:
        return Wanted(name=_checked_title(entry[0]), given=_pair(table, entry[0], entry))
    raise InvalidUsage(f"related takes names and pairs such as ('change_task', 'change_request'), not {short(entry)}")


def _of_options(table: str, name: object, options: object) -> Wanted:
    title = _checked_title(name)
    if options is None:
        return Wanted(name=title)
    if isinstance(options, Relationship):
        return Wanted(name=title, given=options)
    if isinstance(options, (tuple, list)) and len(options) == 2:
        return Wanted(name=title, given=_pair(table, title, options))
    if not isinstance(options, Mapping):
        raise InvalidUsage(f"Options of the relation {title!r} must be a dict or a pair, not {short(options)}")
    for option in options:
        if option not in _OF_ROWS | _OF_RELATION:
            near = did_you_mean(str(option), _OF_ROWS | _OF_RELATION)
            raise InvalidUsage(f"The relation {title!r} has no option {option!r}{near}")
    about = {key: value for key, value in options.items() if key in _OF_RELATION}
    given = read_relationship(table, title, about) if about else None
    return _with_options(Wanted(name=title, given=given), options)


def _with_options(wanted: Wanted, options: Mapping[str, Any]) -> Wanted:
    limit = options.get("limit_per_parent")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise InvalidUsage(f"limit_per_parent must be a whole number of 1 or more, not {short(limit)}")
    shown = options.get("display_value")
    if shown not in (None, True, False, "all"):
        raise InvalidUsage(f"display_value must be True, False or 'all', not {short(shown)}")
    order = options.get("order_by")
    fields = options.get("fields")
    query = options.get("query")
    return Wanted(
        name=wanted.name,
        given=wanted.given,
        fields=() if fields is None else tuple(field_list(fields)),
        query="" if query is None else ParamsBuilder.stringify_query(as_query(query)),
        order_by=order if order is None or isinstance(order, str) else tuple(order),
        limit_per_parent=limit,
        display_value=shown,
    )


def _pair(table: str, name: str, pair: tuple[Any, ...] | list[Any]) -> Relationship:
    return Relationship(name, table, checked_table(pair[0]), check_name(pair[1]))


def _checked_title(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise InvalidUsage(f"A relation has a name, not {short(name)}")
    return name
