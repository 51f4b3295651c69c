"""Rules, roles and closed tables, read from their tables; tables that an instance lacks count as empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pysnow.sandbox.acl.roles import RoleGraph
from pysnow.sandbox.acl.rules import ANY, AccessRule, Name, RuleBook
from pysnow.sandbox.query.ast import Condition, EncodedQuery
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.store import Row, Store

RULE_TABLE, RULE_ROLE_TABLE = "sys_security_acl", "sys_security_acl_role"
ROLE_TABLE, CONTAINED_TABLE = "sys_user_role", "sys_user_role_contains"
USER_ROLE_TABLE, GROUP_ROLE_TABLE = "sys_user_has_role", "sys_group_has_role"
GROUP_TABLE, MEMBER_TABLE = "sys_user_group", "sys_user_grmember"
TABLE_TABLE = "sys_db_object"

_TRUE, _FALSE = "true", "false"
_RECORD = "record"
_DENIAL = "deny"
_RULE_COLUMNS = (
    *("sys_id", "name", "type", "operation", "active", "decision_type"),
    *("admin_overrides", "condition", "advanced", "script"),
)

# The conditions used here hold at any time, for anybody.
_ANY_MOMENT = QueryContext(datetime(2000, 1, 1, tzinfo=UTC))


def load_rules(store: Store, roles: RoleGraph) -> RuleBook:
    """Read the active rules on records and columns."""
    needed: dict[str, set[str]] = defaultdict(set)
    for row in _rows(store, RULE_ROLE_TABLE, ("sys_security_acl", "sys_user_role")):
        # A role that is gone can be held by nobody, but the rule still asks for it.
        needed[row["sys_security_acl"] or ""].add(roles.names.get(row["sys_user_role"] or "", ""))
    rows = _rows(store, RULE_TABLE, _RULE_COLUMNS)
    return RuleBook(_rule(row, frozenset(needed[row["sys_id"] or ""])) for row in rows if _is_active(row))


def load_roles(store: Store) -> RoleGraph:
    """Read how roles and groups hang together."""
    group_roles = _rows(store, GROUP_ROLE_TABLE, ("group", "role", "inherits"))
    groups = _rows(store, GROUP_TABLE, ("sys_id", "parent"))
    return RoleGraph(
        names={row["sys_id"] or "": row["name"] or "" for row in _rows(store, ROLE_TABLE, ("sys_id", "name"))},
        contained=_sets((row["role"], row["contains"]) for row in _rows(store, CONTAINED_TABLE, ("role", "contains"))),
        of_groups=_sets((row["group"], row["role"]) for row in group_roles if row["inherits"] != _FALSE),
        group_parents={row["sys_id"] or "": parent for row in groups if (parent := row["parent"])},
    )


def load_roles_of(store: Store, graph: RoleGraph, user: str) -> frozenset[str]:
    """Read the names of all roles of a user, by the user's sys_id.

    Rows of ``sys_user_has_role`` that tell of inherited roles are passed over: what is inherited follows from groups
    and containing roles at any moment, so that a left group gives no role any more.
    """
    if not user:
        return frozenset()
    given = _rows(store, USER_ROLE_TABLE, ("role", "inherited", "state"), user=user)
    direct = [row["role"] or "" for row in given if row["inherited"] != _TRUE and row["state"] in (None, "active")]
    groups = [row["group"] or "" for row in _rows(store, MEMBER_TABLE, ("group",), user=user)]
    return graph.held(direct, groups)


def load_closed_tables(store: Store) -> frozenset[str]:
    """Read the names of the tables that web services may not reach (``ws_access``)."""
    rows = _rows(store, TABLE_TABLE, ("name",), ws_access=_FALSE)
    return frozenset(row["name"] or "" for row in rows)


def _is_active(row: Row) -> bool:
    return row["active"] != _FALSE and row["type"] in (None, _RECORD)


def _rule(row: Row, roles: frozenset[str]) -> AccessRule:
    return AccessRule(
        name=read_name(row["name"] or ""),
        operation=row["operation"] or "",
        roles=roles,
        condition=row["condition"] or "",
        script=(row["script"] or "") if row["advanced"] == _TRUE else "",
        is_denial=row["decision_type"] == _DENIAL,
        is_overridden_by_admin=row["admin_overrides"] != _FALSE,
    )


def read_name(text: str) -> Name:
    """Read the name of a rule: ``incident``, ``incident.state``, ``incident.*``, ``*`` or ``*.state``."""
    table, _, element = text.partition(".")
    return table or ANY, element


def _sets(pairs: Iterator[tuple[str | None, str | None]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key or ""].add(value or "")
    return dict(found)


def _rows(store: Store, table: str, columns: Sequence[str], **wanted: str) -> Iterator[Row]:
    if table not in store.dictionary:
        return iter(())
    terms = tuple((Condition(element, Operator.EQUALS, value),) for element, value in wanted.items())
    query = compile(store.dictionary, table, EncodedQuery((terms,) if terms else ()), _ANY_MOMENT)
    rows = store.select(table, query, columns=columns)
    return ({**dict.fromkeys(columns), **row} for row in rows)
