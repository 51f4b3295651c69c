"""What was given to applications: tokens, codes, ids of assertions, as rows of ``oauth_credential``.

They live in the store, so that a sandbox on a file knows them again after a restart. A row's ``sys_id`` is made from
its text, which makes finding it by the text one look-up by key, and exact where the database ignores case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from pysnow.sandbox.instance.date_formats import stored_date_time
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.store import DuplicateKey

TABLE = "oauth_credential"

# The user's name stands in another table; both are read at once.
_COLUMNS = (
    "type",
    "token",
    "peer",
    "user",
    "expires",
    "running",
    "redirect_uri",
    "code_challenge",
    "user.user_name",
    "peer.active",
)


class Kind(StrEnum):
    """What a credential is (``type``)."""

    ACCESS = "access_token"
    REFRESH = "refresh_token"
    CODE = "authorization_code"
    JWT_ID = "jwt_id"


_KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Credential:
    """One token, code or id.

    Attributes:
        kind: What it is.
        text: What callers send.
        application: Key of the application it was given to, in ``oauth_entity``.
        user: Key of the user it stands for, in ``sys_user``.
        ends: When it expires.
        is_running: Whether a further token request is answered with it.
        redirect_uri: Where a code was sent to.
        code_challenge: What the verifier of a code must hash to; empty for none.
        user_name: Login name of the user; known of those that were found.
    """

    kind: Kind
    text: str = field(repr=False)
    application: str
    user: str
    ends: datetime
    is_running: bool = False
    redirect_uri: str = ""
    code_challenge: str = ""
    user_name: str = ""


class Credentials:
    """All credentials of an instance; threads may share it.

    Args:
        platform: The instance's store and clock.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def add(self, credential: Credential) -> bool:
        """Keep a credential; tells whether its text was new."""
        now = self._platform.now()
        row = {
            "sys_id": _key(credential.text),
            "type": credential.kind.value,
            "token": credential.text,
            "peer": credential.application or None,
            "user": credential.user or None,
            "expires": stored_date_time(credential.ends),
            "scopes": "useraccount",
            "running": "true" if credential.is_running else "false",
            "redirect_uri": credential.redirect_uri or None,
            "code_challenge": credential.code_challenge or None,
            **dict.fromkeys(("sys_created_on", "sys_updated_on"), now),
            **dict.fromkeys(("sys_created_by", "sys_updated_by"), "system"),
            "sys_mod_count": "0",
        }
        try:
            self._platform.store.insert(TABLE, row)
        except DuplicateKey:
            return False
        return True

    def find(self, kind: Kind, text: str) -> Credential | None:
        """Give the living credential with a text; None when there is none, or its application was switched off."""
        row = next(self._platform.store.get_many(TABLE, (_key(text),), columns=_COLUMNS), None)
        if row is None or (row["type"], row["token"], row["peer.active"]) != (kind.value, text, "true"):
            return None
        credential = _credential(row)
        return credential if self.is_living(credential) else None

    def of(self, application: str, user: str) -> Iterator[Credential]:
        """Give everything an application was given for a user, dead or alive."""
        conditions = (same("user", user), same("peer", application))
        rows = self._platform.rows_where(TABLE, *conditions, columns=_COLUMNS)
        return (_credential(row) for row in rows if row["type"] in _KINDS)

    def is_living(self, credential: Credential) -> bool:
        """Tell whether a credential has not expired."""
        return credential.ends > self._platform.clock()

    def retire(self, credential: Credential) -> None:
        """Leave a credential alone in further token requests; it lives on."""
        self._platform.store.update(TABLE, _key(credential.text), {"running": "false"})

    def remove(self, text: str) -> bool:
        """Forget a credential, and tell whether there was one."""
        return self._platform.store.delete(TABLE, _key(text))

    def remove_all(self, *kinds: Kind) -> None:
        """Forget all credentials of some kinds."""
        store = self._platform.store
        with store.transaction():
            for row in list(store.select(TABLE, columns=("sys_id", "type"))):
                if row["type"] in kinds:
                    store.delete(TABLE, row["sys_id"] or "")


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _credential(row: Row) -> Credential:
    return Credential(
        kind=Kind(row["type"] or ""),
        text=row["token"] or "",
        application=row["peer"] or "",
        user=row["user"] or "",
        ends=datetime.fromisoformat(row["expires"] or "1970-01-01").replace(tzinfo=UTC),
        is_running=row["running"] == "true",
        redirect_uri=row["redirect_uri"] or "",
        code_challenge=row["code_challenge"] or "",
        user_name=row["user.user_name"] or "",
    )
