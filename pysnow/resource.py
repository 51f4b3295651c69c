"""One API path of an instance: reading, creating, changing and deleting what lies below it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Self

from pysnow.attachment import Attachment
from pysnow.defaults import CHUNK_SIZE_BYTES, TIMEOUT
from pysnow.exceptions import InvalidUsage
from pysnow.field_value import stored_payload
from pysnow.params_builder import ParamsBuilder, field_list, wire_params
from pysnow.request import SnowRequest
from pysnow.response import Response
from pysnow.url_builder import URLBuilder, table_of
from pysnow.walking.query_branches import orders_of, reorder
from pysnow.wire.transport import Transport, make_session
from pysnow.writing.column_check import check_columns
from pysnow.writing.create_record import KeyedCreation, create_once
from pysnow.writing.creation_key import key_of_call
from pysnow.writing.delete_record import delete_once
from pysnow.writing.record_look_up import OF_THE_LOOK_UP, as_query, look_up, named_sys_id
from pysnow.writing.table_memory import memory_of
from pysnow.writing.update_record import update_once, watched_columns
from pysnow.writing.writes import PendingWrite

if TYPE_CHECKING:
    from pysnow._types import JSON, Query, Record, Timeout
    from pysnow.record_response import RecordResponse
    from pysnow.writing.creation_key import Idempotency
    from pysnow.writing.record_state import RecordState

__all__ = ["Resource", "checked_parameters"]

_REQUEST_OPTIONS = frozenset({"auth", "cert", "cookies", "data", "files", "json", "proxies", "verify"})


class Resource:
    """One API path, and the calls below it. Threads may share it: a call never changes what the next one sends.

    Resources are made by :meth:`pysnow.Client.resource`; the arguments are the same when one is made by hand.

    Args:
        base_url: Address of the instance.
        base_path: Path that a family of APIs shares (``/api/now``).
        api_path: Path of the API below it (``/table/incident``).
        parameters: Parameters of every call; copied.
        kwargs: ``session`` or ``transport`` to send with, ``chunk_size`` in bytes, ``timeout`` in seconds,
            ``raise_on``: ``"call"``, or ``"access"`` for programs that look at a failed write's status themselves;
            ``writes`` and ``strict`` as :class:`~pysnow.Client` has them.

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
        decimals: bool = False,
        strict: bool | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
        order_by: str | Iterable[str] | None = None,
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
            decimals: Read numbers that have a fraction or an exponent as exact ``Decimal`` instead of ``float``. The
                Table API sends numbers as texts, so this is for scripted APIs; it costs speed where there are numbers.
            strict: Whether columns named in query, order and fields are checked before, each of them once: an instance
                ignores those that it does not know. As the client has it when not given.
            params: Further query parameters.
            headers: Further headers.
            timeout: Seconds to connect and to read.
            order_by: Columns to order by, as a list or joined by commas, ``-`` before one for descending; they take the
                place of an order in the query (``ORDERBY``).

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            QueryIgnored: ``strict``, and the table has no such column.
            TransportError: No answer came.
        """
        parameters = self.parameters.copy()
        given = {
            "query": None if query is None else as_query(query),
            "limit": limit,
            "offset": offset,
            "fields": None if fields is None else field_list(fields),
            "display_value": display_value,
            "exclude_reference_link": exclude_reference_link,
            "suppress_pagination_header": suppress_pagination_header,
        }
        for name, value in given.items():
            if value is not None:
                setattr(parameters, name, value)
        if order_by is not None:
            parameters.query = reorder(parameters.query, *orders_of(order_by))
        self._heed_columns(strict, parameters.query, field_list(parameters.fields), timeout=timeout)
        return self._request.get(
            parameters, stream=stream, decimals=decimals, params=params, headers=headers, timeout=timeout
        )

    def create(
        self,
        payload: JSON,
        *,
        key: str | None = None,
        idempotency: Idempotency | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
    ) -> RecordResponse:
        """Create a record: one POST, and with a ``key`` one record however often the call is repeated.

        The key is sent as the record's ``sys_id``, in a form derived from it, and as its ``correlation_id``, unless the
        payload has these itself. The record is looked for under them before it is created, which costs up to two GETs
        until the table is known to keep the ``sys_id``, and again when an answer was lost. The POST is repeated only
        when that cannot make a second record.

        Args:
            payload: The record's fields.
            key: Your own name for this creation, such as the number of an order: the same each time that the same
                record is meant, in whatever process. 32 hexadecimal digits become the ``sys_id`` as they are.
            idempotency: ``"sys_id"`` or ``"correlation_id"`` to use one of them alone, with a key drawn at random when
                none is given; ``"none"`` for one plain POST, whatever ``Client(writes=)`` says.
            params: Further query parameters, such as ``sysparm_input_display_value``.
            headers: Further headers.
            timeout: Seconds to connect and to read.

        Returns:
            The created record as a dict; it is also the :class:`~pysnow.Response`. With a key it may be the record that
            an earlier call created; ``existed`` is True then.

        Raises:
            InvalidUsage: The payload is not JSON, or the key cannot be used; nothing was sent.
            AmbiguousWrite: The record may or may not have been created; ``check()`` looks again.
            ResponseError: The instance refused.
            TransportError: Nothing reached the instance.
        """
        body, change = stored_payload(payload), self._change("create", params, headers, timeout)
        is_verified = self.kwargs.get("writes") == "verified"
        creation = key_of_call(self.table_name, body, key, idempotency, by_default=is_verified)
        if creation is not None:
            memory = memory_of(self._transport)
            return KeyedCreation(change, self.table_name or "", creation, body, memory).run()
        if self._judges_later:
            return change.request.response(change.send("POST", json=body))  # type: ignore[return-value]  # 0.7's way
        return create_once(change, body)

    def update(
        self,
        query: Query,
        payload: Record,
        *,
        allow_raw: bool = False,
        if_mod_count: int | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: Timeout | EllipsisType = ...,
    ) -> RecordResponse:
        """Change the one record that matches: a GET to find it, unless its sys_id is given, and a PUT.

        The record that was found must satisfy the query, as far as that can be told: an instance ignores conditions on
        columns that it does not know. A PUT whose answer was lost is looked after, and repeated if need be. Journal
        entries (``work_notes``, ``comments`` ...) are appended once; to be sure of that, they are read before, in one
        more GET when the sys_id is given.

        Args:
            query: As for :meth:`get`; a sys_id, alone or as ``{"sys_id": ...}``, names the record directly.
            payload: Fields to change; the others keep their values.
            allow_raw: Whether an encoded query may have several parts (``^NQ``), or terms that cannot be read here.
            if_mod_count: ``sys_mod_count`` that the record must have, as it was read. It is looked at just before the
                PUT; a change of the moment between goes unnoticed, since the platform has no conditional writes.
            params: Further query parameters of the PUT.
            headers: Further headers of the PUT.
            timeout: Seconds to connect and to read.

        Returns:
            The changed record as a dict; it is also the :class:`~pysnow.Response`.

        Raises:
            InvalidUsage: The payload is not a dict, or the query cannot be used; nothing was sent.
            QueryIgnored: The record that was found does not satisfy the query; it was not changed.
            NoResults: No record matches, or its ``sys_mod_count`` is another.
            MultipleResults: More than one matches; none was changed.
            AmbiguousWrite: The record may or may not have been changed; ``check()`` looks again.
            ResponseError: The instance refused.
        """
        if not isinstance(payload, dict):
            raise InvalidUsage(f"The payload of an update must be a dict of fields, not {type(payload).__name__}")
        body, change = stored_payload(payload), self._change("update", params, headers, timeout)
        watched = watched_columns(change, body, if_mod_count)
        sys_id, before = self._found(change, query, allow_raw=allow_raw, watched=watched)
        if self._judges_later:
            return change.request.response(change.send("PUT", sys_id, json=body))  # type: ignore[return-value]  # 0.7's way
        return update_once(change, sys_id, body, watched=watched, before=before, if_mod_count=if_mod_count)

    def delete(self, query: Query, *, allow_raw: bool = False, timeout: Timeout | EllipsisType = ...) -> Record:
        """Delete the one record that matches: a GET to find it, unless its sys_id is given, and a DELETE.

        The record that was found must satisfy the query, as for :meth:`update`. A DELETE whose answer was lost is
        repeated; that the record is not there then means that it was deleted.

        Args:
            query: As for :meth:`update`.
            allow_raw: As for :meth:`update`.
            timeout: Seconds to connect and to read.

        Returns:
            ``{"status": "record deleted"}``; as a :class:`~pysnow.writing.delete_record.Deleted` where the request was
            repeated, and the record gone by then.

        Raises:
            InvalidUsage: The query cannot be used; nothing was sent.
            QueryIgnored: The record that was found does not satisfy the query; it was not deleted.
            NoResults: No record matches.
            MultipleResults: More than one matches; none was deleted.
            AmbiguousWrite: The record may or may not have been deleted; ``check()`` looks again.
            ResponseError: The instance refused.
        """
        change = self._change("delete", None, None, timeout)
        return delete_once(change, self._found(change, query, allow_raw=allow_raw)[0])

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

    def _change(
        self,
        operation: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: Timeout | EllipsisType,
    ) -> PendingWrite:
        """A change of this resource that is about to be sent."""
        return PendingWrite(
            operation,
            self._request,
            self._transport,
            self,
            self.table_name,
            params={**self.parameters.for_writing(), **wire_params(params)},
            headers=headers,
            timeout=timeout,
        )

    @property
    def _judges_later(self) -> bool:
        """Whether the caller looks at a failed write's status itself, as programs written for 0.7 may."""
        return self.kwargs.get("raise_on") == "access"

    def _found(
        self, change: PendingWrite, query: Query, *, allow_raw: bool, watched: Sequence[str] = ()
    ) -> tuple[str, RecordState | None]:
        """The sys_id of the one record that matches, looked up unless the query is that sys_id.

        Args:
            change: What the look-up is for.
            query: The query.
            allow_raw: Whether an encoded query may be one that cannot be read.
            watched: Columns whose state is wanted as well.
        """
        named = named_sys_id(query)
        if named is not None:
            return named, None
        # What decides which record is touched is said here, and nowhere else.
        custom = wire_params(self.parameters.custom_params)
        usual = {name: value for name, value in custom.items() if name not in OF_THE_LOOK_UP}
        return look_up(change, as_query(query), usual, allow_raw=allow_raw, watched=watched)

    def _heed_columns(
        self,
        strict: bool | None,
        query: str,
        columns: Iterable[str] = (),
        *,
        timeout: Timeout | EllipsisType = ...,
    ) -> None:
        """Check the columns that a read names, if that is wanted.

        Args:
            strict: What the call says about it; None to do as the client does.
            query: As for :meth:`_check_columns`.
            columns: As for :meth:`_check_columns`.
            timeout: As for :meth:`_check_columns`.

        Raises:
            QueryIgnored: As :meth:`_check_columns`.
            QueryTypeError: As :meth:`_check_columns`.
        """
        if self.kwargs.get("strict") if strict is None else strict:
            self._check_columns(query, columns, timeout=timeout)

    def _check_columns(
        self, query: str = "", columns: Iterable[str] = (), *, timeout: Timeout | EllipsisType = ...
    ) -> None:
        """Refuse columns that the table does not have: one GET the first time that they are named.

        Args:
            query: Encoded query whose columns are meant.
            columns: Further columns.
            timeout: Seconds to connect and to read.

        Raises:
            QueryIgnored: The instance does not know a column, and would ignore it.
            QueryTypeError: The query cannot be read, so its columns are not known.
        """
        if self.table_name is not None:
            memory = memory_of(self._transport)
            check_columns(self._request, self.table_name, memory, query=query, columns=columns, timeout=timeout)


def checked_parameters(parameters: Any) -> ParamsBuilder:
    """Parameters, if they are such.

    Raises:
        InvalidUsage: They are something else than a ``ParamsBuilder``.
    """
    if not isinstance(parameters, ParamsBuilder):
        raise InvalidUsage(f"parameters must be a ParamsBuilder, not {type(parameters).__name__}")
    return parameters
