"""Contents of attachments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pysnow.sandbox.store import Store


def test_open_blob__gives_back_the_bytes(store: Store) -> None:
    store.put_blob("a", b"hello")
    assert b"".join(store.open_blob("a")) == b"hello"


def test_open_blob__large_content_comes_in_chunks(store: Store) -> None:
    store.put_blob("a", (b"x" * 300_000 for _ in range(5)))
    assert [len(chunk) for chunk in store.open_blob("a")] == [700_000, 700_000, 100_000]


def test_open_blob__unknown_key_is_empty(store: Store) -> None:
    assert list(store.open_blob("nope")) == []


def test_put_blob__gives_the_size(store: Store) -> None:
    assert store.put_blob("a", [b"12", b"", b"345"]) == 5


def test_put_blob__replaces(store: Store) -> None:
    store.put_blob("a", b"x" * 1_500_000)
    store.put_blob("a", b"short")
    assert b"".join(store.open_blob("a")) == b"short"


def test_put_blob__failing_source_leaves_the_old_content(store: Store) -> None:
    def broken() -> Iterator[bytes]:
        yield b"new"
        raise OSError("source is gone")

    store.put_blob("a", b"old")
    with pytest.raises(OSError, match="source is gone"):
        store.put_blob("a", broken())
    assert b"".join(store.open_blob("a")) == b"old"


@pytest.mark.parametrize(("key", "found"), [("a", True), ("b", False)])
def test_delete_blob__tells_whether_there_was_one(store: Store, key: str, found: bool) -> None:
    store.put_blob("a", b"x")
    assert store.delete_blob(key) is found
