"""Rows printed as JSON by SQLite itself: one expression per list, in the place of ninety values to fetch and write.

Invariants: the text is what Python writes for the same members, without whitespace, escapes for control characters
only; a link holds its key as it is. Keys that a URL would escape are rare enough to leave their rows to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.compiled import Fragment, Join
from pysnow.sandbox.query.joins import Joins, Operand
from pysnow.sandbox.store.rows import projection
from pysnow.sandbox.store.statements import Projection

# SQLite takes 127 arguments of one function; a member is two.
_MOST_MEMBERS = 60
_MOST_KEYS = 120

# What a URL holds as it is (RFC 3986, "Unreserved Characters").
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_NUL = rb"\u0000"


@dataclass(frozen=True, slots=True)
class JsonMember:
    """One member of the objects.

    Attributes:
        path: Its name: a column or a dotted path.
        link: What the links of a reference begin with; empty for a value without a link.
        is_blank: Whether the value is never shown: an empty text stands for it.
    """

    path: str
    link: str = ""
    is_blank: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class JsonShape:
    """What the rows of a table look like as JSON objects; a shape equals itself alone.

    Attributes:
        table: The table.
        members: The members, in order; their paths exist.
    """

    table: str
    members: tuple[JsonMember, ...]


def json_rows(dictionary: Dictionary, shape: JsonShape, given: tuple[Join, ...]) -> Projection | None:
    """Give the expressions that print a row: its object, and the keys in its links, for ``checked_objects``.

    Args:
        dictionary: Knows the columns.
        shape: What to print.
        given: Joins that the query has made already.

    Returns:
        The expressions; None when a path is beyond what can be joined, or an object beyond what can be printed.
    """
    joins = Joins(dictionary, shape.table, given)
    found = [(member, operand) for member in shape.members if (operand := joins.resolve(member.path))]
    pieces = _pieces(shape.members)
    if len(found) < len(shape.members) or pieces is None:
        return None
    members = [_member(member, operand) for member, operand in found]
    keys = [operand.sql for member, operand in found if member.link]
    row = _joined([_object(members[piece]) for piece in pieces])
    # As bytes: text would be decoded only to be encoded again.
    sql = f"CAST({row.sql} AS BLOB), CAST({_texts(keys)} AS BLOB)"
    return Projection(Fragment(sql, row.params), joins.added())


def checked_objects(rows: Sequence[tuple[bytes, bytes | None]]) -> list[bytes] | None:
    """Give the objects; None if a link would have to escape its key."""
    objects = [text for text, _ in rows]
    linked = [keys for _, keys in rows if keys is not None]
    if not linked:
        return objects
    keys = b"".join(linked)
    if keys.translate(None, _UNRESERVED):
        return None
    # SQLite ends a key at a NUL where it lists them, not where it prints them.
    return None if any(_NUL in text for text in objects) else objects


def _pieces(members: Sequence[JsonMember]) -> list[slice] | None:
    """Cut the members of an object into pieces that one function can print, each but the last ending in a text.

    The braces between two pieces are trimmed away: behind a text there is one, behind a reference a second.
    """
    pieces = []
    start = 0
    while len(members) - start > _MOST_MEMBERS:
        ends = range(start + _MOST_MEMBERS, start, -1)
        end = next((end for end in ends if not members[end - 1].link), None)
        if end is None:
            return None
        pieces.append(slice(start, end))
        start = end
    return [*pieces, slice(start, None)]


def _joined(objects: Sequence[Fragment]) -> Fragment:
    *others, last = objects
    if not others:
        return last
    head = _joined(others)
    return Fragment(f"rtrim({head.sql}, '}}') || ',' || ltrim({last.sql}, '{{')", head.params + last.params)


def _object(members: Sequence[Fragment]) -> Fragment:
    arguments = ", ".join(member.sql for member in members)
    return Fragment(f"json_object({arguments})", tuple(value for member in members for value in member.params))


def _member(member: JsonMember, operand: Operand) -> Fragment:
    """Give name and value; names are those of the dictionary, which checked them."""
    if member.is_blank:
        return Fragment(f"'{member.path}', ''")
    if not member.link:
        return Fragment(f"'{member.path}', ifnull({projection(operand)}, '')")
    key = operand.sql
    printed = f"CASE WHEN {key} IS NULL THEN '' ELSE json_object('link', ? || {key}, 'value', {key}) END"
    return Fragment(f"'{member.path}', {printed}", (member.link,))


def _texts(expressions: Sequence[str]) -> str:
    """Give the expression of several texts, one after the other; NULL adds nothing, and stands where there are none."""
    groups = [expressions[at : at + _MOST_KEYS] for at in range(0, len(expressions), _MOST_KEYS)]
    return " || ".join(f"printf('{'%s' * len(group)}', {', '.join(group)})" for group in groups) or "NULL"
