"""The interface of the years before ``Resource``: ``client.query(...).get_multiple()`` and its kin. Deprecated."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pysnow.defaults import TIMEOUT
from pysnow.encoded_query import check_name, print_order
from pysnow.exceptions import InvalidUsage, NoRequestExecuted, NoResults, UnexpectedResponse
from pysnow.field_value import raw_value
from pysnow.params_builder import ParamsBuilder, wire_params
from pysnow.query_builder import QueryBuilder
from pysnow.records.same_home import refuse_other_instance
from pysnow.resource import Resource
from pysnow.response import Response
from pysnow.url_builder import checked_table
from pysnow.wire.transport import Transport, make_session
from pysnow.writing.create_record import create_once
from pysnow.writing.delete_record import delete_once
from pysnow.writing.one_record import one_record
from pysnow.writing.record_look_up import OF_THE_LOOK_UP, as_query, look_up, named_sys_id
from pysnow.writing.update_record import update_once, watched_columns
from pysnow.writing.writes import PendingWrite

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Query, Record, Timeout

__all__ = ["LegacyRequest"]

_Made = TypeVar("_Made")

_OFFSET_STEP = 10_000
_EMPTY_PAGES = 1_000
"""Pages in a row without a record, after which a listing ends."""

_OFFSET = re.compile(r"[0-9]{1,18}", re.ASCII)


class LegacyRequest:
    """One query, or one insertion, of a table. Made by ``Client.query()`` and ``Client.insert()``.

    Args:
        method: HTTP method that was asked for.
        table: Table name.
        base_url: Address of the instance.
        session: Session to send with, where no ``transport`` is given.
        transport: Sends the requests.
        query: Mapping, text or ``QueryBuilder``; looked at when a request is made.
        request_params: Query parameters of every request.
        raise_on_empty: Whether finding nothing raises.
        timeout: Seconds to connect and to read.
        check: Compares a payload with the client's schema; given the operation, the payload and query parameters.

    Attributes:
        method: As given.
        table: As given.
        base_url: As given.
        base_path: Path of the platform's APIs.
        url_link: Address of the next page after ``get_multiple()`` has read one, or None. Never fetched as it stands.
        request_params: As given.
        raise_on_empty: As given.
        session: As given.
    """

    base_path = "api/now"

    def __init__(
        self,
        method: str,
        table: str,
        *,
        base_url: str,
        session: requests.Session | None = None,
        transport: Transport | None = None,
        query: Query | None = None,
        request_params: Mapping[str, Any] | None = None,
        raise_on_empty: bool = True,
        timeout: Timeout = TIMEOUT,
        check: Callable[..., object] = lambda *about: None,
    ) -> None:
        self.method: str = method
        self.table: str = checked_table(table)
        self.base_url: str = base_url
        self.session: requests.Session | None = session
        self.query: Query | None = query
        self.request_params: Mapping[str, Any] = request_params if request_params is not None else {}
        self.raise_on_empty: bool = raise_on_empty
        self.timeout: Timeout = timeout
        self.url_link: str | None = None
        self._transport = transport or Transport(base_url, session or make_session())
        self._check = check
        self._last_response: requests.Response | None = None

    def __repr__(self) -> str:
        return f"<LegacyRequest [{self.method} {self.table}]>"

    @property
    def last_response(self) -> requests.Response:
        """The last answer.

        Raises:
            NoRequestExecuted: No request was made yet.
        """
        if self._last_response is None:
            raise NoRequestExecuted("There is no answer yet: call get_one(), get_multiple() or the like first")
        return self._last_response

    @last_response.setter
    def last_response(self, response: requests.Response) -> None:
        self._last_response = response

    @property
    def status_code(self) -> int:
        """HTTP status of the last answer.

        Raises:
            NoRequestExecuted: No request was made yet.
        """
        return self.last_response.status_code

    @property
    def count(self) -> int:
        """Number of records that match, from the Aggregate API (``/stats/<table>``).

        Raises:
            UnexpectedResponse: The answer is no count.
        """
        params = {"sysparm_query": self._query_text(), "sysparm_count": "true"}
        answer = self._read(f"/stats/{self.table}", params).one()
        try:
            return int(answer["stats"]["count"])
        except (KeyError, TypeError, ValueError):
            raise UnexpectedResponse(200, self.status_code, "GET", "The answer holds no count") from None

    def get_one(self, fields: Iterable[str] = ()) -> Record:
        """Fetch the one record that matches.

        Args:
            fields: Columns to return; all when empty.

        Returns:
            The record; an empty dict when there is none and ``raise_on_empty`` is off.

        Raises:
            NoResults: No record matches.
            MultipleResults: More than one matches.
        """
        response = self._read(f"/table/{self.table}", self._list_params(fields))
        record = None if response.status_code == 404 else response.one_or_none()
        if record is None:
            self._raise_if_empty()
        return record or {}

    def get_multiple(
        self,
        fields: Iterable[str] = (),
        limit: int | None = None,
        order_by: Iterable[str] = (),
        offset: int | None = None,
    ) -> Iterator[Record]:
        """Fetch the records that match, page by page as they are asked for.

        Args:
            fields: Columns to return; all when empty.
            limit: Most records to return; without it pages are fetched until there are no more.
            order_by: Columns to sort by, descending with a leading ``-``.
            offset: Matching records to skip first.

        Raises:
            InvalidUsage: An argument cannot be used; raised at the first ``next()``.
            NoResults: No record matches, and ``raise_on_empty`` is on.
        """
        params = self._list_params(fields, order_by)
        if limit is not None:
            params["sysparm_limit"] = str(_checked_count("limit", limit))
            params["sysparm_suppress_pagination_header"] = "true"
        skipped = _checked_count("offset", offset or 0)
        found, empty_pages = 0, 0
        while empty_pages < _EMPTY_PAGES:
            if skipped:
                params["sysparm_offset"] = str(skipped)
            response = self._read(f"/table/{self.table}", params)
            page = [] if response.status_code == 404 else response.all()
            yield from page
            found += len(page)
            # Access rules may empty a page in mid-table; a server that promises pages for ever is another matter.
            empty_pages = 0 if page else empty_pages + 1
            step = self._next_step(skipped)
            if limit is not None or step is None:
                break
            skipped = step
        if not found:
            self._raise_if_empty()

    def get_all(self, *args: Any, **kwargs: Any) -> Iterator[Record]:
        """As :meth:`get_multiple`. Deprecated."""
        return self.get_multiple(*args, **kwargs)

    def insert(self, payload: JSON) -> Record:
        """Create a record.

        Args:
            payload: The record's fields.

        Raises:
            InvalidUsage: The payload is not a dict of fields; nothing was sent.
            UnexpectedResponse: The instance did not create it.
            AmbiguousWrite: It may or may not have been created.
        """
        fields, change = one_record(payload), self._change("create")
        self._check("create", fields, self.request_params)
        return self._noted(change, lambda: create_once(change, fields).one())

    def update(self, payload: Record) -> Record:
        """Change the one record that matches.

        Args:
            payload: Fields to change.

        Raises:
            InvalidUsage: The payload is not a dict, or the query cannot be told to mean one record.
            NoResults: No record matches.
            MultipleResults: More than one matches.
            AmbiguousWrite: It may or may not have been changed.
        """
        if not isinstance(payload, dict):
            raise InvalidUsage(f"The payload of an update must be a dict of fields, not {type(payload).__name__}")
        self._check("update", payload, self.request_params)
        change, sys_id = self._change("update"), self._found()
        watched = watched_columns(change, payload, None)
        return self._noted(change, lambda: update_once(change, sys_id, payload, watched=watched).one())

    def delete(self) -> dict[str, bool]:
        """Delete the one record that matches.

        Returns:
            ``{"success": True}``.

        Raises:
            NoResults: No record matches.
            MultipleResults: More than one matches.
            UnexpectedResponse: The instance did not delete it.
            AmbiguousWrite: It may or may not have been deleted.
        """
        change, sys_id = self._change("delete"), self._found()
        self._noted(change, lambda: delete_once(change, sys_id))
        return {"success": True}

    def clone(self, reset_fields: Iterable[str] = ()) -> Record:
        """Create a copy of the one record that matches.

        Args:
            reset_fields: Columns that the copy does not take over, such as ``["number"]``.

        Raises:
            InvalidUsage: ``reset_fields`` is not a list.
            NoResults: No record matches.
            MultipleResults: More than one matches.
        """
        left_out = {"sys_id", *_checked_names("reset_fields", reset_fields)}
        found = self._read(f"/table/{self.table}/{self._found()}", {}).one()
        record = {name: value for name, value in found.items() if name not in left_out}
        return self.insert({name: raw_value(value) for name, value in record.items()})

    def attach(self, file: str | bytes | os.PathLike[str]) -> Record:
        """Attach a file to the one record that matches (``/attachment/upload``).

        Args:
            file: Path of the file.

        Raises:
            InvalidUsage: There is no such file.
            NoResults: No record matches.
            MultipleResults: More than one matches.
        """
        path = os.fsdecode(file)
        if not os.path.isfile(path):
            raise InvalidUsage(f"{path!r} is not an existing file")
        uploaded = self._api(f"/table/{self.table}").attachments.upload(self._found(), path, multipart=True)
        self._last_response = uploaded._response
        return uploaded.one()

    def _found(self) -> str:
        """The sys_id of the one record that matches."""
        self._query_text()  # refuses what is no query of this interface
        refuse_other_instance(self.base_url, self.query)
        query = as_query(self.query)
        named = named_sys_id(query)
        if named is not None:
            return named
        usual = {name: text for name, text in wire_params(self.request_params).items() if name not in OF_THE_LOOK_UP}
        return look_up(self._change("read"), query, usual)[0]

    def _change(self, operation: str) -> PendingWrite:
        api = self._api(f"/table/{self.table}")
        params = wire_params(self.request_params)
        return PendingWrite(operation, api._request, self._transport, api, self.table, params=params)

    def _noted(self, change: PendingWrite, make: Callable[[], _Made]) -> _Made:
        """What a change brings; its answer is kept, as the last one."""
        try:
            return make()
        finally:
            if change.answer is not None:
                self._last_response = change.answer

    def _read(self, path: str, params: Mapping[str, str]) -> Response:
        return self._send("GET", path, params=params)

    def _send(self, method: str, path: str, *, params: Mapping[str, str] | None = None, **options: Any) -> Response:
        request = self._api(path)._request
        self._last_response = request.send(method, params={**self.request_params, **(params or {})}, **options)
        return request.response(self._last_response)

    def _api(self, path: str) -> Resource:
        return Resource(self.base_url, f"/{self.base_path}", path, transport=self._transport, timeout=self.timeout)

    def _list_params(self, fields: Iterable[str], order_by: Iterable[str] = ()) -> dict[str, str]:
        params = {"sysparm_query": self._query_text(order_by)}
        names = _checked_names("fields", fields)
        if names:
            params["sysparm_fields"] = ",".join(map(check_name, names))
        return params

    def _query_text(self, order_by: Iterable[str] = ()) -> str:
        if not isinstance(self.query, (dict, str, QueryBuilder)):
            raise InvalidUsage("query must be a dict, a text or a QueryBuilder")
        text = ParamsBuilder.stringify_query(self.query)
        for name in _checked_names("order_by", order_by):
            text += f"^{print_order(name.removeprefix('-'), descending=name.startswith('-'))}"
        return text

    def _next_step(self, skipped: int) -> int | None:
        """Offset of the next page, when the instance says there is one.

        Only the number is taken from the ``Link`` header: an address that a server names is never fetched.
        """
        link = self.last_response.links.get("next")
        self.url_link = link["url"] if link else None
        if link is None:
            return None
        query = urlsplit(link["url"]).query
        told = dict(pair.partition("=")[::2] for pair in query.split("&")).get("sysparm_offset", "")
        return int(told) if _OFFSET.fullmatch(told) and int(told) > skipped else skipped + _OFFSET_STEP

    def _raise_if_empty(self) -> None:
        if self.raise_on_empty:
            raise NoResults(f"No record of {self.table} matches", operation="read", table=self.table)


def _checked_count(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidUsage(f"{name} must be a whole number, not {value!r}")
    return value


def _checked_names(argument: str, names: Any) -> list[str]:
    if isinstance(names, (str, bytes, Mapping)) or not isinstance(names, Iterable):
        raise InvalidUsage(f"{argument} must be a list of column names, not {names!r}")
    listed = list(names)
    if not all(isinstance(name, str) for name in listed):
        raise InvalidUsage(f"{argument} must hold column names only, not {listed!r}")
    return listed
