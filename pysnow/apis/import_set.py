"""The Import Set API: rows for a staging table, and what the transform maps of the instance made of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, overload

from pysnow.apis.import_job import ImportJob
from pysnow.apis.import_outcome import ImportOutcome, ImportOutcomes, stored_transform
from pysnow.batching.batch_sender import BATCH_PATH, BatchSender
from pysnow.batching.bulk_run import GROUP_ROWS, BulkRun, checked_size, checked_workers
from pysnow.defaults import BASE_PATH
from pysnow.exceptions import DeadlineExceeded, InvalidUsage, MissingResult, PysnowException
from pysnow.field_value import stored_payload
from pysnow.request import SnowRequest
from pysnow.url_builder import URLBuilder
from pysnow.writing.outcome import Outcome
from pysnow.writing.write_verdict import verdict_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from pysnow.resource import Resource
    from pysnow.table import Table

__all__ = ["ImportRun", "ImportSet"]

_STATES: Final = ("processed", "cancelled", "canceled", "error")
"""States of ``sys_import_set`` in which nothing more happens."""

_COLUMNS: Final = (
    "sys_id",
    "sys_import_row",
    "sys_import_state",
    "sys_import_state_comment",
    "sys_row_error",
    "sys_target_table",
    "sys_target_sys_id",
    "sys_transform_map",
)


class ImportSet:
    """A staging table, and rows for it (``POST /api/now/import/<staging table>``). Threads may share it.

    Args:
        resource: Resource of the staging table's path in the Import Set API.
        name: Name of the staging table.
        table: Gives the resource of a table.

    Attributes:
        name: As given.
    """

    def __init__(self, resource: Resource, name: str, table: Callable[[str], Table]) -> None:
        self.name = name
        self._resource = resource
        self._table = table

    def __repr__(self) -> str:
        return f"<ImportSet of {self.name}>"

    @overload
    def insert(self, rows: Mapping[str, Any], *, strict: bool = False) -> ImportOutcome: ...

    @overload
    def insert(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        strict: bool = False,
        workers: int = 1,
        batch_size: int = GROUP_ROWS,
    ) -> ImportOutcomes: ...

    def insert(
        self,
        rows: Mapping[str, Any] | Iterable[Mapping[str, Any]],
        *,
        strict: bool = False,
        workers: int = 1,
        batch_size: int = GROUP_ROWS,
    ) -> ImportOutcome | ImportOutcomes:
        """Import one row, or many, and wait for what the transform maps make of each.

        Many rows go in batches. A row whose answer was lost is not sent again, because nobody knows whether the maps
        would recognise it (coalesce fields); its outcome is ``unknown``.

        Args:
            rows: A dict of fields, or a list of them. Values are sent as texts, as the API wants them.
            strict: Whether to raise when a row was not imported; otherwise its outcome says so.
            workers: Threads that send side by side, 1 to 16. Rows that coalesce are best sent by one.
            batch_size: Rows of a batch, 1 to 200.

        Returns:
            What became of the row, or of each of them in order.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            RowsFailed: ``strict``, and a row failed, was not executed or nobody knows.
        """
        self._resource._request.deadline("create")  # whoever keeps the client from writing is asked here
        is_one = isinstance(rows, Mapping)
        jobs = [ImportJob(self._resource, row, _texts(row)) for row in _listed(rows)]
        if is_one:
            found = ImportOutcomes([jobs[0].alone()])
        else:
            run = BulkRun(jobs, self._sender(), workers=checked_workers(workers), size=checked_size(batch_size))
            found = ImportOutcomes(each if isinstance(each, ImportOutcome) else _as_import(each) for each in run)
        if strict:
            found.raise_for_failures()
        return found[0] if is_one else found

    def insert_multiple(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        run_after: str | None = None,
        multi_import_set_id: str | None = None,
    ) -> ImportRun:
        """Import many rows in one request (``insertMultiple``), transformed by the instance afterwards.

        Args:
            rows: Dicts of fields; names or labels of columns, as the instance has it (``sys_rest_insert_multiple``).
            run_after: sys_id of an import set after which this one is transformed.
            multi_import_set_id: sys_id of a multiple import set that this one joins.

        Returns:
            The run, with ``wait()`` and ``outcomes()``.

        Raises:
            InvalidUsage: The rows cannot be used; nothing was sent.
            AmbiguousWrite: The rows may or may not have been taken.
            PysnowException: They were not.
        """
        given = _listed(rows)
        named = {"run_after": run_after, "multi_import_set_id": multi_import_set_id}
        change = self._resource._change("create", {name: each for name, each in named.items() if each}, None, ...)
        try:
            answer = change.send("POST", "/insertMultiple", json={"records": [_texts(row) for row in given]})
            response = change.request.response(answer)
            response.raise_for_status()
            document = response.json()
            return ImportRun(self, self._table, given, _identified(document), _text(document, "multi_import_set_id"))
        except PysnowException as error:
            if verdict_on(error) != "unknown":
                raise
            raise change.ambiguous(error, hint="Look at the import sets of the instance before you repeat") from error

    def _sender(self) -> BatchSender:
        resource = self._resource
        transport = resource._transport
        request = SnowRequest(transport, URLBuilder(transport.base_url, BASE_PATH, BATCH_PATH), resource)
        return BatchSender(request, transport, transport.base_url, lambda: request.deadline("batch"))


class ImportRun:
    """Rows that the instance has taken, and transforms by itself. Made by :meth:`ImportSet.insert_multiple`.

    Args:
        import_set: The staging table.
        table: Gives the resource of a table.
        rows: The rows.
        sys_id: sys_id of the import set.
        multiple: sys_id of the multiple import set.

    Attributes:
        import_set_id: As ``sys_id``.
        multi_import_set_id: As ``multiple``; empty when there is none.
    """

    def __init__(
        self,
        import_set: ImportSet,
        table: Callable[[str], Table],
        rows: list[Mapping[str, Any]],
        sys_id: str,
        multiple: str,
    ) -> None:
        self.import_set_id = sys_id
        self.multi_import_set_id = multiple
        self._import_set = import_set
        self._table = table
        self._rows = rows

    def __repr__(self) -> str:
        return f"<ImportRun {self.import_set_id}, {len(self._rows)} rows>"

    @property
    def state(self) -> str:
        """State of the import set (``sys_import_set.state``): one GET."""
        found = self._table("sys_import_set").get({"sys_id": self.import_set_id}, fields=["state"], limit=1)
        return str(found.one()["state"])

    def wait(self, seconds: float = 300.0, *, interval: float = 2.0) -> ImportRun:
        """Wait until all rows have been transformed.

        Args:
            seconds: How long at the most.
            interval: Seconds between two looks.

        Raises:
            DeadlineExceeded: They have not been.
        """
        transport = self._import_set._resource._transport
        end = transport.clock() + seconds
        while (state := self.state) not in _STATES:
            if transport.clock() + interval > end:
                raise DeadlineExceeded(
                    f"Import set {self.import_set_id} is still {state} after {seconds:g} seconds: wait() again",
                    operation="read",
                    table="sys_import_set",
                )
            transport.wait(interval)
        return self

    def outcomes(self, *, strict: bool = False) -> ImportOutcomes:
        """Read what the transform maps made of each row; of several maps, the last one says it.

        Args:
            strict: Whether to raise when a row was not imported.

        Raises:
            RowsFailed: ``strict``, and a row failed, or was not transformed.
        """
        staged = self._table(self._import_set.name)
        with staged.iterate({"sys_import_set": self.import_set_id}, _COLUMNS, display_value=False) as rows:
            found = {str(row.get("sys_import_row")): row for row in rows}
        outcomes = ImportOutcomes(
            stored_transform(row, found.get(str(place)), self.import_set_id) for place, row in enumerate(self._rows)
        )
        if strict:
            outcomes.raise_for_failures()
        return outcomes


def _listed(rows: Any) -> list[Mapping[str, Any]]:
    if isinstance(rows, Mapping):
        return [rows]
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise InvalidUsage(f"rows must be a dict, or a list of dicts; not {type(rows).__name__}")
    return list(rows)


def _texts(row: Any) -> dict[str, str]:
    """A row whose values are texts: the API stores others wrongly (Import Set API documentation)."""
    if not isinstance(row, Mapping) or not row:
        raise InvalidUsage(f"A row must be a dict of fields, not {row!r}")
    return dict(_text_fields(stored_payload(row)))


def _text_fields(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, datetime):
            if value.tzinfo is None:
                raise InvalidUsage(f"The datetime of {name!r} has no time zone: add one, such as datetime.UTC")
            yield name, value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        elif value is None or isinstance(value, (str, int, float, date)):
            yield name, "" if value is None else str(value)
        else:
            raise InvalidUsage(f"Field {name!r} of an import row must be a text or a number, not {value!r}")


def _identified(document: Any) -> str:
    found = _text(document, "import_set_id")
    if not found:
        raise MissingResult("The answer to insertMultiple names no import set")
    return found


def _text(document: Any, name: str) -> str:
    inner = document.get("result", document) if isinstance(document, Mapping) else {}
    return str(inner.get(name) or "") if isinstance(inner, Mapping) else ""


def _as_import(outcome: Outcome) -> ImportOutcome:
    return ImportOutcome(outcome.row, outcome.status, outcome.action, outcome.record, outcome.error)
