"""In which form a column's values are read and shown: finer than how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType

from pysnow.sandbox.dictionary.types import Kind, kind_of


class Form(Enum):
    """How a column's values look to the people and programs that read and write them."""

    TEXT = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    DECIMAL = auto()
    MONEY = auto()
    DATE_TIME = auto()
    DATE = auto()
    TIME = auto()
    DURATION = auto()
    REFERENCE = auto()
    REFERENCE_LIST = auto()
    DOCUMENT = auto()
    DOMAIN = auto()
    TABLE_NAME = auto()
    FIELD_NAME = auto()
    JOURNAL = auto()
    PASSWORD = auto()
    NOTHING = auto()


# Types that are stored alike but read or shown in a way of their own.
_SPECIAL: Mapping[str, Form] = MappingProxyType(
    {
        **dict.fromkeys(("currency", "price", "currency2"), Form.MONEY),
        "document_id": Form.DOCUMENT,
        "domain_id": Form.DOMAIN,
        **dict.fromkeys(("table_name", "sys_class_name"), Form.TABLE_NAME),
        "field_name": Form.FIELD_NAME,
        **dict.fromkeys(("journal", "journal_input", "journal_list"), Form.JOURNAL),
        **dict.fromkeys(("password", "password2", "encrypted_text"), Form.PASSWORD),
    }
)

_ORDINARY: Mapping[Kind, Form] = MappingProxyType(
    {
        Kind.TEXT: Form.TEXT,
        Kind.INTEGER: Form.INTEGER,
        Kind.DECIMAL: Form.DECIMAL,
        Kind.BOOLEAN: Form.BOOLEAN,
        Kind.DATE: Form.DATE,
        Kind.DATE_TIME: Form.DATE_TIME,
        Kind.TIME: Form.TIME,
        Kind.DURATION: Form.DURATION,
        Kind.REFERENCE: Form.REFERENCE,
        Kind.LIST: Form.REFERENCE_LIST,
        Kind.NOTHING: Form.NOTHING,
    }
)


# Asked of every column of every page, by few different types.
@lru_cache(maxsize=256)
def form_of(internal_type: str) -> Form:
    """Return the form of an ``internal_type``; text for types that are not listed."""
    return _SPECIAL.get(internal_type) or _ORDINARY[kind_of(internal_type)]
