"""What can be set, and the names it goes by in the environment and in files."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = ["IGNORED_KEYS", "SETTINGS", "Kind", "Setting", "nearest", "setting_of_key"]

Kind: TypeAlias = Literal["text", "secret", "number", "count", "flag", "timeout", "path", "path or flag", "paths"]
"""What a value of a setting looks like."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    Attributes:
        name: What :class:`~pysnow.Client` calls it, where it is an argument of that.
        kind: What its value looks like.
        variables: Names in the environment behind the prefix (``SERVICENOW_``), the first that is set counts.
        ansible: Names that Ansible's collection uses, looked at after those.
        keys: Keys in a file, dots for tables.
        references: Further keys that tell where a secret is kept, each with the prefix that says the same.
    """

    name: str
    kind: Kind
    variables: tuple[str, ...]
    keys: tuple[str, ...]
    ansible: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("instance", "text", ("INSTANCE",), ("instance", "instance.url", "url"), ("SN_HOST",)),
    Setting("endpoint_url", "text", ("ENDPOINT_URL",), ()),
    Setting("auth_method", "text", ("AUTH_METHOD",), ("auth_method", "auth", "auth.method")),
    Setting("user", "text", ("USERNAME", "USER"), ("user", "username", "auth.user", "auth.username"), ("SN_USERNAME",)),
    Setting(
        "password",
        "secret",
        ("PASSWORD",),
        ("password", "auth.password"),
        ("SN_PASSWORD",),
        (
            ("password_command", "cmd:"),
            ("auth.password_command", "cmd:"),
            ("keyring", "keyring:"),
            ("auth.keyring", "keyring:"),
        ),
    ),
    Setting("token", "secret", ("API_TOKEN", "TOKEN"), ("token", "auth.token")),
    Setting("api_key", "secret", ("API_KEY",), ("api_key", "auth.api_key"), ("SN_API_KEY",)),
    Setting(
        "client_id",
        "text",
        ("CLIENT_ID", "OAUTH_CLIENT_ID"),
        ("client_id", "auth.client_id", "auth.oauth.client_id"),
        ("SN_CLIENT_ID",),
    ),
    Setting(
        "client_secret",
        "secret",
        ("CLIENT_SECRET", "OAUTH_CLIENT_SECRET"),
        ("client_secret", "auth.client_secret", "auth.oauth.client_secret"),
        ("SN_CLIENT_SECRET",),
    ),
    Setting(
        "refresh_token",
        "secret",
        ("REFRESH_TOKEN",),
        ("refresh_token", "auth.refresh_token", "auth.oauth.refresh_token"),
        ("SN_REFRESH_TOKEN",),
    ),
    Setting("token_file", "path", ("TOKEN_FILE",), ("token_file", "auth.token_file", "auth.oauth.token_file")),
    Setting(
        "redirect_uri", "text", ("REDIRECT_URI",), ("redirect_uri", "auth.redirect_uri", "auth.oauth.redirect_uri")
    ),
    Setting("timeout", "timeout", ("TIMEOUT",), ("timeout", "transport.timeout", "transport.timeout_secs")),
    Setting("deadline", "number", ("DEADLINE",), ("deadline", "transport.deadline")),
    Setting("max_retries", "count", ("MAX_RETRIES",), ("max_retries", "transport.max_retries")),
    Setting("rate_limit", "number", ("RATE_LIMIT",), ("rate_limit", "transport.rate_limit")),
    Setting("verify", "path or flag", ("CA_BUNDLE", "VERIFY"), ("verify", "ca_bundle", "transport.verify")),
    Setting("cert", "paths", ("CLIENT_CERT",), ("cert", "transport.cert")),
    Setting("allow_insecure_http", "flag", ("ALLOW_INSECURE_HTTP",), ("allow_insecure_http",)),
    Setting("read_only", "flag", ("READ_ONLY",), ("read_only",)),
    Setting("writes", "text", ("WRITES",), ("writes",)),
    Setting("strict", "flag", ("STRICT",), ("strict",)),
    Setting("user_agent", "text", ("USER_AGENT",), ("user_agent",)),
    Setting("debug", "flag", ("DEBUG",), ("debug",)),
    Setting("schema_release", "text", ("SCHEMA_RELEASE",), ("schema_release", "schema.release")),
    Setting("schema_overlay", "path", ("SCHEMA_PATH", "SCHEMA_OVERLAY"), ("schema_overlay", "schema.overlay")),
)
"""Everything that can be set outside of a program, in the order in which it is explained."""

IGNORED_KEYS: Final = frozenset(
    {"transport.preferred", "transport.graphql_fallback", "transport.graphql_batch_threshold"}
)
"""Keys of servicenow_rs's files that choose between its ways of sending; there is one way here."""

_OF_KEY: Final = {key: (setting, "") for setting in SETTINGS for key in setting.keys} | {
    key: (setting, prefix) for setting in SETTINGS for key, prefix in setting.references
}


def setting_of_key(key: str) -> tuple[Setting, str] | None:
    """The setting that a file's key stands for, and the prefix that its value lacks; None for an unknown key.

    Args:
        key: The key, with dots for tables.
    """
    return _OF_KEY.get(key)


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names what was probably meant; empty when nothing is near.

    Args:
        name: What was written.
        known: What could have been meant.
    """
    found = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    return f": did you mean {found[0]!r}?" if found else ""


def known_keys() -> frozenset[str]:
    """Every key that a profile may have."""
    return frozenset(_OF_KEY) | IGNORED_KEYS
