"""One store with the demo data for all tests of this folder; they only read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.seed import plant
from pysnow.sandbox.store import Row, Store


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    return Dictionary()


@pytest.fixture(scope="session")
def planted(dictionary: Dictionary) -> Iterator[Store]:
    store = Store(dictionary)
    plant(store, dictionary)
    yield store
    store.close()


@pytest.fixture(scope="session")
def all_rows(dictionary: Dictionary, planted: Store) -> dict[str, list[Row]]:
    """Every row once, under its real class, with all columns of that class."""
    return {
        name: [row for row in planted.select(name) if row.get("sys_class_name", name) == name]
        for name in dictionary.names()
    }


@pytest.fixture
def fresh(dictionary: Dictionary) -> Iterator[Callable[..., Store]]:
    """Plant into a store of one's own, with any arguments of ``plant``."""
    stores: list[Store] = []

    def make(*, records: int = 0, now: datetime | None = None) -> Store:
        store = Store(dictionary)
        stores.append(store)
        plant(store, dictionary, records=records, now=now)
        return store

    yield make
    for store in stores:
        store.close()
