"""A local ServiceNow instance to talk to: in memory or in a file, on a loopback port or as a WSGI application."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pysnow.sandbox.aggregate_api.routes import aggregate_routes
from pysnow.sandbox.attachment_api.routes import attachment_routes
from pysnow.sandbox.batch_api.routes import batch_routes
from pysnow.sandbox.dictionary.declaration import Columns, declared_column, declared_table
from pysnow.sandbox.event_api.routes import event_routes
from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.call import ShiftingClock, World
from pysnow.sandbox.faults.control import fault_routes
from pysnow.sandbox.faults.fault import Fault, Option
from pysnow.sandbox.faults.middleware import FaultyApplication
from pysnow.sandbox.faults.rule import Rule
from pysnow.sandbox.http.access import Access
from pysnow.sandbox.http.app import Application
from pysnow.sandbox.http.listener import LOOPBACK, Listener
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.http.routing import Router
from pysnow.sandbox.http.sessions import SessionBook
from pysnow.sandbox.http.unserved import unserved_routes
from pysnow.sandbox.import_api.routes import import_routes
from pysnow.sandbox.instance import access_rules
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.loading import Loaded, LoadedSchema, load, load_schema
from pysnow.sandbox.login_page.routes import login_routes
from pysnow.sandbox.oauth.routes import oauth_routes
from pysnow.sandbox.oauth.tokens import TokenBook
from pysnow.sandbox.pages.app import PagesApplication
from pysnow.sandbox.schema_changes import NewColumn, NewTable, change_schema
from pysnow.sandbox.stock import open_instance
from pysnow.sandbox.table_api.routes import table_routes
from pysnow.sandbox.tls.server_side import ServerTls

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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
        self.instance = open_instance(path, records=records, seed=seed, clock=shifting_clock)
        self.requests = RequestLog()
        self.oauth = TokenBook(self.instance.platform)
        self.faults = FaultBook(fault_seed)
        self._application = _application(self.instance, self.oauth, self.requests, shifting_clock, self.faults)
        world = World(self.instance, self.oauth, shifting_clock, sleep or self._closing.wait)
        self._faulty = FaultyApplication(self._application, self.faults, world, self.requests)
        self._pages = PagesApplication(
            self._serve_program, instance=self.instance, log=self.requests, faults=self.faults
        )
        self._port = port
        self._listener: Listener | None = None
        self._reached_at = ""

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

    def fault(self, fault: Fault | str, **options: Option) -> AbstractContextManager[Rule]:
        """Switch a fault on until the block ends: ``with sandbox.fault("drop-after", method="POST", times=1):``.

        Args:
            fault: A fault, its name, or a SPEC such as ``"latency:seconds=0.5,table=incident"``.
            **options: Its options and conditions; see :meth:`FaultBook.add`.

        Raises:
            ValueError: The name or an option is unknown, or a value is out of range.
        """
        return self.faults.on(fault, **options)

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

    def add(self, table: str, values: Mapping[str, object]) -> Row:
        """Create a record past the REST API, as the system: rules run, system stamps in ``values`` are kept.

        Raises:
            Refusal: The instance refuses the record.
        """
        return self.instance.create(table, values, self.instance.system, suppress_auto_sys_field=True)

    def add_user(self, user_name: str, *, password: str = "", roles: Iterable[str] = (), **values: object) -> Row:
        """Create a user who can sign in, such as the one that the program under test is set up with.

        Args:
            user_name: Login name.
            password: Password; the login name unless given.
            roles: Names of roles.
            **values: Further columns of ``sys_user``.

        Raises:
            ValueError: There is no such role.
            Refusal: The instance refuses the record, for there is a user of that name.
        """
        with self.instance.store.transaction():
            named = {"user_name": user_name, "user_password": password or user_name}
            user = self.add("sys_user", {"last_name": user_name, **values, **named})
            self.grant(user_name, *roles)
        return user

    def create_table(
        self, name: str, *, label: str = "", columns: Columns | None = None, extends: str = "", prefix: str = ""
    ) -> None:
        """Create a table: ``sandbox.create_table("u_thing", columns={"u_name": "string"}, extends="task")``.

        The instance describes it in ``sys_db_object``, ``sys_dictionary`` and ``sys_choice`` from then on.

        Args:
            name: Table name.
            label: Label; made from the name unless given.
            columns: Its own columns by name: a field type such as ``"integer"``, or attributes such as
                ``{"type": "reference", "reference": "sys_user", "label": "Owner"}``; see
                :class:`~pysnow.sandbox.dictionary.Column`. ``choices`` maps values to labels.
            extends: Table that it extends.
            prefix: Prefix of its numbers, such as ``THG``; a table that extends none gets a column ``number``.

        Raises:
            UnknownTable: There is no table to extend.
            ValueError: The table exists, a name is malformed, or a type or an attribute is unknown.
        """
        table = declared_table(name, label=label, columns=columns, extends=extends, prefix=prefix)
        for _, error in change_schema(self.instance.platform, [NewTable(table)]):
            raise error

    def add_columns(self, table: str, columns: Columns) -> None:
        """Add columns to a table, such as ``u_`` ones to ``incident``; or change those that it has.

        Args:
            table: Table name.
            columns: As for :meth:`create_table`.

        Raises:
            UnknownTable: There is no such table.
            ValueError: A name is malformed, a type or an attribute is unknown, or a column that is there, or one of a
                table below, holds values of another kind.
        """
        declared = [NewColumn(table, declared_column(element, given)) for element, given in columns.items()]
        for _, error in change_schema(self.instance.platform, declared):
            raise error

    def load(self, path: str | os.PathLike[str], *, table: str | None = None) -> Loaded:
        """Load records from what an instance exported: all of them, or none.

        They are kept as they are: no rules run, system stamps and states stay. A row whose ``sys_id`` is there already
        is changed. What a row does not say has its default value.

        Args:
            path: A file, or a folder of files: JSON (an answer of the Table API, or ``{"incident": [...]}``), CSV as
                lists are exported (names or labels of columns, then display values; dates in the zone of the instance),
                or XML as forms and lists are exported.
            table: Table of rows that do not name theirs; the name of the file tells it unless given.

        Returns:
            How many rows were loaded, and what had to be left out.

        Raises:
            LoadError: A file cannot be read, or one of its rows cannot be stored. Document types in XML, deep nesting
                and files above 100 MB are refused.
        """
        return load(self.instance, path, table=table)

    def load_schema(self, path: str | os.PathLike[str]) -> LoadedSchema:
        """Load tables and columns from the dictionary that an instance exported.

        What the export says counts over the tables of the sandbox, except for the kind of values that a column holds.

        Args:
            path: A JSON or XML file with rows of ``sys_db_object``, ``sys_dictionary``, and as far as wanted
                ``sys_choice``, ``sys_dictionary_override`` and ``sys_number``; or a folder of such files.

        Returns:
            What was added and changed, and what had to be left out.

        Raises:
            LoadError: A file cannot be read, there is no dictionary in them, or a table extends one that is not there.
        """
        return load_schema(self.instance, path)

    def allow(self, name: str, *operations: str, roles: str | Iterable[str] = (), where: str = "") -> list[Row]:
        """Let users do what they may not yet: ``sandbox.allow("u_widget", "read", roles="itil")``.

        Adds rules to ``sys_security_acl`` ("Allow If") and returns them. Of several such rules on a name, one must be
        met; rules on a more specific name (``incident`` before ``task``) take the place of the others.

        Args:
            name: Table, ``table.column``, or either with ``*`` for all.
            operations: ``read``, ``create``, ``write``, ``delete``; on a column also ``query_match``, ``query_range``.
            roles: Names of roles, one of which is needed; none lets everybody but guests.
            where: Encoded query that the record must match; ``caller_id=javascript:gs.getUserID()`` means one's own.

        Raises:
            ValueError: There is no such table, column, operation or role, or the query cannot be meant.
        """
        return access_rules.allow(self.instance.platform, name, operations, roles=roles, where=where)

    def deny(self, name: str, *operations: str, where: str = "", admins_too: bool = False) -> list[Row]:
        """Keep users from what they may, whatever other rules say; administrators only if asked for.

        Adds rules to ``sys_security_acl`` ("Deny Unless") and returns them::

            sandbox.deny("incident", "read", where="category=network")  # rows missing from pages, but not from counts
            sandbox.deny("incident.description", "read")                # a member missing from every row
            sandbox.deny("incident.state", "create", "write")           # a column ignored in bodies
            sandbox.deny("problem", "create")                           # 403

        Args:
            name: Table, ``table.column``, or either with ``*`` for all.
            operations: ``read``, ``create``, ``write``, ``delete``; on a column also ``query_match``, ``query_range``.
            where: Encoded query on the records concerned; empty for all.
            admins_too: Whether it binds administrators as well.

        Raises:
            ValueError: There is no such table, column or operation, or the query cannot be meant.
        """
        return access_rules.deny(self.instance.platform, name, operations, where=where, admins_too=admins_too)

    def grant(self, user_name: str, *roles: str) -> None:
        """Give a user roles (rows of ``sys_user_has_role``): ``sandbox.grant("employee", "knowledge")``.

        Raises:
            ValueError: There is no such user or role.
        """
        access_rules.grant(self.instance.platform, user_name, roles)

    def table(self, name: str) -> SandboxTable:
        """Look at a table past the REST API.

        Raises:
            UnknownTable: There is no such table.
        """
        self.instance.platform.table(name)
        return SandboxTable(name, self.instance)

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


def _application(
    instance: Instance, tokens: TokenBook, log: RequestLog, clock: Callable[[], datetime], faults: FaultBook
) -> Application:
    sessions = SessionBook(clock)
    records = [*table_routes(), *attachment_routes(), *aggregate_routes(), *import_routes(), *event_routes()]
    pages = [*oauth_routes(instance, tokens, sessions), *login_routes(instance, sessions), *fault_routes(faults)]
    unserved = unserved_routes()
    # Records first: a router looks at one path after the other.
    routes = [*records, *batch_routes([*records, *unserved]), *pages, *unserved]
    return Application(
        instance,
        router=Router(routes),
        access=Access(instance, sessions, tokens),
        sessions=sessions,
        log=log,
    )
