"""How many child incidents an incident has (``child_incidents``), kept as its children come and go."""

from __future__ import annotations

from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import same
from pysnow.sandbox.instance.records import update_record
from pysnow.sandbox.instance.rules.registry import DELETE, WRITES, Rule

_PARENT = "parent_incident"


def count_children(change: Change) -> None:
    """Count anew at the parents that a child comes to or leaves.

    A parent is updated like any record, if its number differs (our default); one that is gone is passed over.
    """
    if change.operation == "update" and not change.changed(_PARENT):
        return
    versions = (change.before, None if change.operation == "delete" else change.row)
    for parent in dict.fromkeys(row.get(_PARENT) for row in versions if row):
        if parent and change.platform.store.get("incident", parent):
            _count(change, parent)


def _count(change: Change, parent: str) -> None:
    platform = change.platform
    number = platform.store.count("incident", platform.compiled("incident", [[same(_PARENT, parent)]]))
    update_record(platform, "incident", parent, {"child_incidents": number}, change.caller, WriteOptions())


RULES = (Rule("incident", "after", WRITES | DELETE, count_children),)
