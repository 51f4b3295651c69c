"""The ``sysparm_*`` parameters of a call."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias

from pysnow.defaults import LIMIT_RECORDS
from pysnow.encoded_query import EncodedQuery, check_name, print_mapping
from pysnow.exceptions import InvalidUsage, QueryTypeError
from pysnow.query_values import refuse, short, value_text

if TYPE_CHECKING:
    from pysnow._types import Query

__all__ = ["DisplayValue", "ParamsBuilder", "field_list", "wire_params"]

DisplayValue: TypeAlias = bool | Literal["all"]
"""Raw values, display values, or both."""


class ParamsBuilder:
    """Holds parameters and checks them as they are set; threads must not share one that is still being changed."""

    # What the Table API reads from a request that writes; the rest would be taken for filters or ignored.
    _OF_WRITES: ClassVar = (
        "sysparm_fields",
        "sysparm_display_value",
        "sysparm_exclude_reference_link",
        "sysparm_view",
    )

    def __init__(self) -> None:
        self._custom_params: dict[str, Any] = {}
        self._sysparms: dict[str, Any] = _defaults()

    def __repr__(self) -> str:
        usual = _defaults()
        changed = [
            f"{name.removeprefix('sysparm_')}={short(value)}"
            for name, value in self._sysparms.items()
            if value != usual[name]
        ]
        # Only the names of the others: what they hold is not known here, and may be a secret.
        custom = [f"custom_params={short(sorted(self._custom_params))}"] if self._custom_params else []
        return f"<ParamsBuilder {' '.join(changed + custom) or 'of defaults'}>"

    @staticmethod
    def stringify_query(query: Query) -> str:
        """Print a query.

        Args:
            query: ``QueryBuilder`` or expression; mapping of columns to values, all of which must hold; or encoded
                query, taken as it is. An empty text or mapping matches every row.

        Raises:
            InvalidUsage: the query is of another type, None among them, or cannot be printed.
        """
        if isinstance(query, (str, EncodedQuery)):
            return str(query)
        if isinstance(query, Mapping):
            return print_mapping(query)
        raise InvalidUsage(f"a query must be a QueryBuilder, an expression, a dict or a str, not {_type(query)}")

    def add_custom(self, params: dict[str, Any]) -> None:
        """Add parameters of any name; they win over the properties.

        Args:
            params: Names and values.

        Raises:
            InvalidUsage: it is no dict, or a name is no text.
        """
        if not isinstance(params, dict):
            raise InvalidUsage(f"custom parameters must be a dict, not {_type(params)}")
        if not all(isinstance(name, str) for name in params):
            raise InvalidUsage("names of custom parameters must be texts")
        self._custom_params.update(params)

    @property
    def custom_params(self) -> dict[str, Any]:
        """The parameters that were added with :meth:`add_custom`."""
        return self._custom_params

    @property
    def query(self) -> str:
        """The encoded query (``sysparm_query``); set it to anything that :meth:`stringify_query` takes."""
        return str(self._sysparms["sysparm_query"])

    @query.setter
    def query(self, query: Query) -> None:
        self._sysparms["sysparm_query"] = self.stringify_query(query)

    @property
    def limit(self) -> int:
        """Most records to return (``sysparm_limit``)."""
        return int(self._sysparms["sysparm_limit"])

    @limit.setter
    def limit(self, limit: int) -> None:
        self._sysparms["sysparm_limit"] = _whole_number("limit", limit)

    @property
    def offset(self) -> int | None:
        """Matching records to skip (``sysparm_offset``); None for none."""
        offset: int | None = self._sysparms["sysparm_offset"]
        return offset

    @offset.setter
    def offset(self, offset: int) -> None:
        self._sysparms["sysparm_offset"] = _whole_number("offset", offset)

    @property
    def fields(self) -> str | list[str]:
        """Columns to return (``sysparm_fields``): set as a list, read as a text with commas; empty for all."""
        fields: str | list[str] = self._sysparms["sysparm_fields"]
        return fields

    @fields.setter
    def fields(self, fields: list[str]) -> None:
        if not isinstance(fields, list):
            raise InvalidUsage(f"fields must be a list of column names, not {_type(fields)}")
        self._sysparms["sysparm_fields"] = ",".join(map(check_name, fields))

    @property
    def display_value(self) -> DisplayValue:
        """Whether to return display values (``sysparm_display_value``): True, False, or ``"all"`` for both kinds."""
        display_value: DisplayValue = self._sysparms["sysparm_display_value"]
        return display_value

    @display_value.setter
    def display_value(self, value: DisplayValue) -> None:
        if not isinstance(value, bool) and value != "all":
            raise InvalidUsage(f"display_value must be True, False or 'all', not {short(value)}")
        self._sysparms["sysparm_display_value"] = value

    @property
    def exclude_reference_link(self) -> bool:
        """Whether to leave out the links of references (``sysparm_exclude_reference_link``)."""
        return bool(self._sysparms["sysparm_exclude_reference_link"])

    @exclude_reference_link.setter
    def exclude_reference_link(self, exclude: bool) -> None:
        self._sysparms["sysparm_exclude_reference_link"] = _flag("exclude_reference_link", exclude)

    @property
    def suppress_pagination_header(self) -> bool:
        """Whether to leave out the ``Link`` header (``sysparm_suppress_pagination_header``)."""
        return bool(self._sysparms["sysparm_suppress_pagination_header"])

    @suppress_pagination_header.setter
    def suppress_pagination_header(self, suppress: bool) -> None:
        self._sysparms["sysparm_suppress_pagination_header"] = _flag("suppress_pagination_header", suppress)

    def as_dict(self) -> dict[str, Any]:
        """Give all parameters, custom ones included, as a new dict of Python values."""
        params = {**self._sysparms, **self._custom_params}
        return {name: list(value) if isinstance(value, list) else value for name, value in params.items()}

    def for_reading(self) -> dict[str, str]:
        """Give the parameters of a request that reads, as they are sent; those without a value are left out.

        Raises:
            InvalidUsage: a custom parameter cannot be written as a text.
        """
        return self._sent(self._sysparms)

    def for_writing(self) -> dict[str, str]:
        """Give the parameters of a request that writes, as they are sent: those about its answer, and custom ones.

        Raises:
            InvalidUsage: a custom parameter cannot be written as a text.
        """
        return self._sent({name: self._sysparms[name] for name in self._OF_WRITES})

    def copy(self) -> Self:
        """Give an independent copy."""
        twin = copy.copy(self)
        twin._sysparms = {
            name: value[:] if isinstance(value, list) else value for name, value in self._sysparms.items()
        }
        twin._custom_params = copy.deepcopy(self._custom_params) if self._custom_params else {}
        return twin

    def _sent(self, params: dict[str, Any]) -> dict[str, str]:
        sent = {name: _wire(name, value) for name, value in params.items() if value not in ("", [], None)}
        return sent | wire_params(self._custom_params) if self._custom_params else sent


def field_list(fields: object) -> list[str]:
    """Give names of columns as a list.

    Args:
        fields: A list of names, or a text with commas.

    Raises:
        InvalidUsage: It is neither, or a member of the list holds a comma.
    """
    if isinstance(fields, str):
        return [name.strip() for name in fields.split(",") if name.strip()]
    if not isinstance(fields, Iterable) or isinstance(fields, Mapping):
        raise InvalidUsage(f"fields must be a list of column names, or a text with commas; not {fields!r}")
    names = [name.strip() if isinstance(name, str) else name for name in fields]
    for name in names:
        if isinstance(name, str) and "," in name:
            raise InvalidUsage(f"fields must be a list of names, or one text with commas: {name!r} stands in a list")
    return [name for name in names if name != ""]


def wire_params(params: Mapping[str, object] | None) -> dict[str, str]:
    """Print query parameters as they are sent; what the keys mean is not looked at.

    Args:
        params: Names and values: text as it is, booleans in lower case, numbers, dates, members of an Enum, queries,
            and lists of these, joined by commas. Parameters that are None are left out.

    Raises:
        InvalidUsage: it is no mapping, a name is no text, or a value has no text of its own, such as a dict.
    """
    if params is None:
        return {}
    if not isinstance(params, Mapping):
        raise InvalidUsage(f"query parameters must be a dict, not {_type(params)}")
    if not all(isinstance(name, str) for name in params):
        raise InvalidUsage("names of query parameters must be texts")
    return {name: _wire(name, value) for name, value in params.items() if value is not None}


def _defaults() -> dict[str, Any]:
    return {
        "sysparm_query": "",
        "sysparm_limit": LIMIT_RECORDS,
        "sysparm_offset": None,
        "sysparm_display_value": False,
        "sysparm_suppress_pagination_header": False,
        "sysparm_exclude_reference_link": False,
        "sysparm_view": "",
        "sysparm_fields": [],
    }


def _wire(name: str, value: object) -> str:
    if type(value) is str and value.isascii():
        return value
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join([_wire_text(name, item) for item in value])
    return _wire_text(name, value)


def _wire_text(name: str, value: object) -> str:
    try:
        text = _own_text(value)
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidUsage(f"parameter {short(name)} cannot be sent: it holds half of a surrogate pair") from error
    except QueryTypeError as error:
        raise InvalidUsage(f"parameter {short(name)} cannot be sent: {_type(value)} has no text of its own") from error
    return text


def _own_text(value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, EncodedQuery):
        return str(value)
    # A query takes the value out of a reference; a parameter has no such meaning.
    return refuse(value) if isinstance(value, Mapping) else value_text(value)


def _whole_number(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidUsage(f"{name} must be a whole number, not {_type(value)}")
    if value < 0:
        raise InvalidUsage(f"{name} must be 0 or more, not {short(value)}")
    return int(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidUsage(f"{name} must be True or False, not {_type(value)}")
    return value


def _type(value: object) -> str:
    return type(value).__name__
