"""Encoded queries, the language of ``sysparm_query``: the one place that prints and parses them.

::

    query      := group ( "^NQ" group )*            groups are OR-ed
    group      := term ( "^" term )*                terms are AND-ed
    term       := condition ( "^OR" condition )* | directive
    condition  := field operator [operand]
    directive  := ORDERBY field | ORDERBYDESC field | GROUPBY field | EQ | RLQUERY .. ^ENDRLQUERY | ...

There are no parentheses: ``^OR`` joins only the conditions next to it. A caret that belongs to a value is written
twice. Between field, operator and operand stands nothing at all, so the text itself decides where an operator ends:
the first place where one can begin, and there the longest one. Hence the rule that keeps this module honest: **what is
printed is read back, and what does not come back as it was meant is refused.**
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.query_values import SCRIPT_PREFIX, Script, list_text, literal, short, value_text

__all__ = [
    "AnyOf",
    "Caret",
    "Condition",
    "Directive",
    "EncodedQuery",
    "Operand",
    "Order",
    "Query",
    "Script",
    "add_to_branches",
    "check_name",
    "is_torn",
    "parse",
    "print_condition",
    "print_equality",
    "print_mapping",
    "print_order",
    "split_terms",
]

Caret: TypeAlias = Literal["escape", "refuse"]
"""What to do with a caret in a value: write it as ``^^``, or refuse it."""

Operand: TypeAlias = str | Script | tuple[str | Script, ...]
"""What a condition compares with: one text or script, or the parts of an operator that takes several."""

_WITHOUT_OPERAND = frozenset({"ISEMPTY", "ISNOTEMPTY", "ANYTHING", "EMPTYSTRING", "VALCHANGES"})
_WITH_LIST = frozenset({"IN", "NOT IN", "NOTIN"})
_RELATIVE = frozenset({"RELATIVEGT", "RELATIVELT", "RELATIVEGE", "RELATIVELE", "RELATIVEEE"})
_WITH_PARTS = _RELATIVE | {"BETWEEN", "ON", "NOTON", "DATEPART", "SAMEAS", "NSAMEAS", "MORETHAN", "LESSTHAN"}
_WITH_VALUE = frozenset(
    {"=", "!=", "<", "<=", ">", ">=", "*", "!*", "%"}
    | {"LIKE", "NOT LIKE", "NOTLIKE", "CONTAINS", "DOES NOT CONTAIN", "STARTSWITH", "ENDSWITH"}
    | {"GT_FIELD", "LT_FIELD", "GT_OR_EQUALS_FIELD", "LT_OR_EQUALS_FIELD", "CHANGESFROM", "CHANGESTO"}
    | {"DYNAMIC", "IN_HIERARCHY", "IN_HIERARCHY_DYNAMIC", "INSTANCEOF", "DOESNOTHAVE", "EXCLUDING"}
)
_OPERATORS = _WITHOUT_OPERAND | _WITH_LIST | _WITH_PARTS | _WITH_VALUE

_ANY_OPERATOR = "|".join(re.escape(operator) for operator in sorted(_OPERATORS, key=len, reverse=True))
_NAME = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
# Operators have capitals or signs, names hardly ever do: a capital belongs to the name unless an operator begins there.
# OR, NQ and EQ at the beginning would make another separator of the caret before them.
_CONDITION = re.compile(
    rf"(?!OR|NQ|EQ|GROUPBY|RLQUERY|JOIN|SUBQUERY|END)"
    rf"((?:(?:(?<=[A-Za-z0-9_])\.)?+(?:[a-z0-9_]++|(?=[A-Z])(?!{_ANY_OPERATOR})[A-Z]))++)({_ANY_OPERATOR})(.*)",
    re.DOTALL,
)

# A block holds conditions of its own; elsewhere two carets belong to a value, and one ends the term.
_BLOCK = r"(?:RLQUERY.*?\^ENDRLQUERY|SUBQUERY.*?\^ENDSUBQUERY)(?=\^(?!\^)|\Z)"
_TERM = rf"({_BLOCK}|(?:[^^]++|\^\^)*+)"
_STEP = re.compile(rf"(\A|\^(?:NQ|OR(?!DERBY))?){_TERM}", re.DOTALL)
_DIRECTIVE = re.compile(r"EQ|GROUPBY[A-Za-z0-9_.]+|JOIN.+|RLQUERY.*\^ENDRLQUERY|SUBQUERY.*\^ENDSUBQUERY", re.DOTALL)
_OPENING = re.compile(r"(?:\A|\^)(?:NQ|OR)?(?:RLQUERY|SUBQUERY)")
_ORDER = re.compile(r"ORDERBY(DESC)?(.+)", re.DOTALL)

# How other libraries write comparisons into a mapping: {"priority__lt": 3} and {"priority": ("<", 3)}.
_LOOK_UP = re.compile(
    r"(.+)__(?:n?eq|ne|not|[gl]te?|in|isnull|exact|i?contains|i?startswith|i?endswith|i?like|i?regex|range|between)"
)
_OPERATOR_OF_A_PAIR = frozenset(
    {"=", "==", "!=", "<>", "<", "<=", ">", ">="}
    | {"LIKE", "NOT LIKE", "NOT IN", "CONTAINS", "STARTSWITH", "ENDSWITH", "BETWEEN"}
)


class EncodedQuery:
    """Base of everything whose ``str()`` is an encoded query, ready for ``sysparm_query``."""

    __slots__ = ()


# -- printing ----------------------------------------------------------------------------------------------------------


def check_name(name: object) -> str:
    """Check the name of a column: ASCII letters, digits and ``_``, with dots between the steps of a dot-walk.

    Returns:
        The name.

    Raises:
        QueryTypeError: it is no such name.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return str.__str__(name)  # a member of an Enum that is a str prints as something else
    raise QueryTypeError(f"{short(name)} is no column name: use letters, digits and '_', with '.' between parts")


def print_condition(field: str, operator: str, operand: str = "", *, caret: Caret = "escape") -> str:
    """Print one condition, its carets doubled.

    Args:
        field: Column, dot-walked if need be.
        operator: Operator of the language, such as ``=`` or ``NOT LIKE``.
        operand: Text of the operand, made by :mod:`pysnow.query_values`; may hold carets.
        caret: Whether a caret in the operand is escaped or refused.

    Raises:
        QueryTypeError: the condition would be read as another one, or holds a caret that was to be refused.
    """
    text = f"{field}{operator}{operand}"
    found = _CONDITION.fullmatch(text)
    if found is None or found[2] != operator or found[1] != field:
        raise QueryTypeError(_misread(field, operator, operand))
    if "^" not in operand:
        return text
    if caret != "escape":
        raise QueryTypeError(f"the value of {field} holds a caret, which is refused here: {short(operand)}")
    return f"{field}{operator}{operand.replace('^', '^^')}"


def print_equality(field: str, value: object, *, caret: Caret = "escape") -> str:
    """Print ``field=value``, or ``fieldINa,b`` for a list, tuple or set.

    Raises:
        QueryTypeError: the value is of a type that a query cannot carry, None among them.
    """
    if isinstance(value, (list, tuple, set, frozenset)):
        return print_condition(field, "IN", list_text(value), caret=caret)
    return print_condition(field, "=", value_text(value), caret=caret)


def print_mapping(query: Mapping[str, object], *, caret: Caret = "escape") -> str:
    """Print a mapping of columns to values as equalities, all of which must hold.

    The mapping is only read.

    Raises:
        InvalidUsage: a key is the name of a ``sysparm_`` parameter.
        QueryTypeError: a key is no column name, or a value is one that a query cannot carry. None is refused, because
            a value that is missing by mistake would match all the rows in which the column is empty. So are other
            comparisons than equality, which would be taken for a column or for a list of values.
    """
    return "^".join([_print_item(field, value, caret) for field, value in query.items()])


def print_order(field: str, descending: bool = False) -> str:
    """Print ``ORDERBYfield`` or ``ORDERBYDESCfield``.

    Raises:
        QueryTypeError: the field is no column name, or would be read as another directive.
    """
    if not descending and check_name(field).startswith("DESC"):
        raise QueryTypeError(f"ORDERBY{field} would be read as a descending order; write the column in lower case")
    return f"ORDERBY{'DESC' if descending else ''}{check_name(field)}"


def _print_item(field: object, value: object, caret: Caret) -> str:
    if isinstance(field, str) and field.startswith("sysparm_"):
        name = field.removeprefix("sysparm_")
        raise InvalidUsage(f"{short(field)} is no column: pass it as the argument {short(name)}, or with add_custom()")
    if value is None:
        raise QueryTypeError(
            f"the value of {short(field)} is None: is it missing? Where the column is to be empty, write"
            f" F({short(field)}).is_empty(), or the same with QueryBuilder"
        )
    column = check_name(field)
    _refuse_comparison(column, value)
    return print_equality(column, value, caret=caret)


def _refuse_comparison(field: str, value: object) -> None:
    look_up = _LOOK_UP.fullmatch(field)
    if look_up is not None:
        raise QueryTypeError(
            f"a mapping compares for equality, and {short(field)} would be the name of a column: write a comparison of"
            f" {short(look_up[1])} with F, such as F({short(look_up[1])}) > 1, or with QueryBuilder"
        )
    if isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], str):
        operator = value[0].strip().upper()
        if operator in _OPERATOR_OF_A_PAIR:
            raise QueryTypeError(
                f"a mapping compares for equality, and {short(value)} would be a list of two values: write a comparison"
                f" of {short(field)} with F, such as F({short(field)}) > 1, or with QueryBuilder"
            )


def _misread(field: str, operator: str, operand: str) -> str:
    check_name(field)
    text = f"{field}{operator}{operand}"
    hint = "write the column in lower case" if field != field.lower() else "say it with another operator"
    return f"{short(text)} would not be read as {short(field)}, {operator!r}, {short(operand)}: {hint}"


# -- conditions as values ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; ``str()`` prints it.

    Attributes:
        field: Column, dot-walked if need be.
        operator: Operator as it is written: ``=``, ``NOT LIKE``, ``ISEMPTY`` ...
        operand: Text or :class:`Script`; the parts, for an operator that takes several (``IN``, ``BETWEEN``, ``ON``,
            ``RELATIVEGT`` ...); or ``""`` where there is none.
    """

    field: str
    operator: str
    operand: Operand = ""

    def __str__(self) -> str:
        """Print the condition.

        Raises:
            QueryTypeError: it would be read back as another one.
        """
        text = print_condition(self.field, self.operator, _operand_text(self.operator, self.operand))
        if _read_condition(text) != self:
            raise QueryTypeError(f"{short(text)} would not be read as {short(self)}")
        return text


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions of which one at least must hold: ``a^ORb``; most often there is just one.

    Attributes:
        conditions: The conditions.
    """

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return "^OR".join(map(str, self.conditions))


@dataclass(frozen=True, slots=True)
class Order:
    """An order; it belongs to the whole query, wherever it stands.

    Attributes:
        field: Column.
        descending: Whether the highest value comes first.
    """

    field: str
    descending: bool = False

    def __str__(self) -> str:
        return print_order(self.field, self.descending)


@dataclass(frozen=True, slots=True)
class Directive:
    """A term that is passed on as it is: ``EQ``, ``GROUPBY``, ``JOIN``, ``RLQUERY``, ``SUBQUERY``.

    Attributes:
        text: The term, as it stands in the query.
    """

    text: str

    def __str__(self) -> str:
        return self.text


Term: TypeAlias = AnyOf | Order | Directive


@dataclass(frozen=True, slots=True)
class Query(EncodedQuery):
    """A parsed query; ``str()`` prints it.

    Attributes:
        groups: The parts between ``^NQ``; a row matches that satisfies all the terms of one of them. Without groups,
            every row matches.
    """

    groups: tuple[tuple[Term, ...], ...] = ()

    def __str__(self) -> str:
        return "^NQ".join("^".join(map(str, group)) for group in self.groups)

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders, the most important first."""
        return tuple(term for group in self.groups for term in group if isinstance(term, Order))


def _operand_text(operator: str, operand: Operand) -> str:
    if not isinstance(operand, tuple):
        return _part_text(operand)
    text = ("," if operator in _WITH_LIST else "@").join(map(_part_text, operand))
    return f"@{text}" if operator in _RELATIVE else text


def _part_text(part: str | Script) -> str:
    return literal(part) if isinstance(part, str) else str(part)


# -- parsing -----------------------------------------------------------------------------------------------------------


def parse(text: str) -> Query:
    """Read an encoded query; printed again it is the same, save for terms without any text.

    Raises:
        QueryTypeError: a term of it cannot be read.
    """
    groups: list[list[list[Condition] | Order | Directive]] = [[]]
    for separator, raw in split_terms(text):
        if separator == "^NQ":
            groups.append([])
        if not raw and separator in ("", "^"):
            continue
        if separator == "^OR":
            _alternatives(groups[-1], text).append(_read_condition(raw))
        else:
            groups[-1].append(_read_directive(raw) or [_read_condition(raw)])
    if groups == [[]]:
        return Query()
    if not all(groups):
        raise QueryTypeError(f"{short(text)} cannot be read: nothing stands beside '^NQ'")
    return Query(tuple(tuple(AnyOf(tuple(t)) if isinstance(t, list) else t for t in group) for group in groups))


def add_to_branches(query: str, *terms: Condition | AnyOf | Order) -> str:
    """Add terms to every part of an encoded query that ``^NQ`` sets off, so that they hold for all its rows.

    The query itself need not be one that :func:`parse` can read.

    Args:
        query: Encoded query; empty for all rows.
        terms: What to add, in this order.

    Raises:
        QueryTypeError: the query begins or ends within a term, or a term to add cannot be printed.
    """
    branches: list[list[str]] = [[]]
    for separator, raw in split_terms(query):
        if is_torn(raw) or separator == "^OR" and not (raw and branches[-1]):
            raise QueryTypeError(f"nothing can be added to {short(query)}: it begins or ends within a term")
        if separator == "^NQ":
            branches.append([])
        if raw:
            branches[-1].append(f"^OR{raw}" if separator == "^OR" else f"^{raw}")
    addition = [f"^{term}" for term in terms]
    return "^NQ".join("".join(branch + addition).removeprefix("^") for branch in branches)


def is_torn(raw: str) -> bool:
    """Tell whether a term begins a block, such as ``RLQUERY``, that does not end as it should, or holds another one."""
    if not raw.startswith(("RLQUERY", "SUBQUERY")):
        return False
    return _DIRECTIVE.fullmatch(raw) is None or len(_OPENING.findall(raw)) > 1


def split_terms(text: str) -> Iterator[tuple[str, str]]:
    """Cut a query into pairs of separator (``""``, ``^``, ``^OR``, ``^NQ``) and term, carets still doubled."""
    for step in _STEP.finditer(text):
        yield step[1], step[2]


def _alternatives(group: list[list[Condition] | Order | Directive], text: str) -> list[Condition]:
    if group and isinstance(group[-1], list):
        return group[-1]
    raise QueryTypeError(f"{short(text)} cannot be read: '^OR' does not follow a condition")


def _read_directive(raw: str) -> Order | Directive | None:
    order = _ORDER.fullmatch(raw)
    if order is not None:
        return Order(check_name(order[2]), descending=order[1] is not None)
    return Directive(raw) if _DIRECTIVE.fullmatch(raw) else None


def _read_condition(raw: str) -> Condition:
    found = _CONDITION.fullmatch(raw.replace("^^", "^"))
    if found is None:
        raise QueryTypeError(f"{short(raw)} is no condition that can be read")
    return Condition(found[1], found[2], _read_operand(found[2], found[3]))


def _read_operand(operator: str, text: str) -> Operand:
    if operator in _RELATIVE:
        return tuple(map(_read_part, text.removeprefix("@").split("@")))
    if operator in _WITH_PARTS:
        return tuple(map(_read_part, text.split("@")))
    if operator in _WITH_LIST and not text.startswith(SCRIPT_PREFIX):
        return tuple(map(_read_part, text.split(",")))
    if operator in _WITHOUT_OPERAND and text:
        raise QueryTypeError(f"{operator} takes no value, but {short(text)} follows it")
    return _read_part(text)


def _read_part(text: str) -> str | Script:
    return Script(text.removeprefix(SCRIPT_PREFIX)) if text.startswith(SCRIPT_PREFIX) else literal(text)
