"""The scripts a query may hold (``javascript:...``): expressions that call ``METHODS`` and ``FUNCTIONS`` alone.

Follows "Guarded script" and its list of allowed methods (product documentation). Whatever else is called, nothing is
run, and the condition is dropped (our default: what an instance does then is not documented).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.dates import DATE_METHODS
from pysnow.sandbox.query.expressions import Refused, Value, evaluate_expression, text_of
from pysnow.sandbox.query.users import USER_FUNCTIONS, USER_METHODS, Method

SCRIPT_PREFIX = "javascript:"

Result: TypeAlias = datetime | str

_GLIDE_SYSTEM = "gs."


def _nil(_: QueryContext, arguments: Sequence[str]) -> Value:
    return arguments[0] == ""


METHODS: Mapping[str, Method] = MappingProxyType({**USER_METHODS, **DATE_METHODS, "nil": _nil})
"""What may be called of ``gs``, by name."""

FUNCTIONS: Mapping[str, Method] = USER_FUNCTIONS
"""What may be called by its name alone: script includes of a stock instance."""


def evaluate(script: str, context: QueryContext) -> Result | None:
    """Evaluate what follows ``javascript:``; None when it is not among what is allowed.

    A moment comes as an aware ``datetime`` in UTC, everything else as text: a list joined by commas.
    """
    value = value_of(script, context)
    return value if value is None or isinstance(value, datetime) else text_of(value)


def value_of(script: str, context: QueryContext) -> Value:
    """Evaluate what follows ``javascript:``, and give its value as it is; None when it is not allowed, or no value."""

    def call(path: str, arguments: Sequence[Value]) -> Value:
        method = (
            METHODS.get(path.removeprefix(_GLIDE_SYSTEM)) if path.startswith(_GLIDE_SYSTEM) else FUNCTIONS.get(path)
        )
        if method is None:
            raise Refused(path)
        return method(context, ["" if each is None else text_of(each) for each in arguments])

    try:
        return evaluate_expression(script, call)
    except (Refused, ValueError, OverflowError, IndexError):
        # A missing argument, a date that does not exist, a year beyond 9999.
        return None
