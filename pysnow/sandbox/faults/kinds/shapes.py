"""Answers that are JSON, with status 200, and yet not what was asked for."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.refusals import CANCELLED, CANCELLED_DETAIL
from pysnow.sandbox.faults.reply import JsonReply, Reply, json_bytes, read_json

_ERROR: dict[str, object] = {"error": {"message": CANCELLED, "detail": CANCELLED_DETAIL}, "status": "failure"}
_ERROR_TAIL = b"," + json_bytes(_ERROR)[1:]


class Reshaped(Fault):
    """A JSON answer in another shape; answers that are no JSON object pass."""

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and reshape."""
        reply, read = read_json(serve(call.plain()))
        return reply if read is None else self.reshape(read)

    @abstractmethod
    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""


@dataclass(frozen=True)
class RowsThenError(Reshaped):
    """End a list after ``rows`` with the error of a cancelled transaction, status 200 (KB1297438).

    The body is a whole document (``well-formed``), has a comma after the last row (``comma``), or that row is cut
    (``cut-row``).
    """

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list"})

    rows: int = 3
    variant: Literal["well-formed", "comma", "cut-row"] = "well-formed"

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        if read.rows is None:
            return read.reply
        return read.reply.with_body(b'{"result":[', self._rows(read.rows), b"]", _ERROR_TAIL)

    def _rows(self, rows: list[object]) -> bytes:
        kept = json_bytes(rows[: self.rows])[1:-1]
        if self.variant == "comma":
            return kept + b","
        return kept[: -max(len(kept) // 4 // max(self.rows, 1), 1)] if self.variant == "cut-row" else kept


class ErrorOnly(Reshaped):
    """Answer with the error of a cancelled transaction alone, status 200 though the call was served."""

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_document(_ERROR)


class ErrorFirst(Reshaped):
    """Put the error of a cancelled transaction before the result."""

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_document(_ERROR | read.document)


class NullBody(Reshaped):
    """Answer with the document ``null``, as under load."""

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_document(None)


class BareList(Reshaped):
    """Answer with the result alone, a list that is not inside an object, as under load."""

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        result = read.document.get("result")
        return read.with_document(result if isinstance(result, list) else [result])


@dataclass(frozen=True)
class EmptyBody(Fault):
    """Serve the call and leave the body out; ``status`` says 200 or 204 in the place of the true success, 0 keeps it.

    A refusal keeps its status, so that together with a fault that refuses nothing is said to be done which was not.
    """

    status: int = 0

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, without a body."""
        reply = serve(call)
        reply.discard()
        bare = reply.without_headers("Content-Encoding").with_body()
        is_success = 200 <= reply.status < 300
        return replace(bare, status=self.status or reply.status) if is_success else bare


class NoResult(Reshaped):
    """Leave the member ``result`` out."""

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_document({name: value for name, value in read.document.items() if name != "result"})


@dataclass(frozen=True)
class WrongResult(Reshaped):
    """Let ``result`` be ``null``, a text or a number."""

    result: Literal["null", "text", "number"] = "null"

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        values: dict[str, object] = {"null": None, "text": "unavailable", "number": 7}
        return read.with_document(read.document | {"result": values[self.result]})


@dataclass(frozen=True)
class RowNotObject(Reshaped):
    """Let one row of a list be a text; ``row`` counts from 0."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list"})

    row: int = 0

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_rows(["not an object" if at == self.row else row for at, row in enumerate(read.rows or [])])


@dataclass(frozen=True)
class RowWithoutSysId(Reshaped):
    """Leave the ``sys_id`` of one row of a list out; ``row`` counts from 0."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list"})

    row: int = 0

    def reshape(self, read: JsonReply) -> Reply:
        """Give the answer in its other shape."""
        return read.with_rows([_without_id(row) if at == self.row else row for at, row in enumerate(read.rows or [])])


def _without_id(row: object) -> object:
    return {name: value for name, value in row.items() if name != "sys_id"} if isinstance(row, dict) else row
