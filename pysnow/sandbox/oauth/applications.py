"""Registered applications: rows of ``oauth_entity``, as the OAuth endpoints read them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from pysnow.sandbox.instance.platform import Platform, Row, same

ACCESS_SECONDS = 1800
REFRESH_SECONDS = 8_640_000
CLOCK_SKEW_SECONDS = 300

TABLE = "oauth_entity"

CLIENT = "client"
JWT = "jwt"


@dataclass(frozen=True, slots=True)
class Application:
    """One application that may ask for tokens.

    Attributes:
        sys_id: Key in ``oauth_entity``.
        client_id: What it calls itself.
        secret: Its client secret; empty for none.
        name: Its name, as users are shown it.
        kind: ``client``, or ``jwt`` for one that sends signed assertions.
        is_public: Whether it cannot keep a secret: none is asked for, but a code challenge is.
        redirect_uris: Where users may be sent back to.
        user: Key of the user it acts for with its own credentials; empty for none.
        access_life: Life of its access tokens.
        refresh_life: Life of its refresh tokens.
        rotates: Whether a refresh token is replaced when it is used.
        refreshes_itself: Whether it gets a refresh token with its own credentials, as in some releases.
        user_field: Column of ``sys_user`` that holds what its assertions call ``sub``.
        clock_skew: How far its clock may be from ours.
        checks_ids: Whether its assertions need a ``jti``, each usable once.
    """

    sys_id: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    kind: str
    is_public: bool
    redirect_uris: tuple[str, ...]
    user: str
    access_life: timedelta
    refresh_life: timedelta
    rotates: bool
    refreshes_itself: bool
    user_field: str
    clock_skew: timedelta
    checks_ids: bool

    def proves(self, secret: str) -> bool:
        """Tell whether a caller who knows this secret is the application; a public one has none to know."""
        if self.is_public and not secret:
            return True
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), secret.encode())


def find_application(platform: Platform, client_id: str) -> Application | None:
    """Return the active application with a client id; None if there is none."""
    if not client_id:
        return None
    row = next(platform.rows_where(TABLE, same("client_id", client_id), limit=1), None)
    # The database ignores case, an id does not.
    if row is None or row["client_id"] != client_id or row["active"] != "true":
        return None
    return _application(row)


def _application(row: Row) -> Application:
    addresses = (address.strip() for address in (row["redirect_url"] or "").split(","))
    return Application(
        sys_id=row["sys_id"] or "",
        client_id=row["client_id"] or "",
        secret=row["client_secret"] or "",
        name=row["name"] or row["client_id"] or "",
        kind=row["type"] or CLIENT,
        is_public=row["public_client"] == "true",
        redirect_uris=tuple(address for address in addresses if address),
        user=row["user"] or "",
        access_life=_seconds(row["access_token_lifespan"], ACCESS_SECONDS),
        refresh_life=_seconds(row["refresh_token_lifespan"], REFRESH_SECONDS),
        rotates=row["refresh_token_rotation"] == "true",
        refreshes_itself=row["client_credentials_refresh_token"] == "true",
        user_field=row["user_field"] or "user_name",
        clock_skew=_seconds(row["clock_skew"], CLOCK_SKEW_SECONDS),
        checks_ids=row["enable_jti_verification"] != "false",
    )


def _seconds(text: str | None, default: int) -> timedelta:
    return timedelta(seconds=int(text) if text else default)
