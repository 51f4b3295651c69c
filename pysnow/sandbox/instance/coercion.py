"""Raw values of a request, turned into what is stored.

An instance never refuses a raw value: what does not fit a column's type leaves the field empty, and a text that is too
long is cut by the database layer. Every function here returns the canonical stored form, so that two spellings of one
value compare equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.dictionary.types import Kind, boolean_value, date_value, length_of
from pysnow.sandbox.instance.durations import read_duration
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.passwords import hash_password
from pysnow.sandbox.instance.refusals import NotEmulated

# The instance's own currency: amounts in it are stored as plain numbers.
REFERENCE_CURRENCY = "USD"

_AMOUNT = re.compile(r"(?:([A-Za-z]{3});)?(.*)", re.DOTALL)
_SCALES: Mapping[str, int] = MappingProxyType({"decimal": 2, "percent_complete": 2, "float": 7})
_MONEY_SCALE = 4
_LONG_TYPES = frozenset({"longint", "long"})

# DECIMAL(15,2) and DOUBLE both hold 15 digits for certain; more could not be read back as written.
_MOST_DIGITS = 15


def text_of(value: object) -> str:
    """Return a JSON value as the text an instance makes of it: ``true``, empty for None, JSON for an object."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def stored_value(column: Column, value: object) -> str | None:
    """Return the stored form of a raw value, None for empty.

    Args:
        column: The column it goes to.
        value: Any JSON value.

    Raises:
        NotEmulated: An amount in a currency for which there is no exchange rate.
    """
    text = text_of(value)
    if not text:
        return None
    return _READERS[form_of(column.type)](column, text) or None


def _read_text(column: Column, text: str) -> str | None:
    length = length_of(column)
    return text[:length] if length else text


def _read_boolean(_column: Column, text: str) -> str | None:
    return "true" if boolean_value(text) else "false"


def _read_integer(column: Column, text: str) -> str | None:
    number = _number(text)
    if number is None:
        return None
    limit = 2 ** (63 if column.type in _LONG_TYPES else 31)
    # MySQL keeps the nearest value the column can hold.
    return str(min(max(int(number), -limit), limit - 1))


def _read_decimal(column: Column, text: str) -> str | None:
    return _scaled(text, _SCALES[column.type])


def _read_money(column: Column, text: str) -> str | None:
    """Read ``12.5`` or ``USD;12.5``."""
    match = _AMOUNT.fullmatch(text.strip())
    currency, amount = (match[1], match[2]) if match else (None, text)
    if currency and currency.upper() != REFERENCE_CURRENCY:
        raise NotEmulated(
            f"Amounts in {currency.upper()}: only {REFERENCE_CURRENCY} is known, in column {column.element}"
        )
    return _scaled(amount, _MONEY_SCALE)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < 40 else None


def _scaled(text: str, scale: int) -> str | None:
    number = _number(text)
    if number is None or number.adjusted() >= _MOST_DIGITS:
        return None
    digits = min(scale, max(_MOST_DIGITS - 1 - number.adjusted(), 0))
    plain = f"{number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain == "-0" else plain


def _read_password(column: Column, text: str) -> str | None:
    """Hash a password; what has to be given out again, as a running token has, is kept ("Password (2 Way Encrypted)").

    An instance encrypts such values with a key of its own. Here the key would lie beside them and protect nothing.
    """
    return hash_password(text) if column.type == "password" else _read_text(column, text)


_READERS: Mapping[Form, Callable[[Column, str], str | None]] = MappingProxyType(
    {
        Form.TEXT: _read_text,
        Form.BOOLEAN: _read_boolean,
        Form.INTEGER: _read_integer,
        Form.DECIMAL: _read_decimal,
        Form.MONEY: _read_money,
        Form.DATE_TIME: lambda _, text: date_value(Kind.DATE_TIME, text),
        Form.DATE: lambda _, text: date_value(Kind.DATE, text),
        Form.TIME: lambda _, text: date_value(Kind.TIME, text),
        Form.DURATION: lambda _, text: read_duration(text.strip()),
        Form.REFERENCE: _read_text,
        Form.REFERENCE_LIST: lambda column, text: _read_text(column, ",".join(list_items(text))),
        Form.DOCUMENT: _read_text,
        Form.DOMAIN: _read_text,
        Form.TABLE_NAME: _read_text,
        Form.FIELD_NAME: _read_text,
        Form.JOURNAL: lambda _column, _text: None,  # kept in sys_journal_field, never in the row
        Form.PASSWORD: _read_password,
        Form.NOTHING: lambda _column, _text: None,
    }
)


def list_items(text: str) -> list[str]:
    """Return the entries of a comma-joined list, without blanks around them."""
    return [item for part in text.split(",") if (item := part.strip())]
