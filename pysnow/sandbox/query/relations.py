"""Conditions that look beyond the row: classes, hierarchies, the caller's groups, related rows, all text of a row."""

from __future__ import annotations

import json
import operator as op
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.dictionary.types import Kind
from pysnow.sandbox.query.ast import EncodedQuery, RelatedListQuery
from pysnow.sandbox.query.compiled import BASE_ALIAS, Fragment
from pysnow.sandbox.query.expressions import text_of
from pysnow.sandbox.query.fragments import EVERYTHING, NOTHING, combined, one_of, piece_of_text
from pysnow.sandbox.query.functions import words_of
from pysnow.sandbox.query.joins import Joins, Operand, class_condition
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.question import Question
from pysnow.sandbox.query.scripts import SCRIPT_PREFIX, value_of

DYNAMIC_ME = "90d1921e5f510100a9ad2572f2b477fe"
"""The stock ``sys_filter_option_dynamic`` row "Me"."""

DYNAMIC_MY_GROUPS = "d6435e965f510100a9ad2572f2b477fe"
"""The stock ``sys_filter_option_dynamic`` row "One of My Groups"."""

# What these two mean even where no rows tell of them.
_STOCK_OPTIONS = {DYNAMIC_ME: "gs.getUserID()", DYNAMIC_MY_GROUPS: "getMyGroups()"}
_TAG_TABLE, _TAG_COLUMNS = "label_entry", ("label", "table_key")
_TAGGED_OR_NOT = {Operator.EQUALS: True, Operator.DOES_NOT_HAVE_TAG: False, Operator.EXCLUDING_TAG: False}
_PARENT = "parent"
_WORDS_RULED_OUT = 5
_COUNT = re.compile(r"(>=|<=|!=|=|>|<)\s*([0-9]{1,9})")
_COMPARE = {"=": op.eq, "!=": op.ne, ">": op.gt, ">=": op.ge, "<": op.lt, "<=": op.le}


@dataclass(frozen=True, slots=True)
class Subselect:
    """What follows ``SELECT`` in a nested query.

    Attributes:
        column: SQL of the one column selected.
        source: ``FROM`` and ``WHERE``.
    """

    column: str
    source: Fragment


_MakeSubselect: TypeAlias = Callable[[str, str, EncodedQuery], Subselect | None]


def subselect(dictionary: Dictionary, table: str, operand: Operand, where: Fragment, joins: Joins) -> Subselect:
    """Give the nested SELECT of one column's values. It is not correlated, so it may reuse the outer aliases."""
    clauses = [join.on for join in joins.added()]
    conditions = [part for part in (class_condition(dictionary, table, BASE_ALIAS), where) if part.sql]
    conditions.append(Fragment(f"{operand.sql} IS NOT NULL"))
    sql = f'FROM "{dictionary.root(table)}" AS {BASE_ALIAS}' + "".join(f" {clause.sql}" for clause in clauses)
    sql += " WHERE " + " AND ".join(f"({part.sql})" for part in conditions)
    return Subselect(
        operand.sql, Fragment(sql, tuple(value for part in (*clauses, *conditions) for value in part.params))
    )


def related_list(related: RelatedListQuery, make: _MakeSubselect) -> Fragment | None:
    """``RLQUERY``: how many rows of another table point here, as far as they satisfy its conditions."""
    count = _COUNT.fullmatch(related.count)
    inner = make(related.table, related.field, related.query)
    if count is None or inner is None:
        return None
    sign, number = count[1], int(count[2])
    # Rows that nothing points to never appear in the inner SELECT: where none is right, exclude the wrong numbers.
    outer, inner_not = ("NOT IN", "NOT ") if _COMPARE[sign](0, number) else ("IN", "")
    sql = (
        f'{BASE_ALIAS}."sys_id" {outer} (SELECT {inner.column} {inner.source.sql} '
        f"GROUP BY {inner.column} HAVING {inner_not}(count(*) {sign} ?))"
    )
    return Fragment(sql, (*inner.source.params, number))


def among(operand: Operand, table: str, path: str, query: EncodedQuery, make: _MakeSubselect) -> Fragment | None:
    """``JOIN`` and ``SUBQUERY``: the value is among those of another table's column."""
    inner = make(table, path, query)
    if inner is None:
        return None
    return Fragment(f"{operand.sql} IN (SELECT {inner.column} {inner.source.sql})", inner.source.params)


def is_instance_of(question: Question) -> Fragment:
    """``INSTANCEOF<class>``: that class or one below it."""
    name, dictionary = question.text, question.dictionary
    return one_of(question.operand.sql, dictionary.descendants(name) if name in dictionary else [name])


def is_dynamic(question: Question) -> Fragment | None:
    """``DYNAMIC<sys_id>``: what the script of that ``sys_filter_option_dynamic`` row gives, or one of its list.

    None where there is no such row, or its script is not among those that are understood.
    """
    keys = _dynamic_keys(question)
    return None if keys is None else one_of(question.operand.sql, keys)


def _dynamic_keys(question: Question) -> list[str] | None:
    option = question.text
    script = question.context.asker.filter_script(option) or _STOCK_OPTIONS.get(option)
    value = value_of(script.removeprefix(SCRIPT_PREFIX), question.context) if script else None
    if value is None:
        return None
    return [text_of(each) for each in (value if isinstance(value, tuple) else (value,))]


def is_in_hierarchy(question: Question) -> Fragment | None:
    """``IN_HIERARCHY<sys_id>``: that record or one below it, along the ``parent`` column of its table.

    ``IN_HIERARCHY_DYNAMIC`` begins at what a dynamic filter option gives; one that is unknown counts as the record
    (our default).
    """
    is_by_option = question.operator is Operator.IN_HIERARCHY_DYNAMIC
    keys = _dynamic_keys(question) if is_by_option else None
    return _is_below(question, [question.text] if keys is None else keys)


def _is_below(question: Question, tops: list[str]) -> Fragment | None:
    operand, dictionary = question.operand, question.dictionary
    target = operand.column.reference if operand.kind is Kind.REFERENCE else operand.table
    if target not in dictionary:
        return None
    parent = dictionary.physical(target, _PARENT)
    if parent is None:
        return one_of(operand.sql, tops)
    root = dictionary.root(target)
    children = f'SELECT c."sys_id" FROM "{root}" AS c JOIN below ON c."{parent.name}" = below.id'
    tree = f"WITH RECURSIVE below(id) AS (SELECT value FROM json_each(?) UNION {children}) SELECT id FROM below"
    return Fragment(f"{operand.sql} IN ({tree})", (json.dumps(tops),))


def text_search(dictionary: Dictionary, table: str, words: str) -> Fragment:
    """``123TEXTQUERY321=<words>``: rows whose text columns together hold every word, whatever the case."""
    names = [
        physical.name
        for element in dictionary.columns(table)
        if not element.startswith("sys_")
        and (physical := dictionary.physical(table, element))
        and physical.kind is Kind.TEXT
    ]
    wanted = words_of(words)
    text = " || ' ' || ".join(f"coalesce({BASE_ALIAS}.\"{name}\", '')" for name in dict.fromkeys(names)) or "''"
    # LIKE is not exact, words being whole, but rules most rows out many times faster.
    likely = [piece_of_text(text, word, "contains") for word in wanted[:_WORDS_RULED_OUT]]
    return combined("AND", [*likely, Fragment(f"snow_has_words({text}, ?)", (" ".join(wanted),))])


def has_tag(dictionary: Dictionary, tag: str, operator: Operator) -> Fragment | None:
    """``sys_tags.<tag>=<tag>``, and ``DOESNOTHAVE`` and ``EXCLUDING``: rows of ``label_entry`` tell who carries a tag.

    Args:
        dictionary: Knows whether there are such rows.
        tag: Key of the tag (``label``).
        operator: What is asked.
    """
    if operator not in _TAGGED_OR_NOT:
        return None
    label, key = (dictionary.physical(_TAG_TABLE, each) if _TAG_TABLE in dictionary else None for each in _TAG_COLUMNS)
    if label is None or key is None:
        return NOTHING if _TAGGED_OR_NOT[operator] else EVERYTHING
    tagged = f'SELECT "{key.name}" FROM "{dictionary.root(_TAG_TABLE)}" WHERE "{label.name}" = ?'
    tagged += f' AND "{key.name}" IS NOT NULL'
    word = "IN" if _TAGGED_OR_NOT[operator] else "NOT IN"
    return Fragment(f'{BASE_ALIAS}."sys_id" {word} ({tagged})', (tag,))
