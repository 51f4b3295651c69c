"""Tables that a client is kept from writing to, because raw writes break what lies in them."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from pysnow.exceptions import InvalidUsage
from pysnow.fork import renew_after_fork
from pysnow.read_only import changing_items, objection

if TYPE_CHECKING:
    from pysnow.wire.exchange import Request
    from pysnow.wire.observer import Guard

__all__ = ["Guards"]

_PATTERN: Final = re.compile(r"[a-z][a-z0-9_]*\*?", re.ASCII)


class Guards:
    """Tables that are not written to: none, until :meth:`protect` names some. Threads share them.

    They hold for whatever names the table in its path: the Table API, batches, import sets, forms. What a business rule
    or a flow of the instance writes in turn, and what a GraphQL or scripted API writes, cannot be seen from here.

    Args:
        before: Asked first; None for nobody.
    """

    def __init__(self, before: Guard | None = None) -> None:
        self._before = before
        self._protected: tuple[str, ...] = ()
        self._lifted: Counter[str] = Counter()
        self.part_from_parent()
        renew_after_fork(self)

    def __repr__(self) -> str:
        return f"<Guards of {', '.join(self._protected) or 'nothing'}>"

    def part_from_parent(self) -> None:
        """Have a lock of one's own in a forked process."""
        self._lock = threading.Lock()

    @property
    def protected(self) -> tuple[str, ...]:
        """The names that were given to :meth:`protect`."""
        return self._protected

    def protect(self, *names: str) -> None:
        """Refuse writes to tables from now on.

        Args:
            names: Names of tables, or their beginnings: ``protect("sys_hub_*", "u_ledger")``.

        Raises:
            InvalidUsage: A name cannot be one of tables.
        """
        checked = _checked(names)
        with self._lock:
            self._protected = tuple(dict.fromkeys([*self._protected, *checked]))

    @contextmanager
    def lifted(self, *names: str) -> Iterator[None]:
        """Let writes to protected tables pass until the ``with`` block ends, for all threads of the client.

        Args:
            names: Names of the tables that are meant, as for :meth:`protect`.

        Raises:
            InvalidUsage: A name cannot be one of tables.
        """
        checked = _checked(names)
        with self._lock:
            self._lifted = self._lifted + Counter(checked)
        try:
            yield
        finally:
            with self._lock:
                self._lifted = self._lifted - Counter(checked)

    def begin(self, operation: str) -> None:
        """Let whoever else is asked refuse a change before its first look at the record.

        Args:
            operation: What begins.
        """
        if self._before is not None:
            self._before.begin(operation)

    def check(self, request: Request) -> None:
        """Refuse a request that writes to a protected table.

        Args:
            request: The request.

        Raises:
            InvalidUsage: It does; nothing was sent.
        """
        if self._before is not None:
            self._before.check(request)
        if not self._protected or request.operation == "token" or not objection(request):
            return
        table = next((name for name in _names_in(request) if self._refuses(name)), None)
        if table is not None:
            raise InvalidUsage(
                f"{table} is protected (client.guards): {request.method} {request.path} was not sent. To write to it"
                f" all the same, do so within client.guards.lifted({table!r})",
                method=request.method,
                path=request.path,
                table=table,
                committed=False,
            )

    def _refuses(self, name: str) -> bool:
        return _is_one_of(name, self._protected) and not _is_one_of(name, self._lifted)


def _names_in(request: Request) -> list[str]:
    """What may be names of tables that a request writes to."""
    paths = [request.path, *(str(item.get("url", "")) for item in changing_items(request) if isinstance(item, dict))]
    parts = (part for path in paths for part in unquote(urlsplit(path).path).split("/"))
    return [part.removesuffix(".do").casefold() for part in parts]


def _is_one_of(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _checked(names: tuple[Any, ...]) -> tuple[str, ...]:
    if not names:
        raise InvalidUsage("Which tables? Name them, such as 'sys_hub_*'")
    for name in names:
        if not isinstance(name, str) or not _PATTERN.fullmatch(name):
            raise InvalidUsage(f"{name!r} is no name of tables: it needs to be one such as 'u_ledger' or 'sys_hub_*'")
    return names
