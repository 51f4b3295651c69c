"""Columns of form views (``sysparm_view``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pysnow.sandbox.dictionary.dictionary import Dictionary

_INCIDENT_FORM = (
    "number caller_id category subcategory business_service service_offering cmdb_ci contact_type state hold_reason "
    "impact urgency priority assignment_group assigned_to short_description description watch_list "
    "comments work_notes work_notes_list parent_incident problem_id rfc caused_by "
    "close_code close_notes knowledge resolved_by resolved_at opened_by opened_at closed_by closed_at"
)

# A few stock views, enough to see the parameter at work; a view that is not listed shows all columns.
_VIEWS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("incident", "default"): _INCIDENT_FORM,
        ("incident", "desktop"): _INCIDENT_FORM,
        ("incident", "both"): _INCIDENT_FORM,
        (
            "incident",
            "mobile",
        ): "number caller_id state priority assignment_group assigned_to short_description comments",
        ("incident", "ess"): "number caller_id opened_at urgency state watch_list short_description comments",
        ("sys_user", "mobile"): "user_name name title department email phone mobile_phone location",
    }
)


def view_columns(dictionary: Dictionary, table: str, view: str) -> list[str] | None:
    """Return the columns of a form view.

    Args:
        dictionary: The instance's tables.
        table: Table name; a table without such a view takes its nearest parent's.
        view: ``desktop``, ``mobile``, ``both`` or a view's name; empty for none.

    Returns:
        Column names in the order of the form, None where all columns are meant.
    """
    for name in dictionary.ancestors(table):
        form = _VIEWS.get((name, view.strip().lower()))
        if form is not None:
            return [element for element in form.split() if element in dictionary.columns(table)]
    return None
