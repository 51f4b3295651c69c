"""Rules of the platform's own tables: users, attachments, system properties."""

from __future__ import annotations

from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.rules.registry import DELETE, WRITES, Rule


def join_user_name(change: Change) -> None:
    """Calculate ``sys_user.name`` from first and last name; a user with neither keeps the name given."""
    parts = [part for element in ("first_name", "last_name") if (part := change.get(element))]
    if parts:
        change.set("name", " ".join(parts))


def drop_attachment_content(change: Change) -> None:
    """Delete the bytes with the record."""
    change.platform.store.delete_blob(change.sys_id)


def apply_property(change: Change) -> None:
    """Let a written system property take effect at once."""
    if name := change.get("name"):
        change.platform.properties[name] = change.get("value") or ""


RULES = (
    Rule("sys_user", "before", WRITES, join_user_name),
    Rule("sys_attachment", "after", DELETE, drop_attachment_content),
    Rule("sys_properties", "after", WRITES, apply_property),
)
