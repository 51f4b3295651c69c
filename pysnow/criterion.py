"""Queries as expressions: ``F.active.eq(True) & (F.priority <= 2) | F.caller_id.is_empty()``.

An expression means what its parentheses say. Encoded queries have none, so an expression that would be read differently
is printed multiplied out, with ``^NQ``; see :mod:`pysnow.query_groups`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import reduce
from typing import NoReturn

from pysnow.encoded_query import EncodedQuery, check_name, print_condition, print_order
from pysnow.enums import Boolean, Comparator, DateTimeOn, Equality, Order
from pysnow.exceptions import QueryExpressionError, QueryTypeError
from pysnow.query_groups import Groups, both, either, one_condition, one_order, separately
from pysnow.query_moments import AWARE_MOMENTS, EXPRESSION_MOMENTS, datetime_as_utc, moments_in
from pysnow.query_operators import FieldOperators
from pysnow.query_values import as_text, expression_text, short

__all__ = [
    "BasicCriterion",
    "BetweenCriterion",
    "Boolean",
    "Comparator",
    "Criterion",
    "DateTimeNotOnCriterion",
    "DateTimeOn",
    "DateTimeOnCriterion",
    "EmptyCriterion",
    "Equality",
    "F",
    "Field",
    "Fields",
    "IsAnythingCriterion",
    "IsEmptyCriterion",
    "IsEmptyStringCriterion",
    "NotEmptyCriterion",
    "Order",
    "OrderCriterion",
    "Table",
    "Term",
    "datetime_as_utc",
    "text_search",
]


# -- criteria ----------------------------------------------------------------------------------------------------------


class Criterion(EncodedQuery, ABC):
    """A condition, an order, or a combination of them; ``str()`` prints it as an encoded query.

    Criteria never change: combining gives a new one, and threads may share them. They have no truth value: ``and``,
    ``or``, ``not`` and ``1 < field < 5``, which would drop all conditions but one, raise ``QueryTypeError``. So does
    ``~``: no query can say "not".
    """

    __slots__ = ()

    def AND(self, other: Criterion) -> Criterion:
        """Demand both; also written ``&``. Orders are added in this way, too.

        Raises:
            QueryTypeError: ``other`` is no criterion.
        """
        return _joined(Boolean.and_, self, other)

    def OR(self, other: Criterion) -> Criterion:
        """Demand one of them at least; also written ``|``.

        Raises:
            QueryTypeError: ``other`` is no criterion.
        """
        return _joined(Boolean.or_, self, other)

    def NQ(self, other: Criterion) -> Criterion:
        """Add the rows of another query (``^NQ``); also written ``^``. The rows are those of :meth:`OR`.

        Raises:
            QueryTypeError: ``other`` is no criterion.
        """
        return _joined(Boolean.nq_, self, other)

    __and__ = AND
    __or__ = OR
    __xor__ = NQ

    def __bool__(self) -> NoReturn:
        raise QueryTypeError("a condition has no truth value: use & and | with parentheses; test with 'is not None'")

    def __invert__(self) -> NoReturn:
        raise QueryTypeError(
            "a condition is not turned round with ~, since queries cannot say 'not': write the opposite, such as"
            " F.state != 1, F.state > 3, is_not_empty() or not_in([1, 2])"
        )

    @staticmethod
    def any(terms: Iterable[Criterion] = ()) -> Criterion:
        """Demand one of several at least; without any, give an :class:`EmptyCriterion`, which matches every row."""
        nothing: Criterion = EmptyCriterion()
        return reduce(Criterion.OR, terms, nothing)

    @staticmethod
    def all(terms: Iterable[Criterion] = ()) -> Criterion:
        """Demand all of several; without any, give an :class:`EmptyCriterion`, which matches every row."""
        nothing: Criterion = EmptyCriterion()
        return reduce(Criterion.AND, terms, nothing)

    def __str__(self) -> str:
        """Print the encoded query, in time linear in its length.

        Raises:
            QueryExpressionError: an order is an alternative, or multiplying out leads to too many conditions.
        """
        return str(self._groups())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {short(str(self))}>"

    @abstractmethod
    def _groups(self) -> Groups:
        """Give the criterion multiplied out, in a form the caller may take apart."""


class EmptyCriterion(Criterion):
    """No condition at all, to begin a loop with; combined with another criterion it is that one."""

    __slots__ = ()

    def _groups(self) -> Groups:
        return Groups()


class BasicCriterion(Criterion):
    """One condition on one field, as the methods of :class:`Field` make it.

    Args:
        field: Column.
        operator: Operator of the query language.
        operand: Text of the operand, made by :mod:`pysnow.query_values`.

    Raises:
        QueryTypeError: the condition would be read as another one.
    """

    __slots__ = ("_text",)

    def __init__(self, field: str, operator: str, operand: str = "") -> None:
        self._text = print_condition(field, operator, operand)

    def _groups(self) -> Groups:
        return one_condition(self._text)


class IsEmptyCriterion(BasicCriterion):
    """The column is empty."""

    __slots__ = ()


class NotEmptyCriterion(BasicCriterion):
    """The column is not empty."""

    __slots__ = ()


class IsEmptyStringCriterion(BasicCriterion):
    """The column holds the empty string."""

    __slots__ = ()


class IsAnythingCriterion(BasicCriterion):
    """The column holds anything, or nothing."""

    __slots__ = ()


class BetweenCriterion(BasicCriterion):
    """The column lies between two ends."""

    __slots__ = ()


class DateTimeOnCriterion(BasicCriterion):
    """The moment lies within a day or a period."""

    __slots__ = ()


class DateTimeNotOnCriterion(BasicCriterion):
    """The moment lies outside a day or a period."""

    __slots__ = ()


class _SameColumn(BasicCriterion):
    """A column compared with itself: not a condition that anyone needs, but what a dict asks of its keys."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # unlike the others, it has an answer
        return True


class OrderCriterion(Criterion):
    """An order by one field.

    Args:
        field: Column.
        order: Direction.

    Raises:
        QueryTypeError: the field is no column name.
    """

    __slots__ = ("_text",)

    def __init__(self, field: str, order: Order = Order.asc) -> None:
        self._text = print_order(field, descending=order is Order.desc)

    def _groups(self) -> Groups:
        return one_order(self._text)


class _Joined(Criterion):
    __slots__ = ("_left", "_operator", "_right")

    def __init__(self, operator: Boolean, left: Criterion, right: Criterion) -> None:
        self._operator = operator
        self._left = left
        self._right = right

    def __repr__(self) -> str:
        try:
            return f"<Criterion {short(str(self))}>"
        except QueryExpressionError:
            return "<Criterion that no query can say>"

    def _groups(self) -> Groups:
        # Not recursive: a loop of ``query &= ...`` makes a tree as deep as it has conditions.
        todo: list[Criterion | Boolean] = [self]
        done: list[Groups] = []
        while todo:
            node = todo.pop()
            if isinstance(node, Boolean):
                right = done.pop()
                done.append(_COMBINATIONS[node](done.pop(), right))
            elif isinstance(node, _Joined):
                todo += (node._operator, node._right, node._left)
            else:
                done.append(node._groups())
        return done[0]


_COMBINATIONS: dict[Boolean, Callable[[Groups, Groups], Groups]] = {
    Boolean.and_: both,
    Boolean.or_: either,
    Boolean.nq_: separately,
}


def _joined(operator: Boolean, left: Criterion, right: Criterion) -> Criterion:
    if not isinstance(right, Criterion):
        raise QueryTypeError(f"a criterion combines with criteria only, not with {type(right).__name__}")
    if isinstance(left, EmptyCriterion):
        return right
    return left if isinstance(right, EmptyCriterion) else _Joined(operator, left, right)


def text_search(words: str) -> Criterion:
    """Match rows whose text index holds all these words (``123TEXTQUERY321``)."""
    return BasicCriterion("123TEXTQUERY321", "=", as_text(words))


# -- fields ------------------------------------------------------------------------------------------------------------

_CRITERIA: dict[str, type[BasicCriterion]] = {
    "ISEMPTY": IsEmptyCriterion,
    "ISNOTEMPTY": NotEmptyCriterion,
    "EMPTYSTRING": IsEmptyStringCriterion,
    "ANYTHING": IsAnythingCriterion,
    "BETWEEN": BetweenCriterion,
    "ON": DateTimeOnCriterion,
    "NOTON": DateTimeNotOnCriterion,
}

_FIELD_COMPARISONS = {">": "GT_FIELD", ">=": "GT_OR_EQUALS_FIELD", "<": "LT_FIELD", "<=": "LT_OR_EQUALS_FIELD"}


class Term(FieldOperators[Criterion]):
    """A column to compare: its methods and operators give criteria.

    Args:
        name: Column, dot-walked if need be.
        tz: Zone of naive datetimes; with it, every datetime is written as a UTC literal, and comparisons with a date
            are with the midnight at which it begins there. Without it, naive datetimes are written with
            ``gs.dateGenerate``, which the instance reads in the time zone of the account. Aware ones are always
            written as UTC literals.

    Raises:
        InvalidUsage: ``tz`` is no ``tzinfo``.
        QueryTypeError: it is no column name.
    """

    def __init__(self, name: str, tz: tzinfo | None = None) -> None:
        self.name = check_name(name)
        self._moments = EXPRESSION_MOMENTS if tz is None else moments_in(tz)

    def eq(self, value: object) -> Criterion:
        """Match what equals a value; also written ``==``.

        Args:
            value: A value (``=``), a list, tuple or set of them (``IN``), None for empty columns (``ISEMPTY``), or
                another field of the row (``SAMEAS``).
        """
        return self.same_as(value) if isinstance(value, Term) else self._equal(value)

    def ne(self, value: object) -> Criterion:
        """Match what differs from a value, empty columns left out; also written ``!=``; argument as for :meth:`eq`."""
        return self.not_same_as(value) if isinstance(value, Term) else self._unequal(value)

    def gt(self, value: object) -> Criterion:
        """Match what is above a value, or above another field of the row; also written ``>``.

        Args:
            value: Number, date, datetime, text, ``Script``, or another field. A text that is an ISO 8601 moment, such
                as ``2026-03-01T12:00:00+02:00``, is written as a UTC literal; any other text as it is.

        Raises:
            QueryTypeError: the value is of another type, or a text that looks like a moment but is none.
        """
        return self._comparison(">", value)

    def gte(self, value: object) -> Criterion:
        """Match what is not below a value, or another field of the row; also written ``>=``; see :meth:`gt`."""
        return self._comparison(">=", value)

    def lt(self, value: object) -> Criterion:
        """Match what is below a value, or below another field of the row; also written ``<``; see :meth:`gt`."""
        return self._comparison("<", value)

    def lte(self, value: object) -> Criterion:
        """Match what is not above a value, or another field of the row; also written ``<=``; see :meth:`gt`."""
        return self._comparison("<=", value)

    __gt__ = gt
    __ge__ = gte
    __lt__ = lt
    __le__ = lte

    # The words of the query builder.
    equals = eq
    not_equals = ne
    greater_than = gt
    greater_than_or_equal = gte
    less_than = lt
    less_than_or_equal = lte

    def __eq__(self, value: object) -> Criterion:  # type: ignore[override]  # the purpose of expressions
        if isinstance(value, Term) and value.name == self.name:
            return _SameColumn(self.name, "SAMEAS", value.name)
        return self.eq(value)

    def __ne__(self, value: object) -> Criterion:  # type: ignore[override]  # the purpose of expressions
        return self.ne(value)

    def __hash__(self) -> int:
        return hash((Term, self.name))

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    like = FieldOperators.contains
    not_like = FieldOperators.not_contains

    def is_in(self, values: object) -> Criterion:
        """Match the members of a list, tuple or set (``IN``)."""
        return self.in_list(values)

    def not_in(self, values: object) -> Criterion:
        """Match what is no member of a list, tuple or set (``NOT IN``)."""
        return self.not_in_list(values)

    def is_same(self, other: Term | str) -> Criterion:
        """Match rows in which another column is equal (``SAMEAS``)."""
        return self.same_as(other)

    def is_different(self, other: Term | str) -> Criterion:
        """Match rows in which another column differs (``NSAMEAS``)."""
        return self.not_same_as(other)

    def order(self, order: Order | str = Order.asc) -> Criterion:
        """Order by this column; add it with ``&``.

        Args:
            order: ``Order.asc`` or ``Order.desc``, or their names as text, in capitals or not.

        Raises:
            QueryTypeError: it is neither.
        """
        if isinstance(order, str) and order.upper() in ("ASC", "DESC"):
            order = Order(order.upper())
        if not isinstance(order, Order):
            raise QueryTypeError(f"an order is 'asc' or 'desc', not {short(order)}")
        return OrderCriterion(self.name, order)

    def _comparison(self, operator: str, value: object) -> Criterion:
        if isinstance(value, Term):
            return self._condition(_FIELD_COMPARISONS[operator], value.name)
        return self._condition(operator, expression_text(value, self._moments))

    def _condition(self, operator: str, operand: str = "") -> Criterion:
        return _CRITERIA.get(operator, BasicCriterion)(self.name, operator, operand)


class Field(Term):
    """A column of a table: ``Field("priority") <= 2``."""


class _Columns:
    """Gives fields by attribute and by item."""

    def __getattr__(self, name: str) -> Field:
        # Protocols such as copying, and notebooks, ask for names with an underscore; no column begins with one.
        if name.startswith("_"):
            raise AttributeError(name)
        return self._column(name)

    def __getitem__(self, name: str) -> Field:
        return self._column(name)

    def _column(self, name: str) -> Field:
        return Field(name)


class Fields(_Columns):
    """Any column: ``F.priority``, ``F["caller_id.vip"]``, ``F("opened_at", tz=UTC)``.

    Unlike other fields, those without ``tz`` refuse naive datetimes.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __call__(self, name: str, tz: tzinfo | None = None) -> Field:
        """Give a field, as :class:`Field` does; without ``tz`` it refuses naive datetimes."""
        return self._column(name) if tz is None else Field(name, tz)

    def _column(self, name: str) -> Field:
        field = Field(name)
        field._moments = AWARE_MOMENTS
        return field


class Table(_Columns):
    """The columns of a table, which is named for the reader only: ``Table("incident").priority``.

    Args:
        table_name: Name of the table.
    """

    def __init__(self, table_name: str) -> None:
        self.table_name = table_name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.table_name!r})"

    def field(self, name: str) -> Field:
        """Give the field of this name, which may be one that an attribute cannot have."""
        return Field(name)


F = Fields()
"""Short for :class:`Field`: ``F.priority <= 2``, ``F["caller_id.vip"].eq(True)``, ``F("state").eq(1)``."""
