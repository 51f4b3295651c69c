"""``pysnow attach`` and ``pysnow download``, on an instance of their own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from pysnow.sandbox import Sandbox

Run: TypeAlias = "Callable[..., tuple[int, str, str]]"
Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    """An instance that these tests write to."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def incident(pysnow: Run) -> str:
    """The number of an incident without files."""
    number: str = json.loads(pysnow("create", "incident", "short_description=files", "--fields", "number")[1])["number"]
    return number


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two files."""
    paths = [tmp_path / "a.txt", tmp_path / "b.pdf"]
    for path in paths:
        path.write_bytes(path.name.encode() * 100)
    return [str(path) for path in paths]


def test_attached_files__come_back(process: Process, incident: str, files: list[str], tmp_path: Path) -> None:
    attached = process("attach", "incident", incident, *files)
    (tmp_path / "back").mkdir()
    saved = process("download", "incident", incident, "--to", str(tmp_path / "back"))
    assert (attached.returncode, saved.returncode) == (0, 0)
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == {
        "a.txt": b"a.txt" * 100,
        "b.pdf": b"b.pdf" * 100,
    }


def test_attach__takes_a_name_and_a_type(pysnow: Run, incident: str, files: list[str]) -> None:
    output = pysnow("attach", "incident", incident, files[0], "--name", "c.log", "--type", "text/x-log")[1]
    made = json.loads(output)
    assert (made["file_name"], made["content_type"]) == ("c.log", "text/x-log")


def test_attach__dry_run_sends_nothing(pysnow: Run, incident: str, files: list[str], instance: Sandbox) -> None:
    output = pysnow("attach", "incident", incident, files[0], "--dry-run")[1]
    assert (json.loads(output)["size_bytes"], list(instance.requests)[-1].method) == (500, "GET")


@pytest.mark.parametrize("more", [["missing.txt"], ["--name", "x"]], ids=" ".join)
def test_attach__refuses_what_cannot_be_meant(
    pysnow: Run, files: list[str], more: list[str], instance: Sandbox
) -> None:
    before = len(instance.requests)
    assert (pysnow("attach", "incident", "INC0000001", *files, *more)[0], len(instance.requests)) == (2, before)


def test_attach__to_a_record_that_is_not_there(pysnow: Run, files: list[str]) -> None:
    assert pysnow("attach", "incident", "INC9999999", *files)[0] == 5


def test_download__lists(pysnow: Run, incident: str, files: list[str]) -> None:
    pysnow("attach", "incident", incident, *files)
    listed = pysnow("download", "incident", incident, "--list")[1]
    assert {json.loads(line)["file_name"] for line in listed.splitlines()} == {"a.txt", "b.pdf"}


def test_download__by_name(pysnow: Run, incident: str, files: list[str], tmp_path: Path) -> None:
    pysnow("attach", "incident", incident, *files)
    (tmp_path / "back").mkdir()
    pysnow("download", "incident", incident, "--name", "*.pdf", "--to", str(tmp_path / "back"))
    assert [path.name for path in (tmp_path / "back").iterdir()] == ["b.pdf"]


def test_download__of_a_name_that_is_not_there(pysnow: Run, incident: str, tmp_path: Path) -> None:
    assert pysnow("download", "incident", incident, "--name", "x", "--to", str(tmp_path))[0] == 5


def test_download__leaves_files_alone(pysnow: Run, incident: str, files: list[str], tmp_path: Path) -> None:
    pysnow("attach", "incident", incident, files[0])
    Path(files[0]).write_text("mine", encoding="utf-8")
    code, _, complaint = pysnow("download", "incident", incident, "--to", str(tmp_path))
    assert (code, "--overwrite" in complaint, Path(files[0]).read_text(encoding="utf-8")) == (1, True, "mine")


def test_download__replaces_files_on_request(pysnow: Run, incident: str, files: list[str], tmp_path: Path) -> None:
    pysnow("attach", "incident", incident, files[0])
    Path(files[0]).write_text("mine", encoding="utf-8")
    code = pysnow("download", "incident", incident, "--to", str(tmp_path), "--overwrite")[0]
    assert (code, Path(files[0]).read_bytes()) == (0, b"a.txt" * 100)


def test_download__of_files_with_one_name_keeps_both(
    pysnow: Run, incident: str, files: list[str], tmp_path: Path
) -> None:
    pysnow("attach", "incident", incident, files[0])
    pysnow("attach", "incident", incident, files[0])
    (tmp_path / "back").mkdir()
    pysnow("download", "incident", incident, "--to", str(tmp_path / "back"))
    assert len(list((tmp_path / "back").iterdir())) == 2


def test_download__into_a_folder_that_is_not_there(pysnow: Run, incident: str, tmp_path: Path) -> None:
    assert pysnow("download", "incident", incident, "--to", str(tmp_path / "none"))[0] == 2
