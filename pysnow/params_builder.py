"""The ``sysparm_*`` parameters of a call."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, TypeAlias

from pysnow.defaults import LIMIT_RECORDS
from pysnow.encoded_query import EncodedQuery, check_name, print_mapping
from pysnow.exceptions import InvalidUsage
from pysnow.query_values import short, value_text

__all__ = ["DisplayValue", "ParamsBuilder", "QueryLike"]

QueryLike: TypeAlias = EncodedQuery | Mapping[str, object] | str | None
"""What can be given as a query: a ``QueryBuilder``, an expression, a mapping, an encoded query, or None for all."""

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
        self._sysparms: dict[str, Any] = {
            "sysparm_query": "",
            "sysparm_limit": LIMIT_RECORDS,
            "sysparm_offset": None,
            "sysparm_display_value": False,
            "sysparm_suppress_pagination_header": False,
            "sysparm_exclude_reference_link": False,
            "sysparm_view": "",
            "sysparm_fields": [],
        }

    @staticmethod
    def stringify_query(query: QueryLike) -> str:
        """Print a query.

        Args:
            query: ``QueryBuilder`` or expression; mapping of columns to values, all of which must hold; encoded query,
                taken as it is; or None, which like anything empty matches every row.

        Raises:
            InvalidUsage: the query is of another type, or cannot be printed.
        """
        if isinstance(query, (str, EncodedQuery)):
            return str(query)
        if query is None:
            return ""
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
    def query(self, query: QueryLike) -> None:
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
        return copy.deepcopy(self)

    def _sent(self, params: dict[str, Any]) -> dict[str, str]:
        sent = {name: _wire(name, value) for name, value in params.items() if value not in ("", None, [])}
        custom = {name: _wire(name, value) for name, value in self._custom_params.items() if value is not None}
        return sent | custom


def _wire(name: str, value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, EncodedQuery):
        return str(value)
    if isinstance(value, (list, tuple)):
        return ",".join(_wire(name, item) for item in value)
    try:
        return value_text(value)
    except InvalidUsage as error:
        raise InvalidUsage(f"parameter {short(name)} cannot be sent: {_type(value)} has no text of its own") from error


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
