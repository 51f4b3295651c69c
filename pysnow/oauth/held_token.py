"""An OAuth token in memory: its secrets masked, its end told by a clock that nobody sets."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from pysnow.auth import Secret, is_header_text
from pysnow.defaults import TOKEN_LIFETIME_SECONDS
from pysnow.exceptions import InvalidUsage
from pysnow.oauth.token_store import Token
from pysnow.wire.clockwork import CLOCKWORK, Clockwork

__all__ = ["CLOCK_SKEW", "Clocks", "HeldToken", "Stage", "Token", "checked_token", "lifetime_seconds"]

CLOCK_SKEW: Final = "clock_skew"
"""Member of a token: by how many seconds the instance's clock was ahead of ours when the token was given."""

_EARLY_SECONDS: Final = 60.0
_EARLY_SHARE: Final = 0.1
_LATE_SECONDS: Final = 10.0
"""How long before its end a token counts as dead: it must still live when the request arrives."""
_LONGEST_SECONDS: Final = 10 * 366 * 86_400

_SECRETS = ("access_token", "refresh_token")
_KEYS = ("token_type", *_SECRETS, "scope", "expires_in", "expires_at", CLOCK_SKEW, "instance")


class Stage(enum.Enum):
    """What the time says of a token."""

    FRESH = "fresh"
    EARLY = "early"
    """It lives, and it is time that somebody fetched the next one."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time here and there, as far as it is known.

    Attributes:
        own: Ours.
        skew: Seconds that the instance's clock is ahead of our wall clock; None while that is not known.
    """

    own: Clockwork = CLOCKWORK
    skew: Callable[[], float | None] = lambda: None


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A token in use.

    Attributes:
        access: The access token.
        refresh: The refresh token, if there is one.
        rest: The other members, as the endpoint gave them.
        early_at: When to begin to look for the next one, on the monotonic clock; None when its end is not known.
        dead_at: When not to send it any more, on that clock.
        owner: Who signed in, and how, as the store has it; see :class:`~pysnow.oauth.token_renewal.TokenSource`.
    """

    access: Secret[str]
    refresh: Secret[str] | None
    rest: Mapping[str, Any] = field(repr=False)
    early_at: float | None
    dead_at: float | None
    owner: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, token: Token, clocks: Clocks) -> Self:
        """Hold a token that :func:`checked_token` gave.

        Args:
            token: The token.
            clocks: The time.
        """
        refresh = token.get("refresh_token")
        early_at, dead_at = _moments(token, clocks)
        return cls(
            access=Secret(str(token["access_token"])),
            refresh=Secret(str(refresh)) if refresh else None,
            rest={name: value for name, value in token.items() if name not in _SECRETS},
            early_at=early_at,
            dead_at=dead_at,
        )

    def token(self) -> Token:
        """The token as a plain dict."""
        # In the order in which endpoints give them.
        secrets = {"access_token": self.access.reveal()}
        if self.refresh is not None:
            secrets["refresh_token"] = self.refresh.reveal()
        return {**secrets, **self.rest}

    def stage(self, now: float) -> Stage:
        """Tell whether it can be used; one whose end is not known can, until the instance refuses it."""
        if self.dead_at is None or self.early_at is None or now < self.early_at:
            return Stage.FRESH
        return Stage.DEAD if now >= self.dead_at else Stage.EARLY

    def dead(self) -> HeldToken:
        """The same token, known not to be accepted any more."""
        return replace(self, early_at=-math.inf, dead_at=-math.inf)

    def without(self, name: str) -> HeldToken:
        """The same token without one of its other members."""
        return replace(self, rest={key: value for key, value in self.rest.items() if key != name})

    def followed_by(self, token: Token, clocks: Clocks) -> HeldToken:
        """Hold what a refresh gave; an instance may leave out what does not change, such as the refresh token."""
        rest = {
            name: value for name, value in self.rest.items() if name not in ("expires_in", "expires_at", CLOCK_SKEW)
        }
        kept = {"refresh_token": self.refresh.reveal()} if self.refresh is not None else {}
        said = {name: value for name, value in token.items() if value is not None}
        return replace(HeldToken.of({**kept, **rest, **said}, clocks), owner=self.owner)


def checked_token(token: Any) -> Token:
    """The parts of a token that are used.

    Args:
        token: A dict with ``access_token`` and, as far as there are, ``refresh_token``, ``token_type``, ``scope``,
            ``expires_in`` (seconds) and ``expires_at`` (seconds since 1970).

    Raises:
        InvalidUsage: It is no dict, or holds no access token.
    """
    problem = ""
    if not isinstance(token, dict):
        problem = f"A token must be a dict as generate_token() returns it, not {type(token).__name__}"
    elif not is_header_text(token.get("access_token")):
        problem = (
            "A token must hold an 'access_token' without blanks or line breaks: pass what generate_token() returned"
        )
    if problem:
        token = None  # error reporters collect the variables of a traceback
        raise InvalidUsage(problem)
    return {key: token[key] for key in _KEYS if key in token}


def lifetime_seconds(expires_in: Any) -> float:
    """How long a token that was just given lives.

    Args:
        expires_in: What the endpoint says of it. When that is missing, or no number of seconds to come, the platform's
            default lifetime is taken; an instance that ends the token before answers 401, which is provided for.
    """
    seconds = _number(expires_in)
    return seconds if seconds is not None and seconds > 0 else float(TOKEN_LIFETIME_SECONDS)


def _moments(token: Token, clocks: Clocks) -> tuple[float | None, float | None]:
    """When a token becomes early and dead, on the monotonic clock."""
    ends = _number(token.get("expires_at"))
    if ends is None:
        return None, None
    # Its end was written down by the clock of whoever fetched it: ours may be right where that one was wrong.
    written, known = _number(token.get(CLOCK_SKEW)) or 0.0, clocks.skew()
    correction = 0.0 if known is None else written - known
    left = min(ends + correction - clocks.own.wall(), _LONGEST_SECONDS)
    lifetime = _number(token.get("expires_in")) or left
    early = max(0.0, min(_EARLY_SECONDS, _EARLY_SHARE * lifetime))
    late = min(_LATE_SECONDS, early / 2)
    # Clients that got their tokens together do not all come back together.
    early *= 0.8 + 0.2 * clocks.own.roll()
    end = clocks.own.clock() + left
    return end - early, end - late


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
