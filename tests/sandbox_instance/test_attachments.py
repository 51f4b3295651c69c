"""Attachments: content in, content out, and what the record says about it."""

from __future__ import annotations

import gzip
import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.refusals import InvalidRequest, OperationFailed, RecordNotFound, UnknownTable
from pysnow.sandbox.member_order import member_order
from pysnow.sandbox.shaping import shape_attachments

CONTENT = bytes(range(256)) * 8_000


@pytest.fixture
def sys_id(instance: Instance, admin: Caller) -> str:
    return instance.create("incident", {}, admin)["sys_id"] or ""


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=["empty", "small", "several chunks"])
def test_content__comes_back(instance: Instance, admin: Caller, sys_id: str, content: bytes) -> None:
    row = instance.add_attachment("incident", sys_id, "a.bin", "application/x", _pieces(content, 70_001), admin)
    assert b"".join(instance.attachment_chunks(row["sys_id"] or "")) == content


def test_record__measures_the_content(instance: Instance, admin: Caller, sys_id: str) -> None:
    row = instance.add_attachment("incident", sys_id, "a.bin", "application/x", _pieces(CONTENT, 999), admin)
    measured = {name: row[name] for name in ("size_bytes", "hash", "compressed", "chunk_size_bytes", "state")}
    assert measured == {
        "size_bytes": str(len(CONTENT)),
        "hash": hashlib.sha256(CONTENT).hexdigest(),
        "compressed": "true",
        "chunk_size_bytes": "700000",
        "state": "available",
    }


def test_record__compressed_size_is_that_of_gzip(instance: Instance, admin: Caller, sys_id: str) -> None:
    row = instance.add_attachment("incident", sys_id, "a.bin", "application/x", [CONTENT], admin)
    assert row["size_compressed"] == str(len(gzip.compress(CONTENT, 1)))


def test_record__belongs_to_its_owner(instance: Instance, abel: Caller, sys_id: str) -> None:
    row = instance.add_attachment("incident", sys_id, "a.txt", "text/plain", [b"x"], abel)
    assert [row[name] for name in ("table_name", "table_sys_id", "file_name", "content_type", "sys_created_by")] == [
        "incident",
        sys_id,
        "a.txt",
        "text/plain",
        "abel.tuter",
    ]


def test_shape__is_that_of_the_attachment_api(instance: Instance, admin: Caller, sys_id: str) -> None:
    row = instance.add_attachment("incident", sys_id, "a.txt", "text/plain", [b"x"], admin)
    [shaped] = shape_attachments(instance, [row])
    assert (shaped["created_by_name"], shaped["download_link"], shaped["image_width"]) == (
        "System Administrator",
        f"https://dev00000.service-now.com/api/now/attachment/{row['sys_id']}/file",
        "",
    )


def test_shape__has_the_member_order_of_java(instance: Instance, admin: Caller, sys_id: str) -> None:
    row = instance.add_attachment("incident", sys_id, "a.txt", "text/plain", [b"x"], admin)
    [shaped] = shape_attachments(instance, [row])
    assert tuple(shaped) == member_order(tuple(shaped))


def test_several__may_share_a_name(instance: Instance, admin: Caller, sys_id: str) -> None:
    ids = {instance.add_attachment("incident", sys_id, "a", "b/c", [b""], admin)["sys_id"] for _ in range(2)}
    assert len(ids) == 2


def test_delete__drops_the_content(instance: Instance, admin: Caller, sys_id: str) -> None:
    key = instance.add_attachment("incident", sys_id, "a", "b/c", [b"x"], admin)["sys_id"] or ""
    instance.delete("sys_attachment", key, admin)
    assert instance.store.count("sys_attachment_doc") == 0


def test_chunks__of_nothing(instance: Instance) -> None:
    with pytest.raises(RecordNotFound):
        instance.attachment_chunks("f" * 32)


def test_add__to_an_unknown_table(instance: Instance, admin: Caller) -> None:
    with pytest.raises(UnknownTable):
        instance.add_attachment("u_nope", "x", "a", "b/c", [b""], admin)


def test_add__to_an_unknown_record(instance: Instance, admin: Caller) -> None:
    with pytest.raises(RecordNotFound):
        instance.add_attachment("incident", "f" * 32, "a", "b/c", [b""], admin)


def test_add__to_a_table_without_attachments(instance: Instance, admin: Caller) -> None:
    row = instance.create("u_asset", {}, admin)
    with pytest.raises(OperationFailed, match="not allowed on Asset"):
        instance.add_attachment("u_asset", row["sys_id"] or "", "a", "b/c", [b""], admin)


def test_add__too_large(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.properties["com.glide.attachment.max_size"] = "1"
    with pytest.raises(OperationFailed, match="maximum of 1 MB"):
        instance.add_attachment("incident", sys_id, "a", "b/c", _pieces(CONTENT, 70_000), admin)


@pytest.mark.parametrize("name", ["a.exe", "a", "a.pdf.exe"])
def test_add__forbidden_extension(instance: Instance, admin: Caller, sys_id: str, name: str) -> None:
    instance.properties["glide.attachment.extensions"] = "txt, pdf"
    with pytest.raises(InvalidRequest, match="Invalid file type"):
        instance.add_attachment("incident", sys_id, name, "b/c", [b""], admin)


def test_add__allowed_extension(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.properties["glide.attachment.extensions"] = "txt, pdf"
    assert instance.add_attachment("incident", sys_id, "A.PDF", "b/c", [b""], admin)["file_name"] == "A.PDF"


def test_content__is_never_whole_in_memory(instance: Instance, admin: Caller, sys_id: str, tmp_path: object) -> None:
    """20 MB pass through a store in a file with far less memory than that."""
    on_disk = Instance(store=instance.store.copy(f"{tmp_path}/store.db"))
    tracemalloc.start()
    try:
        row = on_disk.add_attachment("incident", sys_id, "a", "b/c", (bytes(100_000) for _ in range(200)), admin)
        size = sum(map(len, on_disk.attachment_chunks(row["sys_id"] or "")))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        on_disk.close()
    assert (size, peak < 5_000_000) == (20_000_000, True)
