"""One condition with everything that its meaning depends on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.query.compiled import Fragment
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.joins import Joins, Operand
from pysnow.sandbox.query.operators import Operator


@dataclass(frozen=True, slots=True)
class Question:
    """A condition on a column that exists.

    Attributes:
        operand: The column.
        operator: What is asked of it.
        text: What follows the operator.
        context: Who asks, and when.
        joins: Finds further columns.
        dictionary: Knows tables and classes.
    """

    operand: Operand
    operator: Operator
    text: str
    context: QueryContext
    joins: Joins
    dictionary: Dictionary


Answer: TypeAlias = Callable[[Question], Fragment | None]
"""Gives the SQL of a condition; None when it makes no sense."""
