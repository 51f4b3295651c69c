"""What the transform maps made of one row of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from pysnow.exceptions import MissingResult, ResponseError
from pysnow.writing.outcome import Outcome, Outcomes

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.writing.outcome import Action

__all__ = ["ImportOutcome", "ImportOutcomes", "Transform", "imported", "stored_transform"]

_ACTIONS: Final = {"inserted": "created", "updated": "updated", "ignored": "unchanged", "skipped": "unchanged"}


@dataclass(frozen=True, slots=True)
class Transform:
    """What one transform map made of a row.

    Attributes:
        status: ``inserted``, ``updated``, ``ignored``, ``skipped`` or ``error``.
        table: Table of the record.
        sys_id: The record; empty when there is none.
        map: Name of the transform map; from ``insert_multiple()`` its sys_id.
        display_value: What people call the record.
        message: What the instance says about it, such as why it was ignored.
    """

    status: str
    table: str = ""
    sys_id: str = ""
    map: str = ""
    display_value: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome(Outcome):
    """What became of one row.

    Attributes:
        transforms: What each transform map made of it; empty when it is not known, or none is there.
        import_set: Number or sys_id of the import set.
    """

    transforms: tuple[Transform, ...] = ()
    import_set: str = ""

    @property
    def sys_id(self) -> str | None:
        """The record that the row became, or was merged into."""
        return next((each.sys_id for each in self.transforms if each.sys_id), None)

    @property
    def message(self) -> str:
        """What the instance says about the row."""
        return "; ".join(each.message for each in self.transforms if each.message)


class ImportOutcomes(Outcomes):
    """Outcomes of rows, in their order."""

    # Outcomes is a list of outcomes, and those of an import know more.
    def __getitem__(self, key: Any) -> Any:
        """Give the outcome of a row, or of several."""
        return super().__getitem__(key)


def imported(row: Any, document: JSON) -> ImportOutcome:
    """Read the answer to the import of a row.

    Args:
        row: The row as it was given.
        document: The answer; None when it had no body, because the record may not be read (KB3047115).

    Raises:
        MissingResult: It does not say what became of the row.
    """
    if document is None:
        return ImportOutcome(row, "done")
    results = document.get("result") if isinstance(document, Mapping) else None
    if not isinstance(results, list):
        raise MissingResult("The answer to an import does not list what the transform maps did")
    transforms = [_transform(each) for each in results if isinstance(each, Mapping)]
    return _outcome(row, transforms, str(document.get("import_set") or ""))


def stored_transform(row: Any, staged: Mapping[str, Any] | None, import_set: str) -> ImportOutcome:
    """Tell what became of a row from what its staging table says of it.

    Args:
        row: The row as it was given.
        staged: The row of the staging table; None when there is none.
        import_set: sys_id of the import set.
    """
    if staged is None or staged.get("sys_import_state") in (None, "", "pending"):
        error = MissingResult(
            "The row has not been transformed" if staged is not None else "The staging table does not have the row",
            hint="Look at the import set on the instance",
        )
        return ImportOutcome(row, "unknown", error=error, import_set=import_set)
    reference = staged.get("sys_transform_map")
    transform = Transform(
        str(staged["sys_import_state"]),
        str(staged.get("sys_target_table") or ""),
        str(staged.get("sys_target_sys_id") or ""),
        str((reference.get("value") if isinstance(reference, Mapping) else reference) or ""),
        message=str(staged.get("sys_row_error") or staged.get("sys_import_state_comment") or ""),
    )
    return _outcome(row, [transform], import_set)


def _transform(result: Mapping[str, JSON]) -> Transform:
    return Transform(
        str(result.get("status") or ""),
        str(result.get("table") or ""),
        str(result.get("sys_id") or ""),
        str(result.get("transform_map") or ""),
        str(result.get("display_value") or ""),
        str(result.get("error_message") or result.get("status_message") or ""),
    )


def _outcome(row: Any, transforms: Iterable[Transform], import_set: str) -> ImportOutcome:
    listed = tuple(transforms)
    bad = next((each for each in listed if each.status not in _ACTIONS), None)
    if bad is not None:
        error = ResponseError({"message": bad.message or f"status {bad.status!r}", "detail": bad.map}, committed=False)
        return ImportOutcome(row, "failed", error=error, transforms=listed, import_set=import_set)
    done = [_ACTIONS[each.status] for each in listed]
    action = next((each for each in ("created", "updated") if each in done), "unchanged" if done else None)
    return ImportOutcome(row, "done", cast("Action | None", action), transforms=listed, import_set=import_set)
