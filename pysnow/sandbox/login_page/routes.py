"""Paths of the pages people sign in on."""

from __future__ import annotations

from pysnow.sandbox.http.routing import Route
from pysnow.sandbox.http.sessions import SessionBook
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.login_page.handlers import HOME_PATH, LOGIN_PATH, LoginPages


def login_routes(instance: Instance, sessions: SessionBook) -> list[Route]:
    """Build the routes of the pages; all are public."""
    pages = LoginPages(instance, sessions)
    served = (("GET", LOGIN_PATH, pages.show), ("POST", LOGIN_PATH, pages.submit), ("GET", HOME_PATH, pages.home))
    return [Route(method, path, handler, is_public=True, negotiates=False) for method, path, handler in served]
