"""Opening an instance with its demo data, in a fraction of the time that planting takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.passwords import hash_password
from pysnow.sandbox.seed import plant
from pysnow.sandbox.store import Store

_PLAIN = "plain:"
_PLANTED = "sandbox.planted"


def open_instance(path: str | Path | None, *, records: int, seed: bool, clock: Callable[[], datetime]) -> Instance:
    """Open an instance; demo data is planted when it is wanted and not there yet.

    Args:
        path: File of the data, made when it does not exist; None keeps everything in memory.
        records: Generated incidents to plant beside the demo data.
        seed: Whether demo data is wanted.
        clock: Gives the time, aware of its zone.
    """
    if not seed:
        return Instance(path=path, clock=clock)
    return Instance(store=_planted_store(path, records), clock=clock)


def _planted_store(path: str | Path | None, records: int) -> Store:
    if path is not None and Path(path).exists():
        store = Store(Dictionary(), path)
        if store.get_meta(_PLANTED) is not None:
            return store
    elif not records:
        return _template().copy(path)
    else:
        store = Store(Dictionary(), path)
    _plant(store, records)
    return store


@cache
def _template() -> Store:
    """Plant once per process: a copy takes milliseconds, and a test suite wants hundreds of them."""
    store = Store(Dictionary())
    _plant(store, 0)
    return store


def _plant(store: Store, records: int) -> None:
    with store.transaction():
        plant(store, store.dictionary, records=records)
        _hash_passwords(store)
        store.set_meta(_PLANTED, str(records))


def _hash_passwords(store: Store) -> None:
    """Replace the demo users' passwords by their hashes: no store ever holds a password as text."""
    for user in store.select("sys_user", columns=("sys_id", "user_name", "user_password"), limit=None):
        stored = user["user_password"] or ""
        if stored.startswith(_PLAIN):
            # A fixed salt: equal demo data shall be equal to the last byte.
            hashed = hash_password(stored.removeprefix(_PLAIN), salt=user["sys_id"])
            store.update("sys_user", user["sys_id"] or "", {"user_password": hashed})
