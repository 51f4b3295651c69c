"""What each grant type asks for, and what it gives ("OAuth API request parameters", vendor docs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.properties import CLIENT_CREDENTIALS_ENABLED, is_on
from pysnow.sandbox.oauth.applications import CLIENT, JWT, Application
from pysnow.sandbox.oauth.assertions import AssertionVerifier
from pysnow.sandbox.oauth.codes import CodeBook
from pysnow.sandbox.oauth.errors import denied, no_integration_user
from pysnow.sandbox.oauth.tokens import Grant, TokenBook

Form = Mapping[str, str]

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_GrantType = Callable[[Application, Form], Grant]


class GrantTypes:
    """Serves token requests of known applications; threads may share it.

    Args:
        instance: Whose users the tokens stand for.
        tokens: The tokens to give out.
        codes: The authorization codes to take in exchange.
    """

    def __init__(self, instance: Instance, tokens: TokenBook, codes: CodeBook) -> None:
        self._instance = instance
        self._tokens = tokens
        self._codes = codes
        self._assertions = AssertionVerifier(instance.platform)
        # Kind of application, whether a public one may use it, and what serves.
        self._served: dict[str, tuple[str, bool, _GrantType]] = {
            "password": (CLIENT, False, self._by_password),
            "client_credentials": (CLIENT, False, self._by_client_credentials),
            "authorization_code": (CLIENT, True, self._by_code),
            "refresh_token": (CLIENT, True, self._by_refresh_token),
            JWT_BEARER: (JWT, False, self._by_assertion),
        }

    def serve(self, grant_type: str, application: Application, form: Form) -> Grant:
        """Give tokens.

        Args:
            grant_type: ``grant_type`` of the request.
            application: Who asks, and has proven it.
            form: The parameters of the request.

        Raises:
            OAuthFailure: The grant is refused.
            ApiError: 501, an assertion is signed in a way that cannot be verified here.
        """
        served = self._served.get(grant_type)
        if served is None:
            raise denied()
        kind, is_for_public, give = served
        if kind != application.kind or (application.is_public and not is_for_public):
            raise denied()
        return give(application, form)

    def _by_password(self, application: Application, form: Form) -> Grant:
        caller = self._instance.authenticate(form.get("username", ""), form.get("password", ""))
        if caller is None:
            raise denied()
        return self._tokens.grant(application, caller.sys_id)

    def _by_client_credentials(self, application: Application, form: Form) -> Grant:
        # Off by default on an instance, and then refused like everything else.
        if not is_on(self._instance.properties, CLIENT_CREDENTIALS_ENABLED):
            raise denied()
        if not application.user:
            raise no_integration_user()
        return self._granted(application, application.user, is_refreshable=application.refreshes_itself)

    def _by_code(self, application: Application, form: Form) -> Grant:
        code = self._codes.redeem(
            application,
            form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
        )
        if code is None:
            raise denied()
        return self._granted(application, code.user)

    def _by_refresh_token(self, application: Application, form: Form) -> Grant:
        token = form.get("refresh_token", "")
        user = self._tokens.refresh_user(application, token)
        if user is None or not self._instance.may_log_in(user):
            raise denied()
        grant = self._tokens.refreshed(application, token)
        if grant is None:
            raise denied()
        return grant

    def _by_assertion(self, application: Application, form: Form) -> Grant:
        user = self._assertions.user_of(application, form.get("assertion", ""))
        if user is None:
            raise denied()
        # No refresh token belongs to this grant: a new assertion is as good.
        return self._granted(application, user, is_refreshable=False)

    def _granted(self, application: Application, user: str, *, is_refreshable: bool = True) -> Grant:
        if not self._instance.may_log_in(user):
            raise denied()
        return self._tokens.grant(application, user, is_refreshable=is_refreshable)
