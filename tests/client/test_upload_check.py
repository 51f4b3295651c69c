"""A file is attached once, or the error says that nobody knows."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AmbiguousWrite, PermissionDenied
from tests.client.writing import COMMITTED, HARMLESS, NOT_COMMITTED, CommitLater, Hands, client_of, outcome, sent

if TYPE_CHECKING:
    from pysnow.attachment import Attachment
    from pysnow.sandbox import Sandbox

CONTENT = b"content" * 100


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def sys_id(sandbox: Sandbox) -> str:
    """A record of the test's own."""
    return str(sandbox.add("incident", {"short_description": "with a file"})["sys_id"])


@pytest.fixture
def files(sandbox: Sandbox, hands: Hands) -> Attachment:
    return client_of(sandbox, hands).table("incident").attachments


def _attached(sandbox: Sandbox, sys_id: str) -> list[str]:
    return [str(row["file_name"]) for row in sandbox.table("sys_attachment").rows if row["table_sys_id"] == sys_id]


@pytest.mark.parametrize("fault", COMMITTED)
@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__behind_a_lost_answer__is_found(
    files: Attachment, sandbox: Sandbox, sys_id: str, fault: str, multipart: bool
) -> None:
    with sandbox.fault(fault, method="POST", times=1):
        uploaded = files.upload(sys_id, data=CONTENT, name="a.txt", multipart=multipart)
    assert (uploaded["file_name"], _attached(sandbox, sys_id)) == ("a.txt", ["a.txt"])


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_upload__that_was_not_carried_out__is_ambiguous(
    files: Attachment, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="POST"), pytest.raises(AmbiguousWrite) as caught:
        files.upload(sys_id, data=CONTENT, name="a.txt")
    assert (_attached(sandbox, sys_id), sent(sandbox, "POST"), caught.value.operation) == ([], 1, "upload")


@pytest.mark.parametrize("fault", HARMLESS)
@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__refused_before_it_began__is_sent_again_from_its_beginning(
    files: Attachment, sandbox: Sandbox, sys_id: str, tmp_path: Path, fault: str, multipart: bool
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    with sandbox.fault(fault, method="POST", times=2):
        uploaded = files.upload(sys_id, path, multipart=multipart)
    assert (files.content(uploaded["sys_id"]), _attached(sandbox, sys_id)) == (CONTENT, ["a.txt"])


def test_upload__equal_to_an_earlier_one__is_told_from_it(files: Attachment, sandbox: Sandbox, sys_id: str) -> None:
    files.upload(sys_id, data=CONTENT, name="a.txt")
    with sandbox.fault("drop-before", method="POST"), pytest.raises(AmbiguousWrite):
        files.upload(sys_id, data=CONTENT, name="a.txt")
    assert _attached(sandbox, sys_id) == ["a.txt"]


def test_upload__of_part_of_a_file__is_found(files: Attachment, sandbox: Sandbox, sys_id: str) -> None:
    file = io.BytesIO(b"skipped" + CONTENT)
    file.seek(7)
    with sandbox.fault("drop-after", method="POST", times=1):
        uploaded = files.upload(sys_id, data=file, name="a.txt")
    assert files.content(uploaded["sys_id"]) == CONTENT


@pytest.mark.parametrize("name", ["ünïcödé 火.txt", "javascript:x.txt", "a^b.txt"])
def test_upload__of_any_name__is_found(files: Attachment, sandbox: Sandbox, sys_id: str, name: str) -> None:
    with sandbox.fault("drop-after", method="POST", times=1):
        assert files.upload(sys_id, data=CONTENT, name=name)["file_name"] == name


def test_upload__of_a_pipe__cannot_be_looked_for(files: Attachment, sandbox: Sandbox, sys_id: str) -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as writer:
        writer.write(CONTENT)
    with os.fdopen(read_end, "rb") as reader, sandbox.fault("drop-after", method="POST"):
        made = outcome(lambda: files.upload(sys_id, data=reader, name="a.txt"))
    assert (type(made), _attached(sandbox, sys_id)) == (AmbiguousWrite, ["a.txt"])


def test_upload__refused(files: Attachment, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("forbidden", method="POST"), pytest.raises(PermissionDenied):
        files.upload(sys_id, data=CONTENT, name="a.txt")


def test_check__finds_what_was_attached_late(files: Attachment, sandbox: Sandbox, sys_id: str) -> None:
    later = CommitLater()
    sandbox.faults.add(later, method="POST", times=1)
    error: Any = outcome(lambda: files.upload(sys_id, data=CONTENT, name="a.txt"))
    later.finish()
    assert error.check()["file_name"] == "a.txt"


def test_check__is_none_when_it_certainly_was_not_attached(
    files: Attachment, sandbox: Sandbox, sys_id: str, hands: Hands
) -> None:
    with sandbox.fault("drop-before", method="POST"):
        error: Any = outcome(lambda: files.upload(sys_id, data=CONTENT, name="a.txt"))
    hands.now += 60
    assert error.check() is None
