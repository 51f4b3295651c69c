"""Business rules that are rows of ``sys_script``, as far as they abort writes; nothing else of them is run.

Obeyed are active rules "before" a write that abort it by their own setting (``abort_action``), or by a script that does
nothing else: ``current.setAbortAction(true)``, with messages or without. Such messages never reach a caller of a web
service. Of a rule's conditions the encoded query counts; a rule that also has a script condition or roles, or asks what
changes (``VALCHANGES``), is not obeyed, since nobody here could tell when it applies.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pysnow.sandbox.query.ast import Condition, EncodedQuery
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.parse import parse
from pysnow.sandbox.store import Row, Store

RULE_TABLE = "sys_script"

_OPERATIONS = ("insert", "update", "delete")
_CHANGES = frozenset({Operator.CHANGES, Operator.CHANGES_FROM, Operator.CHANGES_TO})

_MESSAGE = r"""gs\.add(?:Error|Info)Message\(\s*(?:"[^"\\\n]*"|'[^'\\\n]*')\s*\)"""
_BESIDE = rf"(?:\s|;|{_MESSAGE}|//[^\n]*)*"
_ABORTING_SCRIPT = re.compile(
    r"\s*(?:\(\s*function\s+executeRule\(\s*current\s*,\s*previous[^)]*\)\s*\{)?"
    rf"{_BESIDE}current\.setAbortAction\(\s*true\s*\){_BESIDE}"
    r"(?:\}\s*\)\s*\(\s*current\s*,\s*previous\s*\)\s*;?)?\s*"
)


@dataclass(frozen=True, slots=True)
class AbortingRule:
    """A business rule that aborts writes.

    Attributes:
        sys_id: Key of the rule.
        name: Its name.
        table: Table it belongs to; it applies to that table and all that extend it.
        operations: Writes it applies to: ``insert``, ``update``, ``delete``.
        query: Which rows it applies to.
    """

    sys_id: str
    name: str
    table: str
    operations: frozenset[str]
    query: EncodedQuery


class BusinessRules:
    """The business rules of one store that abort writes. Threads may share it.

    What it read is kept until ``forget``: every write asks.
    """

    def __init__(self, store: Store) -> None:
        """Read nothing yet.

        Args:
            store: Where the rules are kept.
        """
        self._store = store
        self._kept: tuple[AbortingRule, ...] | None = None

    def forget(self) -> None:
        """Read everything anew when it is needed next; to be called within the transaction that changes it."""
        self._kept = None

    def aborting(self, lineage: Collection[str], operation: str) -> Iterator[AbortingRule]:
        """Give the rules that abort a kind of write, in their ``order``; to be called within that write's transaction.

        Args:
            lineage: Class of the row and all above it.
            operation: ``insert``, ``update`` or ``delete``.
        """
        kept = self._kept
        if kept is None:
            kept = self._kept = self._read()
        return (rule for rule in kept if rule.table in lineage and operation in rule.operations)

    def _read(self) -> tuple[AbortingRule, ...]:
        if RULE_TABLE not in self._store.dictionary:
            return ()
        rows = [row for row in self._store.select(RULE_TABLE) if _aborts(row)]
        rows.sort(key=lambda row: (int(row["order"] or 0), row["sys_id"] or ""))
        return tuple(map(_rule_of, rows))


def _aborts(row: Row) -> bool:
    if row["active"] != "true" or row["when"] != "before" or row["condition"] or row["role_conditions"]:
        return False
    is_scripted = row["advanced"] == "true" and _ABORTING_SCRIPT.fullmatch(row["script"] or "") is not None
    return (row["abort_action"] == "true" or is_scripted) and not _asks_for_changes(
        parse(row["filter_condition"] or "")
    )


def _asks_for_changes(query: EncodedQuery) -> bool:
    clauses = (clause for group in query.groups for term in group for clause in term)
    return any(isinstance(clause, Condition) and clause.operator in _CHANGES for clause in clauses)


def _rule_of(row: Row) -> AbortingRule:
    return AbortingRule(
        sys_id=row["sys_id"] or "",
        name=row["name"] or "",
        table=row["collection"] or "",
        operations=frozenset(each for each in _OPERATIONS if row[f"action_{each}"] == "true"),
        query=parse(row["filter_condition"] or ""),
    )
