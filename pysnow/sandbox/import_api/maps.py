"""Transform maps: how rows of a staging table become records of another (``sys_transform_map``)."""

from __future__ import annotations

from dataclasses import dataclass

from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.refusals import NotEmulated

MAP_TABLE = "sys_transform_map"
ENTRY_TABLE = "sys_transform_entry"

_TRUE = "true"


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a map (``sys_transform_entry``).

    Attributes:
        source: Column of the staging table.
        target: Column of the target table.
        coalesces: Whether records are looked for by this column.
        is_case_sensitive: Whether that search minds the case.
        choice_action: What to do about an unknown choice or reference: ``create``, ``ignore`` or ``reject``.
        date_format: Java pattern of dates; empty for the stored form.
    """

    source: str
    target: str
    coalesces: bool
    is_case_sensitive: bool
    choice_action: str
    date_format: str


@dataclass(frozen=True, slots=True)
class TransformMap:
    """A map with its fields.

    Attributes:
        sys_id: Key of the map.
        name: Its name.
        target_table: Table of the records it makes.
        copies_empty: Whether empty values clear fields of the target (``copy_empty_fields``).
        entries: Its fields.
    """

    sys_id: str
    name: str
    target_table: str
    copies_empty: bool
    entries: tuple[Entry, ...]


def active_maps(platform: Platform, staging_table: str) -> list[TransformMap]:
    """Give the active maps of a staging table in the order in which they run.

    Raises:
        NotEmulated: A map needs something that this sandbox does not know.
    """
    rows = platform.rows_where(MAP_TABLE, same("source_table", staging_table), same("active", _TRUE))
    ordered = sorted(rows, key=lambda row: (int(row["order"] or "0"), row["sys_id"] or ""))
    return [_transform_map(platform, row) for row in ordered]


def _transform_map(platform: Platform, row: Row) -> TransformMap:
    entries = list(platform.rows_where(ENTRY_TABLE, same("map", row["sys_id"] or "")))
    _refuse_unknown(row, entries)
    return TransformMap(
        sys_id=row["sys_id"] or "",
        name=row["name"] or "",
        target_table=row["target_table"] or "",
        copies_empty=row["copy_empty_fields"] == _TRUE,
        entries=tuple(_entry(entry) for entry in entries),
    )


def _entry(row: Row) -> Entry:
    return Entry(
        source=row["source_field"] or "",
        target=row["target_field"] or "",
        coalesces=row["coalesce"] == _TRUE,
        is_case_sensitive=row["coalesce_case_sensitive"] == _TRUE,
        choice_action=row["choice_action"] or "create",
        date_format=row["date_format"] or "",
    )


def _refuse_unknown(row: Row, entries: list[Row]) -> None:
    """Refuse maps whose effect could only be guessed."""
    unknown = {
        "scripts": row["run_script"] == _TRUE or any(entry["use_source_script"] == _TRUE for entry in entries),
        "mandatory fields": row["enforce_mandatory_fields"] == _TRUE,
        "business rules switched off": row["run_business_rules"] == "false",
    }
    for what, is_asked in unknown.items():
        if is_asked:
            raise NotEmulated(f"Transform map {row['name']} with {what}")
