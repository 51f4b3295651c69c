"""Local instances made to order, for tests."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pysnow.sandbox import Sandbox
from pysnow.testing.interception import intercept

if TYPE_CHECKING:
    from pysnow.sandbox.dictionary.declaration import Columns
    from pysnow.sandbox.faults.fault import Fault

    Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
    Faults = str | Fault | Iterable[str | Fault]

__all__ = ["Order", "open_instance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a test wants of its instance: the arguments of the marker ``servicenow``.

    Attributes:
        seed: True for the demo data, False for none; or exports to load into an instance without any: paths of files or
            folders, relative to the folder of the test.
        user: Who ``servicenow_client`` is: a user whose password is the same word.
        faults: What goes wrong: ``"latency:seconds=0.5,table=incident"``, or several of these.
        tables: Tables to add: columns by table name; or an exported dictionary: paths of files or folders.
        hosts: Instances to answer for; None for all of them.
        allow_hosts: Other machines that may be reached.
    """

    seed: bool | Paths = True
    user: str = "admin"
    faults: Faults = ()
    tables: Mapping[str, Columns] | Paths = ()
    hosts: str | Iterable[str] | None = None
    allow_hosts: str | Iterable[str] = ()

    @classmethod
    def of(cls, options: Mapping[str, object]) -> Self:
        """Read the arguments of a marker.

        Raises:
            ValueError: There is no such argument.
        """
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                raise ValueError(f"the marker servicenow has no argument {name!r}: use {', '.join(known)}")
        return cls(**options)  # type: ignore[arg-type]  # whoever reads a value complains about it


@contextmanager
def open_instance(order: Order, folder: Path) -> Iterator[Sandbox]:
    """Open an instance that stands in for real ones until the block ends.

    Args:
        order: What is wanted.
        folder: Where relative paths start.

    Yields:
        The instance.

    Raises:
        ValueError: Something of the order does not exist, or cannot be done.
    """
    sandbox = Sandbox(seed=order.seed is True)
    try:
        _add_tables(sandbox, order, folder)
        if not isinstance(order.seed, bool):
            for path in _paths(order.seed, folder):
                sandbox.load(path)
        for fault in _listed(order.faults):
            sandbox.faults.add(fault)
        with intercept(sandbox, hosts=order.hosts, allow_hosts=order.allow_hosts):
            yield sandbox
    finally:
        sandbox.close()


def _add_tables(sandbox: Sandbox, order: Order, folder: Path) -> None:
    if isinstance(order.tables, Mapping):
        for name, columns in order.tables.items():
            sandbox.create_table(name, columns=columns)
        return
    for path in _paths(order.tables, folder):
        sandbox.load_schema(path)


def _paths(paths: Paths, folder: Path) -> list[Path]:
    given = (paths,) if isinstance(paths, str | os.PathLike) else tuple(paths)
    return [folder / path for path in given]


def _listed(faults: Faults) -> tuple[str | Fault, ...]:
    return tuple(faults) if isinstance(faults, Iterable) and not isinstance(faults, str) else (faults,)
