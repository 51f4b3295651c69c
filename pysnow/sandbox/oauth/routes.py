"""Paths of the OAuth endpoints."""

from __future__ import annotations

from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.routing import Route
from pysnow.sandbox.oauth.handlers import OAuthHandlers
from pysnow.sandbox.oauth.tokens import TokenBook


def oauth_routes(tokens: TokenBook) -> list[Route]:
    """Build the routes of the OAuth endpoints; all are public."""
    handlers = OAuthHandlers(tokens)
    served = (
        ("POST", "/oauth_token.do", handlers.token),
        ("GET", "/oauth_revoke_token.do", handlers.revoke),
        ("POST", "/oauth_revoke_token.do", handlers.revoke),
        ("GET", "/oauth_auth.do", _authorize),
    )
    return [Route(method, path, handler, is_public=True, negotiates=False) for method, path, handler in served]


def _authorize(exchange: Exchange) -> Answer:
    raise not_emulated("The OAuth authorization page /oauth_auth.do")
