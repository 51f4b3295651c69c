"""Who calls: Basic or Bearer credentials, and the session they belong to.

Every failure (wrong password, unknown, locked or inactive user, expired or foreign token) is one and the same 401, as
recorded. A session cookie alone logs nobody in: REST calls without credentials need ``X-UserToken``, which belongs to
the UI that this sandbox does not have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from werkzeug.wrappers import Request

from pysnow.sandbox.http.errors import not_authenticated
from pysnow.sandbox.http.sessions import Session, SessionBook
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance


class BearerTokens(Protocol):
    """What access needs to know of OAuth."""

    def user_of(self, access_token: str) -> str | None:
        """Give the user name a living access token stands for."""


@dataclass(frozen=True, slots=True)
class Login:
    """A caller who proved who they are.

    Attributes:
        caller: The user.
        session: The session of the call.
        is_new: Whether the call opened it, so that its cookies must be sent.
    """

    caller: Caller
    session: Session
    is_new: bool


class Access:
    """Turns credentials into callers; threads may share it.

    Args:
        instance: Whose users may call.
        sessions: The living sessions.
        tokens: The living access tokens.
    """

    def __init__(self, instance: Instance, sessions: SessionBook, tokens: BearerTokens) -> None:
        self._instance = instance
        self._sessions = sessions
        self._tokens = tokens

    def login(self, request: Request) -> Login:
        """Identify the caller of a request.

        Raises:
            ApiError: 401, nobody was identified.
        """
        authorization = request.headers.get("Authorization", "")
        session = self._sessions.find(request.cookies.get("JSESSIONID", ""), authorization)
        caller = self._identify(request, session)
        if caller is None:
            raise not_authenticated()
        if session is not None:
            return Login(caller, session, is_new=False)
        return Login(caller, self._sessions.open(caller.user_name, authorization), is_new=True)

    def _identify(self, request: Request, session: Session | None) -> Caller | None:
        credentials = request.authorization
        if credentials is None:
            return None
        if credentials.type == "bearer":
            # Asked for every time: a session must not outlive the token that opened it.
            user_name = self._tokens.user_of(credentials.token or "")
            return active_caller(self._instance, user_name or "")
        if credentials.type != "basic":
            return None
        if session is not None:
            return active_caller(self._instance, session.user_name)
        return self._instance.authenticate(credentials.username or "", credentials.password or "")


def active_caller(instance: Instance, user_name: str) -> Caller | None:
    """Give the caller of a user name; None when there is none who may log in."""
    caller = instance.caller(user_name) if user_name else None
    if caller is None:
        return None
    user = next(instance.store.get_many("sys_user", (caller.sys_id,), columns=("active", "locked_out")), None)
    if user is None or user["active"] == "false" or user["locked_out"] == "true":
        return None
    return caller
