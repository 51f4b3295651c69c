"""Obedience to business rules that callers have written into ``sys_script``."""

from __future__ import annotations

from pysnow.sandbox.instance.business_rules import AbortingRule
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.platform import same
from pysnow.sandbox.instance.refusals import OperationFailed
from pysnow.sandbox.query.ast import EncodedQuery
from pysnow.sandbox.query.compile import compile


def refuse_aborted(change: Change) -> None:
    """Refuse a write that a business rule aborts; to be called while the row is stored as the write leaves it.

    Raises:
        OperationFailed: Names the first such rule (wording recorded by PySNC's live tests).
    """
    platform = change.platform
    lineage = platform.dictionary.ancestors(change.table)
    for rule in platform.business_rules.aborting(lineage, change.operation):
        if _applies(rule, change):
            raise OperationFailed(
                f"Operation against file '{change.table}' was aborted by Business Rule '{rule.name}^{rule.sys_id}'."
                f" Business Rule Stack:{rule.name}"
            )


def _applies(rule: AbortingRule, change: Change) -> bool:
    """Ask the store itself, so that a rule's condition means what it means in a list."""
    platform, caller = change.platform, change.caller
    own = (same("sys_id", change.sys_id),)
    query = EncodedQuery(groups=tuple((own, *group) for group in rule.query.groups or ((),)))
    context = platform.query_context(caller.sys_id, caller.user_name, caller.zone)
    return platform.store.count(change.table, compile(platform.dictionary, change.table, query, context)) > 0
