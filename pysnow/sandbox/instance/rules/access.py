"""Rules of the tables that decide about access: what is written there takes effect at once."""

from __future__ import annotations

from pysnow.sandbox.acl import SOURCE_TABLES
from pysnow.sandbox.acl.scripts import read_script
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.refusals import NotEmulated
from pysnow.sandbox.instance.rules.registry import DELETE, WRITES, Rule


def refuse_unknown_script(change: Change) -> None:
    """Refuse an access control rule whose script could not be obeyed later.

    Raises:
        NotEmulated: Names the scripts that are understood.
    """
    script = change.get("script") if change.get("advanced") == "true" else None
    is_new = change.changed("script") or change.changed("advanced")
    if script and is_new and read_script(script) is None:
        raise NotEmulated(
            "Scripts of access control rules, other than answer = true, answer = false and"
            ' answer = [!]GlideFilter.checkRecord(current, "<encoded query>")'
        )


def forget_access(change: Change) -> None:
    """Let rules and roles be read anew."""
    change.platform.security.forget()


RULES = (
    Rule("sys_security_acl", "before", WRITES, refuse_unknown_script),
    *(Rule(table, "after", WRITES | DELETE, forget_access) for table in SOURCE_TABLES),
)
