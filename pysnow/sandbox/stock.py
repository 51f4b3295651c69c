"""Opening an instance with its demo data, in a fraction of the time that planting takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from pysnow.sandbox import schema_rules
from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.event_api import alerts
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.passwords import hash_password
from pysnow.sandbox.schema_changes import repeat_schema_changes
from pysnow.sandbox.seed import plant
from pysnow.sandbox.store import Store, StoreError

_PLAIN = "plain:"
_PLANTED = "sandbox.planted"


def open_instance(path: str | Path | None, *, records: int, seed: bool, clock: Callable[[], datetime]) -> Instance:
    """Open an instance; what it needs is planted when it is not there yet, with demo data if that is wanted.

    Args:
        path: File of the data, made when it does not exist; None keeps everything in memory.
        records: Generated incidents to plant beside the demo data.
        seed: Whether demo data is wanted, beside the configuration and the base users.
        clock: Gives the time, aware of its zone.

    Raises:
        StoreError: The file cannot be opened, or holds another number of generated incidents than is asked for.
    """
    if records or (path is not None and Path(path).exists()):
        instance = Instance(store=_planted_store(path, records, seed), clock=clock)
    else:
        template = _template(seed)
        instance = Instance(store=template.store.copy(path), clock=clock)
        instance.platform.security.learn_from(template.platform.security)
    instance.platform.rules.extend((*alerts.RULES, *schema_rules.RULES))
    return instance


def _planted_store(path: str | Path | None, records: int, demo: bool) -> Store:
    store = Store(Dictionary(), path)
    planted = store.get_meta(_PLANTED)
    if planted is None:
        _plant(store, records, demo)
        return store
    repeat_schema_changes(store)
    if records and records != int(planted):
        store.close()
        raise StoreError(f"{path} holds {planted} generated incidents, not {records}: give another file")
    return store


@cache
def _template(demo: bool) -> Instance:
    """Plant once per process: a copy takes milliseconds, and a test suite wants hundreds of them."""
    return Instance(store=_planted_store(None, 0, demo))


def _plant(store: Store, records: int, demo: bool) -> None:
    with store.transaction():
        plant(store, store.dictionary, records=records, demo=demo)
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
