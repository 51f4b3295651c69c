"""What a client that has been made shows of itself, and what may be assigned to it.

That is not what decides where its credentials go. Programs of old assign ``parameters``, ``session``, ``timeout``,
``request_params``, ``raise_on_empty`` and names of their own; classes of their own have what attributes they like.
"""

from __future__ import annotations

import difflib
from typing import Any, Final

__all__ = ["refuse_assignment", "who_calls"]

_ORIGIN: Final = frozenset({"base_url", "token_url"})
_AS_GIVEN: Final = frozenset({"instance", "host", "use_ssl", "client_id"})
"""Shown as they were given; assigning them would look as if it had an effect."""

_WITH_CLIENT: Final = {
    "user": "assign client.auth = (user, password) to call as somebody else",
    "password": "assign client.auth = (user, password) to call as somebody else",
    "client_secret": "make another client",
    "schema": "pass Client(schema=...)",
    "config": "pass Client(config=...)",
    **{
        name: f"pass Client({name}=...)"
        for name in (
            "verify",
            "cert",
            "proxies",
            "retry",
            "deadline",
            "rate_limit",
            "writes",
            "strict",
            "allow_insecure_http",
            "warn_truncated",
            "read_only",
            "user_agent",
            "schema_mode",
            "profile",
        )
    },
}
"""Arguments that are no attributes, with what to do instead."""

_ASSIGNABLE: Final = ("parameters", "timeout", "raise_on_empty", "request_params", "token_updater")
"""Attributes that are missed by a slip of the finger without anybody noticing."""

_CLOSE: Final = 0.9


def refuse_assignment(client: object, name: str, value: object) -> None:
    """Refuse to assign what was decided when a client was made, or what would be without effect.

    Args:
        client: The client.
        name: Attribute that is assigned.
        value: What is to be assigned.

    Raises:
        AttributeError: It cannot be assigned; the text says what to do instead.
    """
    if name.startswith("_"):
        return
    known: dict[str, Any] = vars(client)
    is_made = "_sender" in known  # what is assigned last
    if not is_made or name in _ASSIGNABLE or (name in known and name not in _ORIGIN | _AS_GIVEN):
        return
    # The attributes of a subclass are its own, those of the origin apart: credentials follow that.
    is_ours = type(client).__module__.startswith("pysnow.")
    if name in _ORIGIN or (is_ours and name in _AS_GIVEN):
        if name in known and known[name] != value:
            raise AttributeError(f"{_of(client, name)}: credentials would go elsewhere. Make another client")
    elif is_ours and name in _WITH_CLIENT:
        raise AttributeError(f"{_of(client, name)}: {_WITH_CLIENT[name]}")
    elif is_ours and not hasattr(type(client), name):
        near = difflib.get_close_matches(name, _ASSIGNABLE, 1, _CLOSE)
        if near:
            raise AttributeError(f"A client has no attribute {name!r}: did you mean {near[0]!r}?")


def who_calls(session: object, user: str | None) -> str:
    """Tell how a client signs in, and as whom where that is known: ``PasswordGrant, user ada``.

    Args:
        session: What it sends with; None for nothing yet.
        user: The user that was given.
    """
    if session is None:
        return "no token"
    auth = getattr(session, "auth", None)
    kind = type(session).__name__
    if kind == "Session":  # of requests: any program's, and the client's own
        kind = type(auth).__name__ if auth is not None else "session without auth"
    if isinstance(auth, tuple):
        kind, user = "user and password", str(auth[0]) if auth else None
    user = user or getattr(auth, "user", None) or getattr(auth, "username", None)
    return f"{kind}, user {user}" if isinstance(user, str) and user else kind


def _of(client: object, name: str) -> str:
    return f"{name!r} is decided when {type(client).__name__}() makes the client"
