"""Storage of the local instance: rows of all tables, in SQLite."""

from pysnow.sandbox.store.errors import DuplicateKey, SchemaMismatch, StoreError, UnknownColumn
from pysnow.sandbox.store.grouping import Group
from pysnow.sandbox.store.store import Row, Store, Values

__all__ = ["DuplicateKey", "Group", "Row", "SchemaMismatch", "Store", "StoreError", "UnknownColumn", "Values"]
