"""Storage of the local instance: rows of all tables and contents of attachments, in SQLite."""

from pysnow.sandbox.store.errors import DuplicateKey, SchemaMismatch, StoreError, UnknownColumn
from pysnow.sandbox.store.store import Row, Store, Values

__all__ = ["DuplicateKey", "Row", "SchemaMismatch", "Store", "StoreError", "UnknownColumn", "Values"]
