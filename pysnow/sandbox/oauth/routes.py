"""Paths of the OAuth endpoints."""

from __future__ import annotations

from pysnow.sandbox.http.routing import Route
from pysnow.sandbox.http.sessions import SessionBook
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.oauth.authorization import PATH, AuthorizationPages
from pysnow.sandbox.oauth.codes import CodeBook
from pysnow.sandbox.oauth.handlers import OAuthHandlers
from pysnow.sandbox.oauth.tokens import TokenBook


def oauth_routes(instance: Instance, tokens: TokenBook, sessions: SessionBook) -> list[Route]:
    """Build the routes of the OAuth endpoints; all are public.

    Args:
        instance: The instance they belong to.
        tokens: Its tokens.
        sessions: Its sessions: users who agree to something are signed in.
    """
    codes = CodeBook(instance.platform)
    handlers, pages = OAuthHandlers(instance, tokens, codes), AuthorizationPages(instance, sessions, codes)
    served = (
        ("POST", "/oauth_token.do", handlers.token),
        ("GET", "/oauth_revoke_token.do", handlers.revoke),
        ("POST", "/oauth_revoke_token.do", handlers.revoke),
        ("GET", PATH, pages.ask),
        ("POST", PATH, pages.decide),
    )
    return [Route(method, path, handler, is_public=True, negotiates=False) for method, path, handler in served]
