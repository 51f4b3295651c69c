"""OAuth tokens that end, change or lie about their life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.reply import Reply, read_json

_BEARER = "bearer "


class ExpiredToken(Fault):
    """End the access token of the call before it is served; calls without one pass."""

    def applies(self, call: Call) -> bool:
        """Say whether the call has an access token."""
        return call.header("Authorization").lower().startswith(_BEARER)

    def play(self, call: Call, serve: Serve) -> Reply:
        """End the token, then serve."""
        call.world.tokens.revoke(call.header("Authorization")[len(_BEARER) :].strip())
        return serve(call)


class RotatedRefreshToken(Fault):
    """Give a new refresh token with each refresh, and end the old one; access tokens given before live on."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"refresh"})

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, and rotate."""
        reply, read = read_json(serve(call.plain()))
        if read is None or reply.status != 200:
            return reply
        rotated = call.world.tokens.rotate(str(read.document.get("refresh_token", "")))
        return read.with_document(read.document | {"refresh_token": rotated}) if rotated else reply


class RevokedRefreshToken(Fault):
    """End all refresh tokens before a refresh is served."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"refresh"})

    def play(self, call: Call, serve: Serve) -> Reply:
        """End them, then serve."""
        call.world.tokens.expire_refresh()
        return serve(call)


@dataclass(frozen=True)
class BadExpiry(Fault):
    """Let ``expires_in`` of a token answer be something else than a number of seconds to come."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"token", "refresh"})

    how: Literal["missing", "text", "negative", "zero", "null", "words"] = "missing"

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, with another life."""
        reply, read = read_json(serve(call.plain()))
        if read is None or "expires_in" not in read.document:
            return reply
        kept = {name: value for name, value in read.document.items() if name != "expires_in"}
        values: dict[str, object] = {
            "text": str(read.document["expires_in"]),
            "negative": -1,
            "zero": 0,
            "null": None,
            "words": "half an hour",
        }
        return read.with_document(kept if self.how == "missing" else kept | {"expires_in": values[self.how]})
