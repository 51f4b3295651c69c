"""Rules of the platform's own tables: users, attachments, system properties."""

from __future__ import annotations

from pysnow.sandbox.instance import choice_lists, overrides
from pysnow.sandbox.instance.attachment_chunks import delete_chunks
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.rules.registry import DELETE, INSERT, WRITES, Rule


def join_user_name(change: Change) -> None:
    """Calculate ``sys_user.name`` from first and last name; a user with neither keeps the name given."""
    parts = [part for element in ("first_name", "last_name") if (part := change.get(element))]
    if parts:
        change.set("name", " ".join(parts))


def drop_attachment_content(change: Change) -> None:
    """Delete the content with the record."""
    delete_chunks(change.platform, change.sys_id)


def apply_property(change: Change) -> None:
    """Let a written system property take effect at once."""
    if name := change.get("name"):
        change.platform.properties[name] = change.get("value") or ""


def follow_choices(change: Change) -> None:
    """Let a written or deleted choice take effect at once, in the list it leaves as well as in the one it comes to."""
    for table, element in _columns_named(change):
        choice_lists.follow(change.platform, table, element)


def follow_overrides(change: Change) -> None:
    """Let a written or deleted dictionary override take effect at once."""
    for table, element in _columns_named(change):
        overrides.follow(change.platform, table, element)


def _columns_named(change: Change) -> set[tuple[str, str]]:
    """Give the columns that a row of the dictionary speaks of, before and after the change."""
    versions = [row for row in (change.before, change.row) if row is not None]
    return {(row.get("name") or "", row.get("element") or "") for row in versions}


def reset_scope(change: Change) -> None:
    """Put a new application file into the global scope, whatever the caller names (recorded on a live instance)."""
    if change.caller.sys_id:
        change.set("sys_scope", "global")
        change.set("sys_package", "global")


def forget_audited_tables(change: Change) -> None:
    """Let the tables that are audited be read anew."""
    change.platform.audited_tables.forget()


def forget_business_rules(change: Change) -> None:
    """Let the business rules that abort writes be read anew."""
    change.platform.business_rules.forget()


RULES = (
    Rule("sys_user", "before", WRITES, join_user_name),
    Rule("sys_metadata", "before", INSERT, reset_scope),
    Rule("sys_attachment", "before", DELETE, drop_attachment_content),
    Rule("sys_properties", "after", WRITES, apply_property),
    Rule("sys_dictionary", "after", WRITES | DELETE, forget_audited_tables),
    Rule("sys_script", "after", WRITES | DELETE, forget_business_rules),
    Rule("sys_dictionary_override", "after", WRITES | DELETE, follow_overrides),
    Rule("sys_choice", "after", WRITES | DELETE, follow_choices),
)
