"""The data dictionary of the local instance: tables, columns, types, references, choices, inheritance."""

from pysnow.sandbox.dictionary.dictionary import Dictionary, UnknownTable
from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.dictionary.types import Kind, kind_of, length_of, stored_value

__all__ = [
    "Choice",
    "Column",
    "Dictionary",
    "Kind",
    "Table",
    "UnknownTable",
    "kind_of",
    "length_of",
    "stored_value",
]
