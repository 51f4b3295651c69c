"""Names of referenced records: the value of the target's display column, for many keys in one query."""

from __future__ import annotations

from collections.abc import Collection

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.platform import Platform

# A display column may itself be a reference (the user of an approval); chains of them end here.
_MOST_STEPS = 3


def display_names(
    platform: Platform, table: str, keys: Collection[str], *, key_element: str = "sys_id", steps: int = _MOST_STEPS
) -> dict[str, str]:
    """Return the display value of records by their key; keys without a record are missing.

    Args:
        platform: The instance's dictionary and store.
        table: Table of the records.
        keys: Their keys.
        key_element: Column that holds the keys.
        steps: References to follow at most.
    """
    display = platform.dictionary.display_column(table) if table in platform.dictionary else None
    if display is None or not keys:
        return {}
    rows = platform.rows_with_keys(table, key_element, keys, columns=(key_element, display))
    names = {row[key_element] or "": row.get(display) or "" for row in rows}
    column = platform.dictionary.columns(table)[display]
    labels = _labels(platform, table, column, frozenset(names.values()), steps)
    return {key: labels.get(name, name) for key, name in names.items()}


def _labels(platform: Platform, table: str, column: Column, names: Collection[str], steps: int) -> dict[str, str]:
    if form_of(column.type) is Form.REFERENCE and steps > 1:
        return display_names(platform, column.reference, names, key_element=column.reference_key, steps=steps - 1)
    return {choice.value: choice.label for choice in platform.dictionary.choices(table, column.element)}
