"""What a write gives back: the record as a dict, and the answer it came in, in one object."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, cast

from pysnow import diagnosis
from pysnow.defaults import CHUNK_SIZE_BYTES
from pysnow.exceptions import EmptyContent
from pysnow.response import Response

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Record
    from pysnow.response import RecordOwner

__all__ = ["RecordResponse"]

_LOCATION = re.compile(r"[^?#]*/([A-Za-z0-9_-]{1,32})", re.ASCII)


class RecordResponse(Response, dict[str, Any]):  # type: ignore[misc]  # update() is the network's here, see below
    """The one record that a write gave back: a dict of its fields, and the answer it came in.

    It reads as a dict, except that a missing field is None, that it is always true, and that :meth:`~Response.update`
    changes the record on the instance, not the dict. :meth:`~Response.one` gives a plain dict. Copies share the answer;
    what is pickled is the record alone. Made without arguments, it is an empty record without an answer.

    The answer is judged when it is made, so that no failed write passes unseen.

    Args:
        response: The answer.
        resource: Resource it came from.
        chunk_size: Bytes of the first piece that is read.

    Raises:
        PysnowException: The write failed, or what came back cannot be read, see :meth:`Response.all`.
    """

    def __init__(
        self,
        response: requests.Response | None = None,
        resource: RecordOwner | None = None,
        chunk_size: int = CHUNK_SIZE_BYTES,
    ) -> None:
        dict.__init__(self)
        self._has_answer = response is not None
        super().__init__(cast("requests.Response", response), cast("RecordOwner", resource), chunk_size)
        if self._has_answer:
            records = self._written()
            if len(records) == 1 and isinstance(records[0], dict):
                dict.update(self, records[0])
            else:
                self._records = records

    def _written(self) -> list[Record]:
        status = self._response.status_code
        if status == 202:  # the request was dropped, and not carried out
            raise diagnosis.diagnose_nothing(self._response, table=self._table)
        try:
            return list(self._read())
        except EmptyContent:
            asked = getattr(self._response.request, "headers", None) or {}
            if status == 200 and str(asked.get("X-no-response-body", "")).lower() != "true":
                raise
        # Suppressed on request, or hidden by access rules (KB3047115): the address tells which record it is.
        location = _LOCATION.fullmatch(self._response.headers.get("Location", ""))
        return [{"sys_id": location[1]}] if location else []

    def _collected(self) -> list[Record]:
        if self._records is not None:
            return self._records
        return [dict(self)] if dict.__len__(self) else []

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
