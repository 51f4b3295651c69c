"""Which APIs and pages a sandbox serves, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from pysnow.sandbox.aggregate_api.routes import aggregate_routes
from pysnow.sandbox.attachment_api.routes import attachment_routes
from pysnow.sandbox.batch_api.routes import batch_routes
from pysnow.sandbox.event_api.routes import event_routes
from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.control import fault_routes
from pysnow.sandbox.http.access import Access
from pysnow.sandbox.http.app import Application
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.http.routing import Route, Router
from pysnow.sandbox.http.sessions import SessionBook
from pysnow.sandbox.http.tiny_urls import tiny_url_routes
from pysnow.sandbox.http.unserved import unserved_routes
from pysnow.sandbox.import_api.routes import import_routes
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.login_page.routes import login_routes
from pysnow.sandbox.oauth.routes import oauth_routes
from pysnow.sandbox.oauth.tokens import TokenBook
from pysnow.sandbox.table_api.routes import table_routes


def build_application(
    instance: Instance, *, tokens: TokenBook, log: RequestLog, clock: Callable[[], datetime], faults: FaultBook
) -> Application:
    """Build what serves an instance when nothing goes wrong.

    Args:
        instance: The instance.
        tokens: Its OAuth tokens.
        log: Where requests are noted.
        clock: The time that sessions live by.
        faults: What ``/sandbox/faults`` switches on and off.
    """
    sessions = SessionBook(clock)
    own = (*oauth_routes(instance, tokens, sessions), *login_routes(instance, sessions), *fault_routes(faults))
    return Application(
        instance,
        # A router looks at one path after the other: what is asked for most stands first.
        router=Router([*_served_apis(), *own, *_refused_apis()]),
        access=Access(instance, sessions, tokens),
        sessions=sessions,
        log=log,
    )


# These know nothing of any sandbox: built once, they serve all of a process.
@cache
def _served_apis() -> tuple[Route, ...]:
    records = (*table_routes(), *attachment_routes(), *aggregate_routes(), *import_routes(), *event_routes())
    return (*records, *batch_routes([*records, *_refused_apis()]), *tiny_url_routes())


@cache
def _refused_apis() -> tuple[Route, ...]:
    return tuple(unserved_routes())
