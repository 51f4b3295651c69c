"""What became of one row among many, as a value: some may fail while others are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pysnow.exceptions import (
    AuthenticationError,
    PysnowException,
    RateLimited,
    ResponseError,
    RowsFailed,
)
from pysnow.field_value import raw_value
from pysnow.writing.write_verdict import verdict_on

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.writing.field_diff import FieldChange

__all__ = ["Action", "Outcome", "Outcomes", "Status", "status_of"]

Status: TypeAlias = Literal["done", "failed", "not_executed", "unknown", "dry_run"]
"""``done``; ``failed``: the instance refused, and nothing was done (``error.committed`` is False), or what was written
is not all right (True); ``not_executed``: certainly not carried out (False); ``unknown``: it may or may not have been
(None); ``dry_run``: nothing was sent, on purpose."""

Action: TypeAlias = Literal["created", "existed", "updated", "unchanged", "deleted", "read"]
"""What was done, or would be: ``existed``: an earlier creation with the same key had made the record."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row, or one call of a batch.

    Attributes:
        row: The row as it was given; a sys_id where a query found it.
        status: How it ended.
        action: What was done to the record, or would be; None where nothing was.
        record: The record as the instance gave it back; None where it gave none, as for a deletion.
        error: Why it was not done, or why nobody knows; an :class:`~pysnow.AmbiguousWrite` has ``check()``.
        changes: Fields that change, by name, as far as the record was read before.
        ignored: Names of fields that did not take what was sent, or would not.
        index: Place of the row among those that were given, from 0; None of an outcome made by hand.
    """

    row: Any
    status: Status
    action: Action | None = None
    record: Record | None = None
    error: PysnowException | None = None
    changes: Mapping[str, FieldChange] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    index: int | None = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status == "done"

    @property
    def sys_id(self) -> str | None:
        """The record concerned, as far as it is known."""
        named = self.row if isinstance(self.row, Mapping) else {"sys_id": self.row}
        for fields in (self.record or {}, named):
            found = raw_value(fields.get("sys_id"))
            if isinstance(found, str) and found:
                return found
        return self.error.sys_id if self.error is not None else None

    def __repr__(self) -> str:
        """Say how it ended, without the fields."""
        what = self.action or (type(self.error).__name__ if self.error is not None else "")
        place = "" if self.index is None else f"of row {self.index}:"
        words = " ".join(word for word in ("Outcome", place, self.status, what, self.sys_id) if word)
        return f"<{words}, ignored: {', '.join(self.ignored)}>" if self.ignored else f"<{words}>"


class Outcomes(list[Outcome]):
    """Outcomes in the order of the rows."""

    @property
    def failed(self) -> Outcomes:
        """Those that were not done, for whatever reason."""
        return Outcomes(each for each in self if each.status not in ("done", "dry_run"))

    @property
    def counts(self) -> dict[str, int]:
        """Numbers by status, and of what was done by action."""
        counts: dict[str, int] = {}
        for each in self:
            name = each.action if each.ok and each.action else each.status
            counts[name] = counts.get(name, 0) + 1
        return counts

    def raise_for_failures(self) -> None:
        """Raise if anything was not done.

        Raises:
            RowsFailed: It knows the outcomes; its cause is the first error.
        """
        failed = self.failed
        if failed:
            first = failed[0].error
            place = "" if failed[0].index is None else f", row {failed[0].index}"
            raise RowsFailed(
                f"{len(failed)} of {len(self)} were not done ({_listed(failed)}). The first{place}: {first}",
                committed=None,
                outcomes=tuple(self),
            ) from first

    def __repr__(self) -> str:
        """Say how many ended how; of a dry run what would be done, and of how many not all took."""
        counts = dict(self.counts)
        planned = Counter(each.action for each in self if each.status == "dry_run")
        if planned:
            counts.pop("dry_run")
            counts["dry_run"] = planned.total()
        text = ", ".join(f"{count} {name}" for name, count in counts.items())
        if planned:
            text += f": {', '.join(f'{count} {name}' for name, count in planned.items())}"
        partly = sum(bool(each.ignored) for each in self)
        return f"<Outcomes {text or 'none'}{f'; {partly} with ignored fields' if partly else ''}>"


def status_of(error: PysnowException) -> Status:
    """The status of a row whose write brought an error: it follows ``error.committed``, and so does any other.

    Args:
        error: The error; where it proves that nothing was done, it says so from now on.
    """
    if verdict_on(error) == "not made":
        error.describe(committed=False)
    if error.committed is None:
        return "unknown"
    if error.committed:  # it was written, and there is something wrong with it
        return "failed"
    is_answer = isinstance(error, ResponseError) and not isinstance(error, (AuthenticationError, RateLimited))
    return "failed" if is_answer else "not_executed"


def _listed(outcomes: Iterable[Outcome]) -> str:
    names = [each.status.replace("_", " ") for each in outcomes]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))
