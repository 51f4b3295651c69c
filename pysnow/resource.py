"""One API path of an instance: reading, creating, changing and deleting what lies below it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Self

from pysnow.attachment import Attachment
from pysnow.defaults import CHUNK_SIZE_BYTES, TIMEOUT
from pysnow.exceptions import InvalidUsage
from pysnow.field_value import is_display_only, raw_value
from pysnow.params_builder import ParamsBuilder, wire_params
from pysnow.record_response import RecordResponse
from pysnow.request import SnowRequest
from pysnow.response import Response
from pysnow.transport import Transport, make_session
from pysnow.url_builder import URLBuilder, table_of

if TYPE_CHECKING:
    from pysnow._types import JSON, Query, Record, Timeout

__all__ = ["Resource", "checked_parameters"]

_OF_THE_LOOK_UP = frozenset(
    {"sysparm_query", "sysparm_limit", "sysparm_offset", "sysparm_fields", "sysparm_display_value", "sysparm_view"}
)
_SYS_ID = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_NUMBER = re.compile(r"[A-Za-z]{2,10}[0-9]{5,}", re.ASCII)
_REQUEST_OPTIONS = frozenset({"auth", "cert", "cookies", "data", "files", "json", "proxies", "verify"})


class Resource:
    """One API path, and the calls below it. Threads may share it: a call never changes what the next one sends.

    Resources are made by :meth:`pysnow.Client.resource`; the arguments are the same when one is made by hand.

    Args:
        base_url: Address of the instance.
        base_path: Path that a family of APIs shares (``/api/now``).
        api_path: Path of the API below it (``/table/incident``).
        parameters: Parameters of every call; copied.
        kwargs: ``session`` or ``transport`` to send with, ``chunk_size`` in bytes, ``timeout`` in seconds, and
            ``raise_on``: ``"call"``, or ``"access"`` for programs that look at a failed write's status themselves.

    Raises:
        InvalidUsage: A path is not made of plain segments.

    Attributes:
        kwargs: The arguments of that name.
    """

    def __init__(
        self,
        base_url: str | None = None,
        base_path: str | None = None,
        api_path: str | None = None,
        parameters: ParamsBuilder | None = None,
        **kwargs: Any,
    ) -> None:
        if not base_url:
            raise InvalidUsage("A resource needs the address of its instance: make it with Client.resource()")
        self._url_builder = URLBuilder(base_url, base_path, api_path)  # type: ignore[arg-type]  # checked there
        self._base_url = base_url
        self._base_path = self._url_builder.base_path
        self._api_path = self._url_builder.api_path
        self._parameters = ParamsBuilder() if parameters is None else checked_parameters(parameters).copy()
        transport = kwargs.pop("transport", None)
        self._transport: Transport = transport or Transport(base_url, kwargs.get("session") or make_session())
        self.kwargs = kwargs

    def __repr__(self) -> str:
        return f"<Resource [{self.path}] at {hex(id(self))}>"

    def __deepcopy__(self, memo: object) -> Self:
        twin = copy.copy(self)
        twin._parameters = self._parameters.copy()
        return twin

    @property
    def parameters(self) -> ParamsBuilder:
        """Parameters of every call: set its properties, or assign another ``ParamsBuilder``."""
        return self._parameters

    @parameters.setter
    def parameters(self, parameters: ParamsBuilder) -> None:
        self._parameters = checked_parameters(parameters)

    @property
    def path(self) -> str:
        """Path of the resource below the instance's address."""
        return self._url_builder.path

    @property
    def table_name(self) -> str | None:
        """Table of a Table API path, or None where the path is another API's."""
        found = table_of(self._api_path) or table_of(self.path)
        return found[0] if found else None

    @property
    def attachments(self) -> Attachment:
        """Files of this table's records.

        Raises:
            InvalidUsage: The path is not of the Table API.
        """
        if self.table_name is None:
            raise InvalidUsage(f"Attachments belong to records of a table; {self.path} is not a path of the Table API")
        return Attachment(self, self.table_name)

    def get_record_link(self, sys_id: str | Mapping[str, Any]) -> str:
        """Address of a record in the API.

        Args:
            sys_id: The record's sys_id, or a mapping that holds it under ``value``.

        Raises:
            InvalidUsage: It is not a sys_id.
        """
        return self._url_builder.get_appended_custom(sys_id)

    def get(
        self,
        query: Query | None = None,
        limit: int | None = None,
        offset: int | None = None,
        fields: Iterable[str] | str | None = None,
        stream: bool = False,
        *,
        display_value: bool | Literal["all"] | None = None,
        exclude_reference_link: bool | None = None,
        suppress_pagination_header: bool | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
    ) -> Response:
        """Fetch the records that match a query: one page, in one GET.

        What is not given is taken from :attr:`parameters`. Errors of the instance are raised when the response is read.

        Args:
            query: Mapping of fields to values, ``QueryBuilder``, expression, or encoded query (``sysparm_query``). A
                sys_id alone stands for the record that has it.
            limit: Most records to return (``sysparm_limit``); 10,000 when nothing else is said.
            offset: Matching records to skip first (``sysparm_offset``).
            fields: Columns to return, as a list or joined by commas (``sysparm_fields``); all when empty.
            stream: Parse the records as they arrive, so that memory stays flat.
            display_value: False for stored values, True for what people read, ``"all"`` for both
                (``sysparm_display_value``).
            exclude_reference_link: Leave out the links of references (``sysparm_exclude_reference_link``).
            suppress_pagination_header: Leave out the ``Link`` header (``sysparm_suppress_pagination_header``).
            params: Further query parameters.
            headers: Further headers.
            timeout: Seconds to connect and to read.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            TransportError: No answer came.
        """
        parameters = self.parameters.copy()
        given = {
            "query": None if query is None else _as_query(query),
            "limit": limit,
            "offset": offset,
            "fields": None if fields is None else _as_list(fields),
            "display_value": display_value,
            "exclude_reference_link": exclude_reference_link,
            "suppress_pagination_header": suppress_pagination_header,
        }
        for name, value in given.items():
            if value is not None:
                setattr(parameters, name, value)
        return self._request.get(parameters, stream=stream, params=params, headers=headers, timeout=timeout)

    def create(
        self,
        payload: JSON,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
    ) -> RecordResponse:
        """Create a record: one POST.

        Args:
            payload: The record's fields.
            params: Further query parameters, such as ``sysparm_input_display_value``.
            headers: Further headers.
            timeout: Seconds to connect and to read.

        Returns:
            The created record as a dict; it is also the :class:`~pysnow.Response`.

        Raises:
            InvalidUsage: The payload is not JSON; nothing was sent.
            ResponseError: The instance refused.
            TransportError: No answer came; the record may or may not have been created.
        """
        return self._write("POST", None, payload, params=params, headers=headers, timeout=timeout)

    def update(
        self,
        query: Query,
        payload: Record,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
    ) -> RecordResponse:
        """Change the one record that matches: a GET to find it, unless its sys_id is given, and a PUT.

        Args:
            query: As for :meth:`get`; a sys_id, alone or as ``{"sys_id": ...}``, names the record directly.
            payload: Fields to change; the others keep their values.
            params: Further query parameters of the PUT.
            headers: Further headers of the PUT.
            timeout: Seconds to connect and to read.

        Returns:
            The changed record as a dict; it is also the :class:`~pysnow.Response`.

        Raises:
            InvalidUsage: The payload is not a dict; nothing was sent.
            NoResults: No record matches.
            MultipleResults: More than one matches; none was changed.
            ResponseError: The instance refused.
        """
        if not isinstance(payload, dict):
            raise InvalidUsage(f"The payload of an update must be a dict of fields, not {type(payload).__name__}")
        sys_id = self._sys_id_of(query, timeout)
        return self._write("PUT", sys_id, payload, params=params, headers=headers, timeout=timeout)

    def delete(self, query: Query, *, timeout: Timeout | EllipsisType = ...) -> Record:
        """Delete the one record that matches: a GET to find it, unless its sys_id is given, and a DELETE.

        Args:
            query: As for :meth:`update`.
            timeout: Seconds to connect and to read.

        Returns:
            ``{"status": "record deleted"}``.

        Raises:
            NoResults: No record matches.
            MultipleResults: More than one matches; none was deleted.
            ResponseError: The instance refused.
        """
        sys_id = self._sys_id_of(query, timeout)
        request = self._request
        answer = request.send("DELETE", sys_id, params=self.parameters.for_writing(), timeout=timeout)
        return request.response(answer).one()

    def request(
        self,
        method: str,
        path_append: str | Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Response:
        """Send any request to the resource, or below it.

        Args:
            method: HTTP method.
            path_append: What lies below the resource, such as ``/<sys_id>``.
            headers: Headers to add or override.
            kwargs: ``params``, ``json``, ``data``, ``files``, ``stream``, ``timeout`` and the like, as
                ``requests.Session.request`` takes them.

        Returns:
            The response; its status is looked at when it is read.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            TransportError: No answer came.
        """
        options = {name: kwargs.pop(name) for name in ("timeout", "stream") if name in kwargs}
        params = wire_params(kwargs.pop("params", None))
        if kwargs.get("allow_redirects") is False:
            del kwargs["allow_redirects"]  # as it is anyway
        unknown = sorted(set(kwargs) - _REQUEST_OPTIONS)
        if unknown:
            raise InvalidUsage(f"request() does not take {', '.join(unknown)}")
        reads = str(method).upper() in ("GET", "HEAD")
        usual = self.parameters.for_reading() if reads else self.parameters.for_writing()
        request = self._request
        answer = request.send(method, path_append, params={**usual, **params}, headers=headers, **options, **kwargs)
        return request.response(answer, bool(options.get("stream")))

    custom = request

    @property
    def _request(self) -> SnowRequest:
        """What assembles and sends the calls of this resource."""
        return SnowRequest(
            self._transport,
            self._url_builder,
            self,
            chunk_size=self.kwargs.get("chunk_size") or CHUNK_SIZE_BYTES,
            timeout=self.kwargs.get("timeout", TIMEOUT),
        )

    def _sibling(self, api_path: str) -> Resource:
        """A resource of another path of the same API family and version, without this one's parameters."""
        return Resource(
            self._base_url,
            self._base_path,
            self._api_path.partition("/table/")[0] + api_path,
            transport=self._transport,
            **self.kwargs,
        )

    def _write(self, method: str, sys_id: str | None, payload: JSON, **options: Any) -> RecordResponse:
        params = {**self.parameters.for_writing(), **wire_params(options.pop("params"))}
        request = self._request
        answer = request.send(method, sys_id, params=params, json=_as_written(payload), **options)
        if self.kwargs.get("raise_on") == "access":
            return request.response(answer)  # type: ignore[return-value]  # the caller asked for 0.7's way
        return RecordResponse(answer, self)

    def _sys_id_of(self, query: Query, timeout: Timeout | EllipsisType) -> str:
        """The sys_id of the one record that matches, looked up unless the query is that sys_id."""
        named = _sys_id_in(query)
        if named is not None:
            return named
        parameters = ParamsBuilder()
        # What decides which record is touched is said here, and nowhere else.
        custom = self.parameters.custom_params
        parameters.add_custom({name: custom[name] for name in custom if name not in _OF_THE_LOOK_UP})
        parameters.query = _as_query(query)
        parameters.fields = ["sys_id"]
        parameters.limit = 2  # two tell that there is more than one
        parameters.exclude_reference_link = True
        if not parameters.query:
            raise InvalidUsage("An empty query matches every record: say which one is to be changed")
        sys_id = raw_value(self._request.get(parameters, timeout=timeout).one().get("sys_id"))
        if not isinstance(sys_id, str) or not sys_id:
            raise InvalidUsage(f"The record that matches has no sys_id: {self.path} cannot be changed by query")
        return sys_id


def _sys_id_in(query: Any) -> str | None:
    """The sys_id that a query consists of, if that is all it says."""
    if isinstance(query, Mapping):
        query = raw_value(query["sys_id"]) if set(query) == {"sys_id"} else raw_value(query)
    return query if isinstance(query, str) and _SYS_ID.fullmatch(query) else None


def _as_query(query: Any) -> Any:
    """A query, with the texts that only look like one refused: the instance would ignore them and send everything."""
    if isinstance(query, str):
        if _SYS_ID.fullmatch(query):
            return {"sys_id": query}
        if _NUMBER.fullmatch(query):
            raise InvalidUsage(f"{query!r} is a number, not a query: pass {{'number': {query!r}}}")
    return query


def _as_list(fields: Any) -> list[str]:
    if isinstance(fields, str):
        return [name.strip() for name in fields.split(",") if name.strip()]
    if not isinstance(fields, Iterable) or isinstance(fields, Mapping):
        raise InvalidUsage(f"fields must be a list of column names, or a text with commas; not {fields!r}")
    return [name for field in fields for name in (_as_list(field) if isinstance(field, str) else [field])]


def _as_written(payload: JSON) -> JSON:
    """A payload in which fields that were read, link and display value included, stand for what is stored."""
    if not isinstance(payload, Mapping):
        return payload
    return {name: _written_value(name, value) for name, value in payload.items()}


def _written_value(name: Any, value: Any) -> Any:
    if is_display_only(value):
        raise InvalidUsage(
            f"Field {name!r} was read with display_value=True and holds no stored value: read it with "
            "display_value='all', or pass the sys_id"
        )
    return raw_value(value)


def checked_parameters(parameters: Any) -> ParamsBuilder:
    """Parameters, if they are such.

    Raises:
        InvalidUsage: They are something else than a ``ParamsBuilder``.
    """
    if not isinstance(parameters, ParamsBuilder):
        raise InvalidUsage(f"parameters must be a ParamsBuilder, not {type(parameters).__name__}")
    return parameters
