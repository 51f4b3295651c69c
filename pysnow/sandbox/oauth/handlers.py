"""The endpoints ``/oauth_token.do`` and ``/oauth_revoke_token.do`` ("OAuth API request parameters", vendor docs).

Nearly every failure is one and the same answer, 401 ``access_denied``, as recorded: unknown client, wrong secret, wrong
password, expired or revoked token, inactive user, grant that is not allowed.
"""

from __future__ import annotations

from pysnow.sandbox.http.answer import Answer, Document
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.forms import read_form
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.oauth.applications import Application, find_application
from pysnow.sandbox.oauth.codes import CodeBook
from pysnow.sandbox.oauth.errors import OAuthFailure, denied, invalid_request
from pysnow.sandbox.oauth.grants import Form, GrantTypes
from pysnow.sandbox.oauth.tokens import Grant, TokenBook

_FORM = "application/x-www-form-urlencoded"


class OAuthHandlers:
    """Serves the token and revocation endpoints; threads may share it.

    Args:
        instance: The instance whose tokens these are.
        tokens: The tokens to give out and to end.
        codes: The authorization codes to take in exchange.
    """

    def __init__(self, instance: Instance, tokens: TokenBook, codes: CodeBook) -> None:
        self._tokens = tokens
        self._grant_types = GrantTypes(instance, tokens, codes)

    def token(self, exchange: Exchange) -> Answer:
        """Give an access token: ``POST /oauth_token.do``."""
        try:
            form = _form(exchange)
            grant_type = form.get("grant_type", "")
            if not grant_type:
                raise invalid_request("Missing parameter: grant_type")
            return _success(self._grant_types.serve(grant_type, _application(exchange, form), form))
        except OAuthFailure as failure:
            return failure.answer()

    def revoke(self, exchange: Exchange) -> Answer:
        """End a token: ``GET`` or ``POST /oauth_revoke_token.do?token=``; 200 for unknown ones too (our default)."""
        self._tokens.revoke(exchange.parameters.text("token") or read_form(exchange.request).get("token", ""))
        return Answer(200)


def _form(exchange: Exchange) -> Form:
    """Read the parameters.

    Raises:
        OAuthFailure: They are not sent as a form.
    """
    if exchange.request.mimetype != _FORM:
        raise invalid_request(f"The request must be sent as {_FORM}")
    return read_form(exchange.request)


def _application(exchange: Exchange, form: Form) -> Application:
    """Give the application that asks, by id and secret of the form, or else of HTTP Basic.

    Raises:
        OAuthFailure: It is unknown, or the secret is wrong.
    """
    client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
    basic = exchange.request.authorization
    if "client_id" not in form and basic is not None and basic.type == "basic":
        client_id, client_secret = basic.username or "", basic.password or ""
    application = find_application(exchange.instance.platform, client_id)
    if application is None or not application.proves(client_secret):
        raise denied()
    return application


def _success(grant: Grant) -> Answer:
    refresh = {} if grant.refresh is None else {"refresh_token": grant.refresh.text}
    members = {
        "access_token": grant.access.text,
        **refresh,
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": grant.expires_in_seconds,
    }
    return Answer(200, Document(members))
