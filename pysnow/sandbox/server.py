"""A local ServiceNow instance to talk to: in memory or in a file, on a loopback port or as a WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.sandbox.aggregate_api.routes import aggregate_routes
from pysnow.sandbox.attachment_api.routes import attachment_routes
from pysnow.sandbox.batch_api.routes import batch_routes
from pysnow.sandbox.event_api.routes import event_routes
from pysnow.sandbox.http.access import Access
from pysnow.sandbox.http.app import Application
from pysnow.sandbox.http.listener import LOOPBACK, Listener
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.http.routing import Router
from pysnow.sandbox.http.sessions import SessionBook
from pysnow.sandbox.http.unserved import unserved_routes
from pysnow.sandbox.import_api.routes import import_routes
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.oauth.routes import oauth_routes
from pysnow.sandbox.oauth.tokens import TokenBook
from pysnow.sandbox.stock import open_instance
from pysnow.sandbox.table_api.routes import table_routes

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

OAUTH_CLIENTS = {"sandbox": "sandbox"}
"""Secrets of the registered OAuth clients, by client id."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SandboxTable:
    """One table of a sandbox, seen past its REST API.

    Attributes:
        name: Table name.
    """

    name: str
    instance: Instance

    @property
    def rows(self) -> list[Row]:
        """All rows as stored, by ascending ``sys_id``; None stands for an empty value."""
        return list(self.instance.store.select(self.name, limit=None))


class Sandbox:
    """A local ServiceNow instance.

    As a context manager it listens on a loopback port; without :meth:`start` it is a WSGI application. Basic
    authentication knows ``admin``, ``itil``, ``employee`` and ``abel.tuter``, each with its name as password; OAuth has
    the client ``sandbox`` with the secret ``sandbox``. Threads may share it.

    Attributes:
        instance: The instance behind the REST API.
        requests: What was asked, in order; secrets are masked.
        oauth: The OAuth tokens given out; ``oauth.expire_all()`` ends them.
    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        records: int = 0,
        port: int = 0,
        clock: Callable[[], datetime] = _utc_now,
        seed: bool = True,
    ) -> None:
        """Prepare an instance; nothing listens yet.

        Args:
            path: File to keep the data in, made and filled when it does not exist; None keeps it in memory.
            records: Generated incidents to plant beside the demo data; a file that is filled already gets none.
            port: Port to listen on; 0 takes a free one.
            clock: Gives the time, aware of its zone.
            seed: Whether to plant the demo data, users included; without, nobody can log in until users are added.
        """
        self.instance = open_instance(path, records=records, seed=seed, clock=clock)
        self.requests = RequestLog()
        self.oauth = TokenBook(clock, OAUTH_CLIENTS)
        self._application = _application(self.instance, self.oauth, self.requests, clock)
        self._port = port
        self._listener: Listener | None = None

    def start(self) -> None:
        """Listen on the loopback interface; links of the instance point there from now on.

        Raises:
            RuntimeError: It listens already.
            OSError: The port is taken.
        """
        if self._listener is not None:
            raise RuntimeError("this sandbox listens already")
        self._listener = Listener(self, self._port)
        self.instance.base_url = self.url
        self._listener.start()

    def close(self) -> None:
        """Stop listening, end all connections and close the instance's store; its data is gone unless in a file."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
        self.instance.close()

    @property
    def host(self) -> str:
        """Host and port: ``127.0.0.1:PORT``.

        Raises:
            RuntimeError: It does not listen.
        """
        if self._listener is None:
            raise RuntimeError("this sandbox does not listen: use 'with Sandbox() as sandbox' or call start()")
        return f"{LOOPBACK}:{self._listener.port}"

    @property
    def url(self) -> str:
        """URL of the instance: ``http://127.0.0.1:PORT``.

        Raises:
            RuntimeError: It does not listen.
        """
        return f"http://{self.host}"

    def add(self, table: str, values: Mapping[str, object]) -> Row:
        """Create a record past the REST API, as the system: rules run, system stamps in ``values`` are kept.

        Raises:
            Refusal: The instance refuses the record.
        """
        return self.instance.create(table, values, self.instance.system, suppress_auto_sys_field=True)

    def table(self, name: str) -> SandboxTable:
        """Look at a table past the REST API.

        Raises:
            UnknownTable: There is no such table.
        """
        self.instance.platform.table(name)
        return SandboxTable(name, self.instance)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request as a WSGI application."""
        return self._application(environ, start_response)

    def __enter__(self) -> Self:
        """Start listening."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def _application(instance: Instance, tokens: TokenBook, log: RequestLog, clock: Callable[[], datetime]) -> Application:
    sessions = SessionBook(clock)
    records = [*table_routes(), *attachment_routes(), *aggregate_routes(), *import_routes(), *event_routes()]
    apis = [*records, *unserved_routes()]
    routes = [*batch_routes(apis), *oauth_routes(tokens), *apis]
    return Application(
        instance,
        router=Router(routes),
        access=Access(instance, sessions, tokens),
        sessions=sessions,
        log=log,
    )
