"""Letting a local instance stand in for real ones, for the length of a block."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import urlsplit

from pysnow.sandbox import Sandbox
from pysnow.testing.adapter import InstanceAdapter
from pysnow.testing.switchboard import SWITCHBOARD, StandIn
from pysnow.url_builder import instance_url

__all__ = ["intercept"]


@contextmanager
def intercept(
    sandbox: Sandbox | None = None,
    *,
    hosts: str | Iterable[str] | None = None,
    allow_hosts: str | Iterable[str] = (),
) -> Iterator[Sandbox]:
    """Let a local instance answer what this process asks of real ones, until the block ends.

    Answered are all requests made with ``requests``, in any thread, by this library or without it, also those of
    sessions and clients that exist already: to hosts below the vendor's domains, such as ``dev12345.service-now.com``,
    and to whatever host a client of this library was made for. Nothing listens on a port, and addresses of this machine
    are left alone. Requests to other machines are blocked.

    What clients of this library would wait between two attempts, or because the instance asked for it, is skipped, and
    counts as time that has passed, so that deadlines end as they would; what the instance takes to answer is not.

    Blocks may be nested and may overlap in threads: the innermost block of a thread that answers for a host does, and
    in a thread without a block of its own, the latest.

    Args:
        sandbox: The instance; None makes one with demo data for this block.
        hosts: Instances to answer for, by name, host or address; None for all of them. The first one becomes the
            address of the sandbox.
        allow_hosts: Other machines that may be reached meanwhile.

    Yields:
        The instance.

    Raises:
        InvalidUsage: A host cannot be read.
    """
    answered = None if hosts is None else tuple(map(_host_of, _listed(hosts)))
    allowed = frozenset(map(_host_of, _listed(allow_hosts)))
    with nullcontext(sandbox) if sandbox is not None else _opened() as instance:
        stand_in = StandIn(
            InstanceAdapter(instance),
            None if answered is None else frozenset(answered),
            allowed,
            threading.get_ident(),
            lambda: instance.url,
        )
        with instance.reached_at(f"https://{answered[0]}") if answered else instance.reached_at():
            SWITCHBOARD.add(stand_in)
            try:
                yield instance
            finally:
                SWITCHBOARD.remove(stand_in)


@contextmanager
def _opened() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    try:
        yield sandbox
    finally:
        sandbox.close()


def _listed(hosts: str | Iterable[str]) -> tuple[str, ...]:
    return (hosts,) if isinstance(hosts, str) else tuple(hosts)


def _host_of(spelling: str) -> str:
    # Plain HTTP is no danger here: nothing is sent anywhere.
    return (urlsplit(instance_url(spelling, use_ssl=not spelling.startswith("http:"))).hostname or "").removesuffix(".")
