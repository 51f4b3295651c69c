"""What a client tells of itself: its settings, what it sends, who it calls as, and what is wrong on the way."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pysnow import client_arguments as given
from pysnow.client_verbs import ClientVerbs
from pysnow.defaults import BASE_PATH
from pysnow.table import Table

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    import requests

    from pysnow import gliderecord
    from pysnow._types import Query
    from pysnow.config.configuration import Configuration
    from pysnow.doctor import Diagnosis
    from pysnow.guards import Guards
    from pysnow.identity import Caller, Identity, Operation, Verdict
    from pysnow.records.payload_defaults import PayloadDefaults
    from pysnow.session_context import Context
    from pysnow.telemetry.hooks import Hooks
    from pysnow.telemetry.stats import CallStats
    from pysnow.telemetry.watch_post import WatchPost
    from pysnow.tracking.journal import LogEntries, Register
    from pysnow.which_instance import Build

__all__ = ["ClientManners"]


class ClientManners(ClientVerbs):
    """What every :class:`~pysnow.Client` tells of itself.

    Attributes:
        base_url: Address of the instance.
        session: Template of the sessions that send.
    """

    base_url: str
    session: requests.Session | None
    _config: Configuration
    _watch: WatchPost
    _defaults: PayloadDefaults
    _guards: Guards
    _known: tuple[object, object, Caller] | None

    @property
    def config(self) -> Configuration:
        """The settings in use; ``client.config.explain()`` tells where each was said."""
        return self._config

    @property
    def stats(self) -> CallStats:
        """Counters of what was sent, by method and kind of path; ``stats.total``, ``stats.reset()``."""
        return self._watch.stats

    @property
    def hooks(self) -> Hooks:
        """Functions that are called as requests are sent: lists ``request``, ``response``, ``retry`` and ``error``."""
        return self._watch.hooks

    @property
    def debug(self) -> bool:
        """Whether each request is written to standard error, on one line; may be switched on and off."""
        return self._watch.debug

    @debug.setter
    def debug(self, debug: bool) -> None:
        self._watch.debug = given.checked_flag("debug", debug)

    @property
    def defaults(self) -> PayloadDefaults:
        """Fields of new records by table: ``client.defaults["incident"] = {"caller_id": "@me"}``.

        What a payload says wins. They hold for ``create()``, ``create_many()``, batches and what ``upsert()`` creates;
        not for ``insert()``.
        """
        return self._defaults

    @property
    def guards(self) -> Guards:
        """Tables that are not written to: none, until ``client.guards.protect("sys_hub_*")`` names some."""
        return self._guards

    def measure(self) -> AbstractContextManager[CallStats]:
        """Count what this client sends until the block ends: ``with client.measure() as sent:``."""
        return self._watch.measure()

    def whoami(self) -> Identity:
        """The user that the instance takes this client for: asked once, and again when the credentials change.

        Raises:
            NoResults: The instance does not show the user's own record.
            PysnowException: It did not answer, or not well.
        """
        return self._caller.who()

    def has_role(self, role: str) -> bool:
        """Whether the calling user has a role, as the instance's ``gs.hasRole()`` says: administrators have every one.

        Args:
            role: Name of the role, such as ``itil``.

        Raises:
            PysnowException: The instance did not answer, or not well.
        """
        return self._caller.has_role(role)

    def can(self, table: str, operation: Operation) -> Verdict:
        """Whether the calling user may do something with records of a table, as far as that shows without doing it.

        Args:
            table: Name of the table.
            operation: ``read``, ``create``, ``write`` or ``delete``.

        Returns:
            True in a condition when it certainly may; ``.allowed`` is None when nobody knows; ``.because`` says why.

        Raises:
            PysnowException: The instance did not answer, or not well.
        """
        return self._caller.can(table, operation)

    def doctor(self, table: str = "incident") -> Diagnosis:
        """Look for what is wrong on the way to the instance: name, certificate, sign-in, rights, clocks, limits.

        Args:
            table: A table that should be readable.

        Returns:
            One check for each; ``print()`` it. It raises nothing: ``.ok`` and ``.failure`` tell.
        """
        from pysnow.doctor import examine

        return examine(self._transport, self._plain_table, table=table)

    @cached_property
    def instance_name(self) -> str:
        """Name of the instance, which is the first label of its host: ``dev12345``. Nothing is sent."""
        from pysnow.which_instance import name_of

        return name_of(self.base_url)

    def build(self) -> Build:
        """Tell which build the instance runs (``sys_properties``): asked once an hour, and when credentials change.

        Raises:
            NoResults: This user may not see it.
            PysnowException: The instance did not answer, or not well.
        """
        from pysnow.records.client_memory import DICTIONARY_SECONDS, memory_of
        from pysnow.which_instance import read_build

        return memory_of(self._transport).kept("build", DICTIONARY_SECONDS, lambda: read_build(self._plain_table))

    def context(self) -> Context:
        """Tell which application and update set the calling user has chosen: where tracked changes go.

        It is asked anew each time, since people choose another in their browsers.

        Raises:
            NoResults: The instance does not show the user's own record.
            IncompleteResult: It does not show the user's preferences.
            PysnowException: It did not answer, or not well.
        """
        from pysnow.session_context import read_context

        return read_context(self._plain_table, self.whoami().sys_id)

    def table(self, name: str) -> Table:
        """Make the resource of a table."""
        raise NotImplementedError

    def GlideRecord(self, table: str) -> gliderecord.GlideRecord:
        """Make a cursor over a table, with the names that an instance's own scripts have. Nothing is sent.

        Args:
            table: Name of the table.

        Raises:
            InvalidUsage: It is no such name.
        """
        from pysnow.gliderecord import GlideRecord

        return GlideRecord(self.table(table))

    def iter_journal(
        self,
        table: str,
        since: datetime | None = None,
        until: datetime | None = None,
        element: str | None = None,
        query: Query | None = None,
    ) -> LogEntries:
        """Give what was written to the journals of records, such as work notes, in a span of time.

        They are rows of ``sys_journal_field``: ``value``, ``element``, ``element_id`` (the record), ``name`` (its
        table), ``sys_created_on`` and ``sys_created_by``, the oldest first. With a query, the records that match are
        looked up, and their entries come for 100 of them at a time, the oldest of each hundred first.

        Args:
            table: Table of the records; those that extend it count, too.
            since: Where to begin: an aware datetime; with the first entry when not given.
            until: Where to end; as for :meth:`Table.history`.
            element: The journal, such as ``work_notes``; all when not given.
            query: Which records, as for :meth:`Table.get`; all when not given.

        Returns:
            An iterator with ``report`` and ``close()``. It raises :class:`~pysnow.IncompleteResult` where access rules
            hide the entries, which an instance answers with an empty list.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.tracking.journal import JOURNAL

        return self._register(JOURNAL, table, since, until, element, query)

    def iter_audit(
        self,
        table: str,
        since: datetime | None = None,
        until: datetime | None = None,
        field: str | None = None,
        query: Query | None = None,
    ) -> LogEntries:
        """Give what was changed in audited records in a span of time: rows of ``sys_audit``.

        They hold ``tablename``, ``documentkey`` (the record), ``fieldname``, ``oldvalue``, ``newvalue``, ``user`` and
        ``sys_created_on``. Tables that are not audited have none.

        Args:
            table: As for :meth:`iter_journal`.
            since: As there.
            until: As there.
            field: Column that was changed; all when not given.
            query: As there.

        Returns:
            As there.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.tracking.journal import AUDIT

        return self._register(AUDIT, table, since, until, field, query)

    def iter_syslog(self, since: datetime, until: datetime | None = None, query: Query | None = None) -> LogEntries:
        """Give the entries of the system log (``syslog``) of a span of time, the oldest first.

        Args:
            since: As for :meth:`iter_journal`.
            until: As there.
            query: Which entries, such as ``{"level": "2"}`` for errors; all when not given.

        Returns:
            As there.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
        """
        from pysnow.tracking.journal import iter_log

        return iter_log(self.table("syslog"), since, until, query, lambda: self.has_role("admin"))

    def _register(
        self,
        register: Register,
        table: str,
        since: datetime | None,
        until: datetime | None,
        column: str | None,
        query: Query | None,
    ) -> LogEntries:
        from pysnow.tracking.journal import iter_register

        return iter_register(
            register,
            self.table(table),
            since,
            until,
            column=column,
            query=query,
            is_admin=lambda: self.has_role("admin"),
        )

    @property
    def _caller(self) -> Caller:
        """What is known about who calls: nothing any more, when that is somebody else."""
        from pysnow.identity import Caller

        session = self.session
        auth = session.auth if session is not None else None
        if self._known is None or self._known[0] is not session or self._known[1] is not auth:
            self._known = session, auth, Caller(self._plain_table)
        return self._known[2]

    def _plain_table(self, name: str) -> Table:
        """A table without the client's parameters, for questions of the client's own."""
        return Table(self.base_url, BASE_PATH, f"/table/{name}", transport=self._transport, timeout=self.timeout)
