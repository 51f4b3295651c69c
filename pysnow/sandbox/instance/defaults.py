"""Default values of a new row (``sys_dictionary.default_value``)."""

from __future__ import annotations

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import stored_value
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.refusals import NotEmulated

_SCRIPT = "javascript:"
_SCRIPTS = ("gs.getUserID()", "gs.getUserName()", "gs.nowDateTime()")


def is_understood(default: str) -> bool:
    """Tell whether a default value is plain, or one of the few scripts that are understood."""
    return not default.startswith(_SCRIPT) or _code(default) in _SCRIPTS


def default_value(column: Column, caller: Caller, now: str) -> str | None:
    """Return the stored value that a new row gets where the request names none.

    Args:
        column: The column.
        caller: Who creates the row.
        now: The moment of creation, in stored form.

    Raises:
        NotEmulated: The default is a script other than the few that are understood.
    """
    default = column.default
    if default.startswith(_SCRIPT):
        default = _evaluate(_code(default), column, caller, now)
    if not default and form_of(column.type) is Form.BOOLEAN:
        return "false"  # recorded: booleans of new rows are never empty
    return stored_value(column, default)


def _evaluate(script: str, column: Column, caller: Caller, now: str) -> str:
    known = dict(zip(_SCRIPTS, (caller.sys_id, caller.user_name, now), strict=True))
    if script not in known:
        raise NotEmulated(f"Default value of column {column.element}: {script}")
    return known[script]


def _code(default: str) -> str:
    return default.removeprefix(_SCRIPT).strip().rstrip(";")
