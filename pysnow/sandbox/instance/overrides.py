"""Dictionary overrides: what a table changes about an inherited column, as rows of ``sys_dictionary_override``.

Of all that can be overridden, only the default value matters to web services: the flags for mandatory and read-only are
for forms (documentation "Dictionary overrides").
"""

from __future__ import annotations

from dataclasses import replace

from pysnow.sandbox.instance.platform import Platform, same

OVERRIDE_TABLE = "sys_dictionary_override"

_CHANGED = "overrides.changed"


def follow(platform: Platform, table: str, element: str) -> None:
    """Let an override of a column take effect that was written or deleted. In a transaction.

    Args:
        platform: The instance's dictionary and store.
        table: Table that overrides; where it inherits no such column, nothing happens.
        element: The column.
    """
    _apply(platform, table, element)
    platform.store.set_meta(_CHANGED, "true")


def load(platform: Platform) -> None:
    """Let all overrides take effect, if a file has kept any that differ from the definitions."""
    if platform.store.get_meta(_CHANGED) is None:
        return
    for row in list(platform.store.select(OVERRIDE_TABLE, columns=("name", "element"))):
        _apply(platform, row["name"] or "", row["element"] or "")


def _apply(platform: Platform, table: str, element: str) -> None:
    dictionary = platform.dictionary
    parent = dictionary.parent(table) if table in dictionary else None
    inherited = dictionary.columns(parent).get(element) if parent else None
    if inherited is None:
        return
    rows = platform.rows_where(
        OVERRIDE_TABLE, same("name", table), same("element", element), same("default_value_override", "true")
    )
    default = next((row["default_value"] or "" for row in rows), inherited.default)
    column = dictionary.columns(table)[element]
    if column.default != default:
        dictionary.define_column(table, replace(column, default=default))
