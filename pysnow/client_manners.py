"""What a client tells of itself: its settings, what it sends, who it calls as, and what is wrong on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow import client_arguments as given
from pysnow.client_verbs import ClientVerbs
from pysnow.defaults import BASE_PATH
from pysnow.table import Table

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import requests

    from pysnow.config.configuration import Configuration
    from pysnow.doctor import Diagnosis
    from pysnow.identity import Caller, Identity, Operation, Verdict
    from pysnow.telemetry.hooks import Hooks
    from pysnow.telemetry.stats import CallStats
    from pysnow.telemetry.watch_post import WatchPost

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
