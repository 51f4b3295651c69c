"""Build an encoded query step by step: field, condition, AND/OR/NQ, next field."""

from __future__ import annotations

from datetime import tzinfo
from typing import Self

from pysnow.encoded_query import Caret, EncodedQuery, check_name, print_condition, print_order
from pysnow.exceptions import QueryEmpty, QueryExpressionError, QueryMissingField, QueryMultipleExpressions
from pysnow.query_moments import BUILDER_MOMENTS, moments_in
from pysnow.query_operators import FieldOperators
from pysnow.query_values import as_text, comparison_text, short

__all__ = ["QueryBuilder"]


class QueryBuilder(EncodedQuery, FieldOperators["QueryBuilder"]):
    """Builds an encoded query (``sysparm_query``); ``str()`` prints it, in time linear in its length.

    Every method returns the builder itself, so calls can be chained::

        QueryBuilder().field("number").starts_with("INC").AND().field("state").equals(["1", "2"])

    There are no parentheses: ``OR`` joins only the conditions next to it, and ``NQ`` starts another query whose rows
    are added. A builder grows with each call; threads must not share one that is still being built.

    A value is always data: a caret in it is escaped, and only a ``Script`` is sent as a script.

    Args:
        tz: Zone of naive datetimes. When given, every datetime, in ``between`` too, is written as a UTC literal, and
            comparisons with a date are with the midnight at which it begins there. When not, aware datetimes are
            converted to UTC all the same, naive ones and dates are written as they are, and ``between`` lets the
            instance read naive ends in the time zone of the account.
        caret: ``"escape"`` writes a caret of a value as ``^^``, ``"refuse"`` raises ``QueryTypeError``.

    Raises:
        InvalidUsage: ``tz`` is no ``tzinfo``.

    Attributes:
        current_field: Column that the next condition is about, or None.
        c_oper: Operator of the last condition or order, or None when one is due.
        l_oper: ``^``, ``^OR`` or ``^NQ`` when a condition must follow, else None.
    """

    def __init__(self, *, tz: tzinfo | None = None, caret: Caret = "escape") -> None:
        self.current_field: str | None = None
        self.c_oper: str | None = None
        self.l_oper: str | None = None
        self._caret: Caret = caret
        self._moments = BUILDER_MOMENTS if tz is None else moments_in(tz)
        self._parts: list[str] = []
        self._field_waits = False
        self._group_has_condition = False

    def field(self, field: str) -> Self:
        """Name the column that the next condition is about.

        Args:
            field: Column, dot-walked if need be: ``caller_id.department.name``.

        Raises:
            QueryTypeError: it is no column name.
        """
        self.current_field = check_name(field)
        self._field_waits = True
        return self

    # -- conditions

    def equals(self, data: object) -> QueryBuilder:
        """Match a value (``=``), one of several (``IN``), or empty columns (``ISEMPTY``).

        Args:
            data: A value; a list, tuple or set of values; or None, for empty columns.

        Raises:
            QueryTypeError: a value is of a type that a query cannot carry, or a member of a list holds a comma.
        """
        return self._equal(data)

    def not_equals(self, data: object) -> QueryBuilder:
        """Match all but a value (``!=``) or several (``NOT IN``), or columns that are not empty (``ISNOTEMPTY``).

        Empty columns are not matched.

        Args:
            data: A value; a list, tuple or set of values; or None, for columns that are not empty.

        Raises:
            QueryTypeError: as for :meth:`equals`.
        """
        return self._unequal(data)

    def greater_than(self, greater_than: object) -> QueryBuilder:
        """Match what is above a value (``>``).

        Args:
            greater_than: Number, date, datetime, ISO 8601 text, numeric text, or ``Script``.

        Raises:
            QueryTypeError: the value is of another type, or a text that is neither a number nor a date.
        """
        return self._condition(">", comparison_text(greater_than, self._moments))

    def greater_than_or_equal(self, greater_than: object) -> QueryBuilder:
        """Match what is not below a value (``>=``); see :meth:`greater_than`."""
        return self._condition(">=", comparison_text(greater_than, self._moments))

    def less_than(self, less_than: object) -> QueryBuilder:
        """Match what is below a value (``<``); see :meth:`greater_than`."""
        return self._condition("<", comparison_text(less_than, self._moments))

    def less_than_or_equal(self, less_than: object) -> QueryBuilder:
        """Match what is not above a value (``<=``); see :meth:`greater_than`."""
        return self._condition("<=", comparison_text(less_than, self._moments))

    def text_search(self, words: str) -> QueryBuilder:
        """Match rows whose text index holds all these words (``123TEXTQUERY321``); needs no field."""
        return self.field("123TEXTQUERY321")._condition("=", as_text(words))

    # -- orders

    def order_ascending(self) -> Self:
        """Order by the current field, lowest first (``ORDERBY``)."""
        return self._order(descending=False)

    def order_descending(self) -> Self:
        """Order by the current field, highest first (``ORDERBYDESC``)."""
        return self._order(descending=True)

    # -- what joins them

    def AND(self) -> Self:
        """Demand the next condition as well (``^``).

        Raises:
            QueryExpressionError: there is no condition before it.
        """
        return self._join("^")

    def OR(self) -> Self:
        """Offer the next condition instead of the one before (``^OR``).

        Raises:
            QueryExpressionError: there is no condition before it, or an order stands there.
        """
        if self.c_oper == "ORDERBY":
            raise QueryExpressionError("OR() joins the conditions next to it: put orders last")
        return self._join("^OR")

    def NQ(self) -> Self:
        """Begin another query, whose rows are added (``^NQ``).

        Raises:
            QueryExpressionError: the query before it has no condition.
        """
        if not self._group_has_condition:
            raise QueryExpressionError("NQ() must be preceded by a condition")
        self._join("^NQ")
        self._group_has_condition = False
        return self

    def __repr__(self) -> str:
        return f"<QueryBuilder {short(''.join(self._parts))}>"

    def __str__(self) -> str:
        """Print the encoded query.

        Raises:
            QueryEmpty: nothing was added.
            QueryMissingField: ``AND``, ``OR`` or ``NQ`` stands at the end.
            QueryExpressionError: a field at the end has no condition.
        """
        if not self._parts:
            raise QueryEmpty("the query is empty: name a field() and add a condition")
        if self.current_field is None:
            raise QueryMissingField("the query ends with an operator: a field() and a condition must follow")
        if self._field_waits:
            raise QueryExpressionError(f"field({self.current_field!r}) has no condition: add one, such as equals()")
        return "".join(self._parts)

    def _condition(self, operator: str, operand: str = "") -> QueryBuilder:
        if self.current_field is None:
            raise QueryMissingField("a condition needs a field: call field() first")
        if self.c_oper is not None:
            raise QueryMultipleExpressions("two conditions in a row: call AND(), OR() or NQ() between them")
        self._parts.append(print_condition(self.current_field, operator, operand, caret=self._caret))
        self._group_has_condition = True
        return self._took(operator)

    def _order(self, descending: bool) -> Self:
        if self.current_field is None:
            raise QueryMissingField("an order needs a field: call field() first")
        if self.l_oper not in (None, "^"):
            raise QueryExpressionError("a condition must follow OR() and NQ(): put orders last, after AND()")
        order = print_order(self.current_field, descending)
        self._parts.append(order if self.l_oper or not self._parts else f"^{order}")
        return self._took("ORDERBY")

    def _took(self, operator: str) -> Self:
        self.c_oper = operator
        self.l_oper = None
        self._field_waits = False
        return self

    def _join(self, operator: str) -> Self:
        if self.c_oper is None or self._field_waits:
            raise QueryExpressionError("AND(), OR() and NQ() must be preceded by a condition")
        self._parts.append(operator)
        self.current_field = None
        self.c_oper = None
        self.l_oper = operator
        self._field_waits = False
        return self
