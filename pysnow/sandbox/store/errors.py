"""What can go wrong in the store."""

from __future__ import annotations


class StoreError(Exception):
    """Root of the errors that the store raises itself."""


class DuplicateKey(StoreError):
    """A row with that ``sys_id``, or with that value in a unique column, exists already.

    Attributes:
        table: Table of the row that was refused.
    """

    def __init__(self, table: str, reason: str) -> None:
        """Say which table refused the row, and the database's reason."""
        super().__init__(f"table {table!r}: a row with this key exists already ({reason})")
        self.table = table


class UnknownColumn(StoreError):
    """A value was given for a column that the table does not have."""


class SchemaMismatch(StoreError):
    """A store file does not fit this program or this dictionary."""
