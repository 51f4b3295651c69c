"""Rules of the tables that decide how callers prove who they are."""

from __future__ import annotations

from pysnow.sandbox.instance.api_policies import POLICY_TABLE, PROFILE_TABLE
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.rules.registry import DELETE, INSERT, WRITES, Rule


def make_up_credentials(change: Change) -> None:
    """Make up id and secret of an application that is registered without them ("Create an OAuth API endpoint")."""
    if change.get("type") == "oauth_provider":
        return
    change.set("client_id", change.get("client_id") or change.platform.new_id())
    if change.get("public_client") != "true":
        change.set("client_secret", change.get("client_secret") or change.platform.new_id())


def make_up_key(change: Change) -> None:
    """Make up an API key that is registered without its text."""
    change.set("token", change.get("token") or change.platform.new_id())


def forget_policies(change: Change) -> None:
    """Let access policies be read anew."""
    change.platform.api_policies.forget()


RULES = (
    Rule("oauth_entity", "before", INSERT, make_up_credentials),
    Rule("api_key", "before", INSERT, make_up_key),
    *(Rule(table, "after", WRITES | DELETE, forget_policies) for table in (POLICY_TABLE, PROFILE_TABLE)),
)
