"""Which table a number belongs to: by what stands before its digits, as delivered, and as the instance has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import PermissionDenied
from pysnow.field_value import raw_value
from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["BUNDLED", "prefix_of", "tables_of_instance"]

_NUMBER: Final = re.compile(r"([A-Za-z_]{1,20})[0-9]{1,20}", re.ASCII)

BUNDLED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CHG": "change_request",
        "CS": "sn_customerservice_case",
        "CTASK": "change_task",
        "DMND": "dmn_demand",
        "HRC": "sn_hr_core_case",
        "IMS": "interaction",
        "INC": "incident",
        "KB": "kb_knowledge",
        "PRB": "problem",
        "PRJ": "pm_project",
        "PTASK": "problem_task",
        "REQ": "sc_request",
        "RITM": "sc_req_item",
        "RPLN": "resource_plan",
        "SCTASK": "sc_task",
        "SIR": "sn_si_incident",
        "STRY": "rm_story",
        "STSK": "rm_scrum_task",
        "TASK": "sc_task",
        "VIT": "sn_vul_vulnerable_item",
    }
)
"""Prefixes that instances are delivered with."""


def prefix_of(number: str) -> str | None:
    """Give what stands before the digits of a number, in capitals; None when it is no number."""
    found = _NUMBER.fullmatch(number)
    return found[1].upper() if found else None


def tables_of_instance(table: Table, prefix: str) -> tuple[str, ...]:
    """Give the tables that number their records with a prefix: all of ``sys_number``, in one GET, kept for an hour.

    Args:
        table: Any table of the client.
        prefix: In capitals.

    Raises:
        PysnowException: The instance refuses, or does not answer.
    """
    known = memory_of(table._transport).kept("prefixes", DICTIONARY_SECONDS, lambda: _read(table))
    return known.get(prefix, ())


def _read(table: Table) -> Mapping[str, tuple[str, ...]]:
    numbers = table._sibling("/table/sys_number")
    try:
        rows = numbers.get(fields=["prefix", "category"], display_value=False, exclude_reference_link=True).all()
    except PermissionDenied:  # then the delivered ones have to do
        return {}
    tables: dict[str, tuple[str, ...]] = {}
    for row in rows:
        prefix, name = str(row.get("prefix") or "").upper(), str(raw_value(row.get("category")) or "")
        if prefix and name:
            tables[prefix] = (*tables.get(prefix, ()), name)
    return tables
