"""Who calls: Basic or Bearer credentials, an API key, or a page's session, and the session the call belongs to.

Every failure (wrong password, unknown, locked or inactive user, expired or foreign token, credentials of a kind that
the API does not take, no role for REST where one is asked for) is one and the same 401, as recorded. The cookies of a
session that was opened on a page count only with ``X-UserToken`` (REST API documentation).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Protocol

from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Request

from pysnow.sandbox.acl.roles import REST_ACCESS
from pysnow.sandbox.http.api_keys import key_of, user_of_key
from pysnow.sandbox.http.errors import not_authenticated
from pysnow.sandbox.http.sessions import Session, SessionBook
from pysnow.sandbox.instance.api_policies import API_KEY, BASIC, OAUTH, Admission
from pysnow.sandbox.instance.callers import Caller, caller_of, may_log_in, user_with_name
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.properties import BASIC_AUTH_RESTRICTED, REST_ROLE_REQUIRED, is_on

BASIC_ACCESS = "snc_basic_auth_api_access"
"""The role of users who may use Basic where that is restricted; administrators need it too (our default)."""

_BEYOND_BASIC = ("web_service_access_only", "enable_multifactor_authn")


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


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a request shows to prove who sent it, and what the API it goes to takes."""

    request: Request
    admission: Admission
    key: str
    session: Session | None


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
        admission = self._instance.platform.api_policies.admission(request.method, request.path)
        authorization, key = request.headers.get("Authorization", ""), ""
        if not authorization and (key := key_of(request, admission)):
            authorization = f"{API_KEY} {key}"
        session = self._sessions.find(request.cookies.get("JSESSIONID", ""), authorization)
        caller = self._identify(_Attempt(request, admission, key, session))
        if caller is None or not self._may_call(caller):
            raise not_authenticated()
        if session is not None:
            return Login(caller, session, is_new=False)
        return Login(caller, self._sessions.open(caller.user_name, authorization), is_new=True)

    def _may_call(self, caller: Caller) -> bool:
        """Tell whether a user may use the REST APIs: where a role is asked for, its lack is a 401 too (recorded)."""
        if not is_on(self._instance.properties, REST_ROLE_REQUIRED):
            return True
        return self._instance.has_role(caller, REST_ACCESS)

    def _identify(self, attempt: _Attempt) -> Caller | None:
        kinds, credentials = attempt.admission.kinds, attempt.request.authorization
        if "Authorization" in attempt.request.headers:
            if credentials is None:
                return None
            if credentials.type == "bearer" and OAUTH in kinds:
                # Asked for every time: a session must not outlive the token that opened it.
                return active_caller(self._instance, self._tokens.user_of(credentials.token or "") or "")
            return self._by_basic(attempt, credentials) if credentials.type == "basic" and BASIC in kinds else None
        if attempt.key:
            user_name = user_of_key(self._instance.platform, attempt.key) if API_KEY in kinds else None
            return active_caller(self._instance, user_name or "")
        return self._by_page(attempt)

    def _by_basic(self, attempt: _Attempt, credentials: Authorization) -> Caller | None:
        if attempt.session is not None:
            caller = active_caller(self._instance, attempt.session.user_name)
        else:
            code = attempt.request.headers.get("X-MFA_TOKEN", "")
            outcome = self._instance.sign_in(credentials.username or "", credentials.password or "", code)
            if outcome.lacks_code:
                raise not_authenticated(lacks_code=True)
            caller = outcome.caller
        return caller if caller is not None and self._may_use_basic(caller) else None

    def _may_use_basic(self, caller: Caller) -> bool:
        """Tell whether a user may use Basic: where it is restricted, only who has no better way ("security page")."""
        if not is_on(self._instance.properties, BASIC_AUTH_RESTRICTED):
            return True
        user = next(self._instance.store.get_many("sys_user", (caller.sys_id,), columns=_BEYOND_BASIC), {})
        if "true" in user.values():
            return True
        return BASIC_ACCESS in self._instance.platform.security.subject(caller.sys_id, caller.user_name).roles

    def _by_page(self, attempt: _Attempt) -> Caller | None:
        user_token = attempt.request.headers.get("X-UserToken", "")
        if attempt.session is None or not attempt.session.user_name:
            return None
        if not hmac.compare_digest(attempt.session.user_token.encode(), user_token.encode("utf-8", "replace")):
            return None
        return active_caller(self._instance, attempt.session.user_name)


def active_caller(instance: Instance, user_name: str) -> Caller | None:
    """Give the caller of a user name; None when there is none who may log in."""
    user = user_with_name(instance.platform, user_name)
    return caller_of(user, instance.properties) if user is not None and may_log_in(user) else None
