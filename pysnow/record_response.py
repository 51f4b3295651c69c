"""What a write gives back: the record as a dict, and the answer it came in, in one object."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, cast
from urllib.parse import urlsplit

from pysnow.defaults import CHUNK_SIZE_BYTES
from pysnow.exceptions import EmptyContent, InvalidUsage, PysnowException, UnexpectedResponseFormat
from pysnow.response import Response
from pysnow.wire import diagnosis
from pysnow.wire.body import request_line

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Record
    from pysnow.response import RecordOwner

__all__ = ["RecordResponse", "location_id"]

_LOCATION = re.compile(r"(?:https?://[^/?#\s]+)?(/[^?#\s]*)/([0-9a-f]{32})(?:/file)?", re.ASCII)
_VERSION = re.compile(r"(?<=/api/now)/v[0-9]+(?=/)", re.ASCII)
_UPLOAD = re.compile(r"(?<=/attachment)/(?:file|upload)$", re.ASCII)

_Error = TypeVar("_Error", bound=PysnowException)


class _Nothing:
    """Stands where a record that was made without an answer, or without a resource, has none."""

    table_name = None

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # asked for by pickle, copy and the like
            raise AttributeError(name)
        raise InvalidUsage(
            "This record was not read from an instance, so there is no answer to look at and nothing to change:"
            " get it with Resource.get()"
        )


class RecordResponse(Response, dict[str, Any]):  # type: ignore[misc]  # update() is the network's here, see below
    """The one record that a write gave back: a dict of its fields, and the answer it came in.

    It reads as a dict, except that a missing field is None, that it is always true, and that :meth:`~Response.update`
    changes the record on the instance, not the dict. :meth:`~Response.one` gives a plain dict. Copies share the answer;
    what is pickled is the record alone. Made without arguments, it is an empty record without an answer; what would
    need one raises :class:`~pysnow.InvalidUsage`.

    The answer is judged when it is made, so that no failed write passes unseen.

    Args:
        response: The answer.
        resource: Resource it came from.
        chunk_size: Bytes of the first piece that is read.
        record: The record, where it was already read from the answer, which holds others, too.

    Attributes:
        existed: Whether the record had been there before: an earlier ``create()`` with the same key made it.

    Raises:
        UnexpectedResponseFormat: What came back is not one record.
        PysnowException: The write failed, or what came back cannot be read, see :meth:`Response.all`.
    """

    existed: bool = False

    def __init__(
        self,
        response: requests.Response | None = None,
        resource: RecordOwner | None = None,
        chunk_size: int = CHUNK_SIZE_BYTES,
        *,
        record: Record | None = None,
    ) -> None:
        dict.__init__(self)
        self._has_answer = response is not None
        answer = cast("requests.Response", _Nothing() if response is None else response)
        super().__init__(answer, _Nothing() if resource is None else resource, chunk_size)
        if self._has_answer:
            dict.update(self, self._only(self._written()) if record is None else record)

    def close(self) -> None:
        """Do nothing: the answer has been read."""

    @property
    def is_left_out(self) -> bool:
        """Whether the request asked for an answer without a body (``X-no-response-body``)."""
        asked = getattr(self._response.request, "headers", None) or {}
        return str(asked.get("X-no-response-body", "")).lower() == "true"

    def _written(self) -> list[Record]:
        status = self._response.status_code
        if status == 202:  # the request was dropped, and not carried out
            raise diagnosis.diagnose_nothing(self._response, table=self._table)
        try:
            return self._answer.read()
        except EmptyContent:
            if status == 200 and not self.is_left_out:
                raise
        # Suppressed on request, or hidden by access rules (KB3047115): the address tells which record it is.
        sys_id = location_id(self._response)
        return [{"sys_id": sys_id}] if sys_id else []

    def _only(self, records: list[Record]) -> Record:
        if len(records) > 1 or not all(isinstance(record, dict) for record in records):
            where = request_line(self._response)
            raise self._described(
                UnexpectedResponseFormat(
                    f"The answer to {where} says success, but does not hold one record ({len(records)} elements)."
                    " Use request() for APIs that answer so",
                    hint="Look at the instance before you repeat the call: it was most likely carried out",
                )
            )
        return records[0] if records else {}

    def _collected(self) -> list[Record]:
        return [dict(self)] if dict.__len__(self) else []

    def _described(self, error: _Error) -> _Error:
        return super()._described(error) if self._has_answer else error

    if not TYPE_CHECKING:  # for a type checker there is no such attribute, and that is what it is to say

        def __getattr__(self, name: str) -> NoReturn:
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            if dict.__contains__(self, name):
                text += f": write [{name!r}]. For a Record, whose columns are attributes, pass this to get_by_id()"
            raise AttributeError(text, name=name, obj=self)

    def __getitem__(self, key: Any) -> JSON:
        """Give a field, or None when the record has no such field."""
        return dict.get(self, key) if isinstance(key, str) else super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the fields."""
        return dict.__iter__(self)

    def __len__(self) -> int:
        """Count the fields."""
        return dict.__len__(self)

    def __repr__(self) -> str:
        """Say status, method and fields."""
        if not self._has_answer:
            return dict.__repr__(self)
        return f"<Response [{self._response.status_code} - {self._method}] {dict.__repr__(self)}>"

    def __copy__(self) -> Self:
        """Copy the record; the answer is shared."""
        twin = type(self)()
        twin.__dict__.update(self.__dict__)
        dict.update(twin, self)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy the record and what is in it; the answer is shared."""
        twin = copy.copy(self)
        memo[id(self)] = twin
        dict.update(twin, copy.deepcopy(dict(self), memo))
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the record alone: the answer holds what does not belong into a file."""
        return type(self), (), None, None, iter(self.items())


def location_id(response: requests.Response) -> str | None:
    """Give the sys_id in an answer's ``Location``, or None when that is not the address of a record that it made.

    The address is that of the request with 32 hexadecimal digits behind it, or with those in the place of an upload's
    verb (Table API and Attachment API documentation). The version of the path may differ, and so may the host, for
    which instances write what a property of theirs says (``glide.rest.replace_request_host_with_property``).

    Args:
        response: Answer to a POST.
    """
    location = _LOCATION.fullmatch(response.headers.get("Location", ""))
    if location is None:
        return None
    # A stub that answers in a test may not know what it was asked.
    asked = urlsplit(str(response.url or "")).path
    return location[2] if not asked or _place_of(location[1]) == _UPLOAD.sub("", _place_of(asked)) else None


def _place_of(path: str) -> str:
    """A path from the API on, without version: what stands before is a matter of proxies."""
    return _VERSION.sub("", path[max(path.find("/api/"), 0) :])
