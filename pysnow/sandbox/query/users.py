"""What scripts of a query may ask about the user who asks: ``gs.getUser...``, roles, groups, delegates.

Names as in the documentation's pages "GlideSystem" and "GlideUser"; each gives what the record of the user holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.expressions import Value

Method: TypeAlias = Callable[[QueryContext, Sequence[str]], Value]

_USER = "getUser()."

# Methods of GlideUser that give a column of sys_user.
_COLUMNS = {
    "getDisplayName": "name",
    "getFullName": "name",
    "getFirstName": "first_name",
    "getLastName": "last_name",
    "getEmail": "email",
    "getCompanyID": "company",
    "getDepartmentID": "department",
    "getLocation": "location",
    "getManagerID": "manager",
}


def _column(element: str) -> Method:
    return lambda context, _: context.asker.column(element)


def _user_id(context: QueryContext, _: Sequence[str]) -> Value:
    return context.user_sys_id


def _user_name(context: QueryContext, _: Sequence[str]) -> Value:
    return context.user_name


def _has_role(context: QueryContext, arguments: Sequence[str]) -> Value:
    """Of several roles, joined by commas, one is enough ("GlideSystem")."""
    return any(context.asker.has_role(name.strip()) for name in arguments[0].split(","))


def _groups(context: QueryContext, _: Sequence[str]) -> Value:
    return context.asker.groups()


def _is_member(context: QueryContext, arguments: Sequence[str]) -> Value:
    return arguments[0] in context.asker.groups()


def _preference(context: QueryContext, arguments: Sequence[str]) -> Value:
    """Give a preference, or else the default named behind it."""
    found = context.asker.preference(arguments[0])
    return found if found is not None else (arguments[1] if len(arguments) > 1 else None)


def _duties(duty: str) -> Method:
    return lambda context, _: (context.user_sys_id, *context.asker.delegators(duty))


USER_METHODS: Mapping[str, Method] = MappingProxyType(
    {
        **dict.fromkeys(("getUserID", "userID", "user_id", f"{_USER}getID"), _user_id),
        **dict.fromkeys(("getUserName", "user", f"{_USER}getName"), _user_name),
        "getUserDisplayName": _column("name"),
        **{f"{_USER}{method}": _column(element) for method, element in _COLUMNS.items()},
        **dict.fromkeys(("hasRole", f"{_USER}hasRole"), _has_role),
        f"{_USER}getMyGroups": _groups,
        f"{_USER}isMemberOf": _is_member,
        **dict.fromkeys(("getPreference", f"{_USER}getPreference"), _preference),
        "isLoggedIn": lambda context, _: bool(context.user_sys_id),
        # Calls of web services are no interactive sessions ("GlideSystem").
        "isInteractive": lambda _context, _: False,
    }
)
"""Methods of ``gs`` that speak of the user."""

USER_FUNCTIONS: Mapping[str, Method] = MappingProxyType(
    {
        "getMyGroups": _groups,
        # The user, and those who delegated to the user (script includes of a stock instance).
        "getMyAssignments": _duties("assignments"),
        "getMyApprovals": _duties("approvals"),
    }
)
"""Script includes about the user that filters call by name."""
