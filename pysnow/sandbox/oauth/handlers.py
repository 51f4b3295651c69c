"""The endpoints ``/oauth_token.do`` and ``/oauth_revoke_token.do`` ("OAuth API request parameters", vendor docs).

Nearly every failure is one and the same answer, 401 ``access_denied``, as recorded: unknown client, wrong secret, wrong
password, expired or revoked token, inactive user, grant that is not allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pysnow.sandbox.http.access import active_caller
from pysnow.sandbox.http.answer import Answer, Document
from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.oauth.tokens import Grant, TokenBook

Form = Mapping[str, str]
_GrantType = Callable[[Exchange, str, Form], Grant | None]

_FORM = "application/x-www-form-urlencoded"
_DENIED = ("server_error", "access_denied")
_CLIENT_CREDENTIALS_PROPERTY = "glide.oauth.inbound.client.credential.grant_type.enabled"
_NOT_EMULATED_GRANTS = ("authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer")


class OAuthHandlers:
    """Serves the OAuth endpoints; threads may share it.

    Args:
        tokens: The tokens to give out and to end.
    """

    def __init__(self, tokens: TokenBook) -> None:
        self._tokens = tokens
        self._grant_types: dict[str, _GrantType] = {
            "password": self._by_password,
            "refresh_token": self._by_refresh_token,
            "client_credentials": self._by_client_credentials,
        }

    def token(self, exchange: Exchange) -> Answer:
        """Give an access token: ``POST /oauth_token.do``."""
        if exchange.request.mimetype != _FORM:
            return _failure(400, "invalid_request", f"The request must be sent as {_FORM}")
        form = exchange.request.form
        grant_type = form.get("grant_type", "")
        if not grant_type:
            return _failure(400, "invalid_request", "Missing parameter: grant_type")
        client_id, client_secret = _client_credentials(exchange, form)
        if not self._tokens.knows_client(client_id, client_secret):
            return _failure(401, *_DENIED)
        if grant_type in _NOT_EMULATED_GRANTS:
            raise not_emulated(f"OAuth grant type {grant_type}")
        serve = self._grant_types.get(grant_type)
        grant = serve(exchange, client_id, form) if serve else None
        return _failure(401, *_DENIED) if grant is None else _success(grant)

    def revoke(self, exchange: Exchange) -> Answer:
        """End a token: ``GET`` or ``POST /oauth_revoke_token.do?token=``; 200 for unknown ones too (our default)."""
        self._tokens.revoke(exchange.parameters.text("token") or exchange.request.form.get("token", ""))
        return Answer(200)

    def _by_password(self, exchange: Exchange, client_id: str, form: Form) -> Grant | None:
        caller = exchange.instance.authenticate(form.get("username", ""), form.get("password", ""))
        return self._tokens.grant(client_id, caller.user_name) if caller else None

    def _by_refresh_token(self, exchange: Exchange, client_id: str, form: Form) -> Grant | None:
        refresh_token = form.get("refresh_token", "")
        user_name = self._tokens.refresh_user(client_id, refresh_token)
        if active_caller(exchange.instance, user_name or "") is None:
            return None
        return self._tokens.refreshed(client_id, refresh_token)

    def _by_client_credentials(self, exchange: Exchange, client_id: str, form: Form) -> Grant | None:
        # Off by default on an instance, and then refused like everything else.
        if exchange.instance.properties.get(_CLIENT_CREDENTIALS_PROPERTY) == "true":
            raise not_emulated("OAuth grant type client_credentials")
        return None


def _client_credentials(exchange: Exchange, form: Form) -> tuple[str, str]:
    """Give client id and secret: from the form, or else from HTTP Basic."""
    basic = exchange.request.authorization
    if "client_id" not in form and basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return form.get("client_id", ""), form.get("client_secret", "")


def _success(grant: Grant) -> Answer:
    members = {
        "access_token": grant.access.text,
        "refresh_token": grant.refresh.text,
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": grant.expires_in_seconds,
    }
    return Answer(200, Document(members))


def _failure(status: int, error: str, description: str) -> Answer:
    return Answer(status, Document({"error_description": description, "error": error}))
