"""Operators of encoded queries ("Operators available for filters and queries", product documentation)."""

from __future__ import annotations

from enum import Enum


class Operator(Enum):
    """What a condition asks of a column; the value is the operator as documented."""

    EQUALS = "="
    NOT_EQUALS = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT IN"
    IS_EMPTY = "ISEMPTY"
    IS_NOT_EMPTY = "ISNOTEMPTY"
    EMPTY_STRING = "EMPTYSTRING"
    ANYTHING = "ANYTHING"
    CONTAINS = "LIKE"
    NOT_CONTAINS = "NOT LIKE"
    STARTS_WITH = "STARTSWITH"
    ENDS_WITH = "ENDSWITH"
    SAME_AS = "SAMEAS"
    NOT_SAME_AS = "NSAMEAS"
    GREATER_FIELD = "GT_FIELD"
    LESS_FIELD = "LT_FIELD"
    GREATER_OR_EQUAL_FIELD = "GT_OR_EQUALS_FIELD"
    LESS_OR_EQUAL_FIELD = "LT_OR_EQUALS_FIELD"
    ON = "ON"
    NOT_ON = "NOTON"
    RELATIVE_GREATER = "RELATIVEGT"
    RELATIVE_LESS = "RELATIVELT"
    RELATIVE_GREATER_OR_EQUAL = "RELATIVEGE"
    RELATIVE_LESS_OR_EQUAL = "RELATIVELE"
    RELATIVE_EQUAL = "RELATIVEEE"
    DATE_PART = "DATEPART"
    MORE_THAN = "MORETHAN"
    LESS_THAN = "LESSTHAN"
    INSTANCE_OF = "INSTANCEOF"
    DYNAMIC = "DYNAMIC"
    IN_HIERARCHY = "IN_HIERARCHY"
    IN_HIERARCHY_DYNAMIC = "IN_HIERARCHY_DYNAMIC"
    DOES_NOT_HAVE_TAG = "DOESNOTHAVE"
    EXCLUDING_TAG = "EXCLUDING"
    CHANGES = "VALCHANGES"
    CHANGES_FROM = "CHANGESFROM"
    CHANGES_TO = "CHANGESTO"
    NONE = ""
    """No operator was found: stray text."""


TOKENS: dict[str, Operator] = {
    **{operator.value: operator for operator in Operator if operator is not Operator.NONE},
    "NOTIN": Operator.NOT_IN,
    "CONTAINS": Operator.CONTAINS,
    "*": Operator.CONTAINS,
    "NOTLIKE": Operator.NOT_CONTAINS,
    "DOES NOT CONTAIN": Operator.NOT_CONTAINS,
    "!*": Operator.NOT_CONTAINS,
    "%": Operator.ENDS_WITH,
}
"""Every way to write an operator."""
