"""Where development by a user goes: the application and the update set that the user has chosen.

An instance keeps the choice as preferences of the user (``sys_user_preference``): ``apps.current_app`` holds the
sys_id of an application (``sys_scope``), ``sys_update_set`` that of an update set. The names are as developers report
them; the vendor documents the pickers, and not what lies behind.

It is read here, and not changed: how a session that has begun takes up a changed preference is not documented either,
and what is tracked in the wrong update set shows only when that is moved to another instance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.encoded_query import Condition, add_to_branches
from pysnow.exceptions import IncompleteResult, MultipleResults, PermissionDenied, QueryIgnored

if TYPE_CHECKING:
    from pysnow.response import Response
    from pysnow.table import Table

__all__ = ["Application", "Context", "UpdateSet", "read_context"]

Tables: TypeAlias = "Callable[[str], Table]"

_APPLICATION: Final = "apps.current_app"
_UPDATE_SET: Final = "sys_update_set"
_PREFERENCES: Final = "sys_user_preference"
_ROWS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Application:
    """An application that was chosen.

    Attributes:
        sys_id: Its key in ``sys_scope``; ``global`` for the global one.
        name: Its name; None when its row is gone, or may not be read.
        scope: Its namespace, such as ``x_acme_app``; None likewise.
    """

    sys_id: str
    name: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateSet:
    """An update set that was chosen.

    Attributes:
        sys_id: Its key in ``sys_update_set``.
        name: Its name; None when its row is gone, or may not be read.
        state: ``in progress``, ``complete`` or ``ignore``; None likewise.
        application: The sys_id of the application whose changes it takes; None likewise.
    """

    sys_id: str
    name: str | None = None
    state: str | None = None
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a user has chosen, and a session that begins now begins with.

    Attributes:
        user: The sys_id of the user.
        application: The application; None when the user has chosen none.
        update_set: The update set; None when the user has chosen none, and the platform takes the default one.
    """

    user: str
    application: Application | None
    update_set: UpdateSet | None


def read_context(tables: Tables, user: str) -> Context:
    """Read what a user has chosen: one GET, and one more for each of application and update set.

    Args:
        tables: Gives the resource of a table.
        user: The sys_id of the user.

    Raises:
        IncompleteResult: The user's preferences may not be read.
        MultipleResults: A preference is there twice, with different values.
        QueryIgnored: The instance sends preferences of others.
        PysnowException: It did not answer, or not well.
    """
    chosen = _chosen(tables(_PREFERENCES), user)
    return Context(user, _application(tables, chosen.get(_APPLICATION)), _update_set(tables, chosen.get(_UPDATE_SET)))


def _application(tables: Tables, sys_id: str | None) -> Application | None:
    if sys_id is None:
        return None
    return Application(sys_id, **_row(tables("sys_scope"), sys_id, ("name", "scope")))


def _update_set(tables: Tables, sys_id: str | None) -> UpdateSet | None:
    if sys_id is None:
        return None
    return UpdateSet(sys_id, **_row(tables("sys_update_set"), sys_id, ("name", "state", "application")))


def _chosen(preferences: Table, user: str) -> dict[str, str]:
    """Values of the two preferences, those without a value left out."""
    names = Condition("name", "IN", (_APPLICATION, _UPDATE_SET))
    answer = _ask(preferences, add_to_branches("", Condition("user", "=", user), names), ("user", "name", "value"))
    rows = answer.all()
    if any(row.get("user") != user for row in rows):
        raise QueryIgnored("The instance sends preferences of other users", table=_PREFERENCES)
    if (answer.total or 0) > len(rows):
        raise IncompleteResult("The preferences of the calling user may not be read", table=_PREFERENCES)
    found: dict[str, str] = {}
    for row in rows:
        name, value = row.get("name") or "", row.get("value")
        if value and found.setdefault(name, value) != value:
            raise MultipleResults(f"The calling user has two preferences named {name}", table=_PREFERENCES)
    return found


def _row(table: Table, sys_id: str, columns: tuple[str, ...]) -> dict[str, str | None]:
    """Some columns of a row; none when it is gone, or may not be read."""
    try:
        row = _ask(table, str(Condition("sys_id", "=", sys_id)), ("sys_id", *columns)).one_or_none()
    except PermissionDenied:
        return {}
    if row is None or row.get("sys_id") != sys_id:
        return {}
    return {name: row.get(name) or None for name in columns}


def _ask(table: Table, query: str, columns: tuple[str, ...]) -> Response:
    return table.get(
        query, limit=_ROWS_MAX, fields=columns, display_value=False, exclude_reference_link=True, strict=False
    )
