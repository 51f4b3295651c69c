"""The encoded query language: a reader of its own, and a compiler to SQL.

``parse`` turns the text of ``sysparm_query`` into values, ``compile`` turns those into a condition for the store.
"""

from pysnow.sandbox.query.ast import (
    Condition,
    EncodedQuery,
    JoinQuery,
    Order,
    RelatedListQuery,
    SubQuery,
)
from pysnow.sandbox.query.compile import compile
from pysnow.sandbox.query.compiled import CompiledQuery
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.parse import parse, parse_condition

__all__ = [
    "CompiledQuery",
    "Condition",
    "EncodedQuery",
    "JoinQuery",
    "Operator",
    "Order",
    "QueryContext",
    "RelatedListQuery",
    "SubQuery",
    "compile",
    "parse",
    "parse_condition",
]
