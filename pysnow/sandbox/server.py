"""A local ServiceNow instance to talk to: in memory or in a file, on a loopback port or as a WSGI application."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pysnow.sandbox.contents import Contents
from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.call import ShiftingClock, World
from pysnow.sandbox.faults.fault import Fault, Option
from pysnow.sandbox.faults.middleware import FaultyApplication
from pysnow.sandbox.faults.rule import Rule
from pysnow.sandbox.http.listener import LOOPBACK, Listener
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.oauth.tokens import TokenBook
from pysnow.sandbox.pages.app import PagesApplication
from pysnow.sandbox.stock import open_instance
from pysnow.sandbox.tls.server_side import ServerTls
from pysnow.sandbox.wiring import build_application

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox(Contents):
    """A local ServiceNow instance.

    As a context manager it listens on a loopback port; without :meth:`start` it is a WSGI application. Basic
    authentication knows ``admin``, ``itil``, ``employee`` and ``abel.tuter``, each with its name as password; OAuth has
    the client ``sandbox`` with the secret ``sandbox``, and ``sandbox`` is an API key of ``admin`` (without the demo
    data there is none). Threads may share it.

    Attributes:
        instance: The instance behind the REST API.
        requests: What was asked, in order; secrets are masked.
        oauth: The OAuth tokens given out; ``oauth.expire_all()`` ends them.
        faults: What goes wrong: ``faults.add("latency", seconds=0.5)``, ``faults.clear()``. None by default.
    """

    def __init__(
        self,
        *,
        path: str | Path | None = None,
        records: int = 0,
        port: int = 0,
        clock: Callable[[], datetime] = _utc_now,
        seed: bool = True,
        fault_seed: int = 0,
        sleep: Callable[[float], object] | None = None,
        tls: bool = False,
        ca_out: str | Path | None = None,
    ) -> None:
        """Prepare an instance; nothing listens yet.

        Args:
            path: File to keep the data in, made and filled when it does not exist; None keeps it in memory.
            records: Generated incidents to plant beside the demo data; a file that holds another number already is
                refused (``StoreError``).
            port: Port to listen on; 0 takes a free one.
            clock: Gives the time, aware of its zone.
            seed: Whether to plant the demo data. Without, there is the platform's own configuration, and of the users
                only ``admin``, ``itil`` and ``employee``.
            fault_seed: Equal seeds let faults make equal choices.
            sleep: Lets slow faults wait for so many seconds; None waits in truth, until the sandbox is closed.
            tls: Whether to speak https, with a certificate for ``localhost``, ``127.0.0.1`` and ``::1`` made by an
                authority of this sandbox alone.
            ca_out: File to write the certificate of that authority to, as PEM.

        Raises:
            ValueError: ``ca_out`` is given without ``tls``.
        """
        if ca_out is not None and not tls:
            raise ValueError("ca_out needs tls=True: there is no authority without TLS")
        self._closing = threading.Event()
        shifting_clock = ShiftingClock(clock)
        # Callers check the certificate against their own clocks, whatever that of the instance shows.
        self._tls = ServerTls(_utc_now(), ca_out) if tls else None
        super().__init__(open_instance(path, records=records, seed=seed, clock=shifting_clock))
        self.requests = RequestLog()
        self.oauth = TokenBook(self.instance.platform)
        self.faults = FaultBook(fault_seed)
        self._application = build_application(
            self.instance, tokens=self.oauth, log=self.requests, clock=shifting_clock, faults=self.faults
        )
        world = World(self.instance, self.oauth, shifting_clock, sleep or self._closing.wait)
        self._faulty = FaultyApplication(self._application, self.faults, world, self.requests)
        self._pages = PagesApplication(
            self._serve_program, instance=self.instance, log=self.requests, faults=self.faults
        )
        self._port = port
        self._listener: Listener | None = None
        self._reached_at = ""

    def __repr__(self) -> str:
        return f"<Sandbox {'not listening' if self._listener is None and not self._reached_at else self.url}>"

    def start(self) -> None:
        """Listen on the loopback interface; links of the instance point there from now on.

        Raises:
            RuntimeError: It listens already.
            OSError: The port is taken.
        """
        if self._listener is not None:
            raise RuntimeError("this sandbox listens already")
        self._listener = Listener(self, self._port, self._tls.context if self._tls else None)
        self.instance.base_url = self.url
        self._listener.start()

    def close(self) -> None:
        """Stop listening, end all connections and close the instance's store; its data is gone unless in a file."""
        self._closing.set()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
        self.instance.close()
        if self._tls is not None:
            self._tls.close()

    @property
    def host(self) -> str:
        """Host and port: ``127.0.0.1:PORT``; without a port of its own, the host it is reached at.

        Raises:
            RuntimeError: It does not listen.
        """
        return urlsplit(self.url).netloc

    @property
    def url(self) -> str:
        """URL of the instance: ``http://127.0.0.1:PORT``, or ``https``; without a port, the one it is reached at.

        Raises:
            RuntimeError: It does not listen.
        """
        if self._listener is not None:
            return f"{self._listener.scheme}://{LOOPBACK}:{self._listener.port}"
        if not self._reached_at:
            raise RuntimeError("this sandbox does not listen: use 'with Sandbox() as sandbox' or call start()")
        return self._reached_at

    @property
    def ca_file(self) -> Path:
        """Certificate of the authority, as PEM: what callers have to trust.

        Raises:
            RuntimeError: It speaks plain HTTP.
        """
        if self._tls is None:
            raise RuntimeError("this sandbox speaks plain HTTP: there is no authority without tls=True")
        return self._tls.ca_file

    def fault(self, fault: Fault | str, **options: Option) -> Rule:
        """Switch a fault on: ``with sandbox.fault("drop-after", method="POST", times=1):`` until the block ends.

        Without ``with`` it stays on until the sandbox is closed, or ``faults.clear()`` is called.

        Args:
            fault: A fault, its name, or a SPEC such as ``"latency:seconds=0.5,table=incident"``.
            **options: Its options and conditions; see :meth:`FaultBook.add`.

        Returns:
            The rule, which counts its ``strikes``.

        Raises:
            ValueError: The name or an option is unknown, or a value is out of range.
        """
        return self.faults.add(fault, **options)

    @contextmanager
    def reached_at(self, url: str = "") -> Iterator[None]:
        """Be reached without a port, by other means, until the block ends; links of the instance begin with the URL.

        Args:
            url: The URL; the instance's own unless given. A sandbox that listens keeps that of its port.
        """
        before, base_url = self._reached_at, self.instance.base_url
        self._reached_at = url or base_url
        if self._listener is None:
            self.instance.base_url = self._reached_at
        try:
            yield
        finally:
            self._reached_at = before
            if self._listener is None:
                self.instance.base_url = base_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request as a WSGI application."""
        return self._pages(environ, start_response)

    def _serve_program(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self.faults:
            return self._application(environ, start_response)
        return self._faulty(environ, start_response)

    def __enter__(self) -> Self:
        """Start listening."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
