"""Why an instance refuses a request.

::

    Refusal
    ├── UnknownTable        the table is not in the dictionary            "Invalid table u_nope"
    ├── RecordNotFound      no such record, or not of that class          "No Record found"
    ├── AccessDenied        insert, update or delete not allowed          "Operation Failed"
    ├── ReadDenied          the table is closed to the caller altogether  "User Not Authorized"
    ├── OperationFailed     a rule, a data policy or a cascade said no    "Operation Failed"
    │   └── DuplicateKey    a unique column already holds the value
    ├── InvalidRequest      the request itself lacks something
    └── NotEmulated         an instance could do it, this one cannot

Which HTTP status each becomes is not decided here.
"""

from __future__ import annotations


class Refusal(Exception):
    """Root of all refusals.

    Attributes:
        message: Short text, the ``message`` of the error envelope.
        detail: Longer text, the ``detail`` of the error envelope; None where an instance answers ``null``.
    """

    message = "Operation Failed"

    def __init__(self, detail: str | None = None) -> None:
        """Refuse, saying why in ``detail``."""
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        """Return message and detail on one line."""
        return f"{self.message}: {self.detail}" if self.detail else self.message


class UnknownTable(Refusal):
    """The table is not in the dictionary (recorded 2026: 400 ``Invalid table u_nope``)."""

    def __init__(self, table: str) -> None:
        """Refuse a table by its name."""
        super().__init__(None)
        self.table = table
        self.message = f"Invalid table {table}"


class RecordNotFound(Refusal):
    """There is no such record, or the caller may not see it; an instance does not tell which."""

    message = "No Record found"

    def __init__(self, detail: str = "Record doesn't exist or ACL restricts the record retrieval") -> None:
        """Refuse with the recorded text."""
        super().__init__(detail)


class AccessDenied(Refusal):
    """An insert, update or delete is not allowed to the caller."""

    def __init__(self, operation: str) -> None:
        """Refuse an operation.

        Args:
            operation: ``Insert``, ``Update`` or ``Delete``, as the recorded text spells it.
        """
        super().__init__(f"ACL Exception {operation} Failed due to security constraints")
        self.operation = operation


class ReadDenied(Refusal):
    """A table is closed: to web services, or to this caller's aggregates.

    The status is documented; the texts are those of a refused REST endpoint (our default).
    """

    message = "User Not Authorized"

    def __init__(self, detail: str = "Failed API level ACL Validation") -> None:
        """Refuse with the documented text."""
        super().__init__(detail)


class OperationFailed(Refusal):
    """A business rule, a data policy or a cascade rule refused the write."""


class DuplicateKey(OperationFailed):
    """A unique column, ``sys_id`` above all, already holds the value (wording: our default)."""

    def __init__(self, value: str, key: str) -> None:
        """Refuse a value.

        Args:
            value: The value that exists already.
            key: Name of the unique column.
        """
        super().__init__(f"Unique Key violation detected by database (Duplicate entry '{value}' for key '{key}')")


class InvalidRequest(Refusal):
    """The request lacks something or asks for what is not allowed, such as a forbidden file extension."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        """Refuse with a message of its own."""
        super().__init__(detail)
        self.message = message


class NotEmulated(Refusal):
    """A real instance does something here that this one does not know; it says so instead of guessing."""

    message = "Not emulated by this sandbox"
