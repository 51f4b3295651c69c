"""``pysnow sandbox``."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pysnow import Client
from pysnow.cli import main


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that runs the command, and the first line of its output."""
    command = [sys.executable, "-m", "pysnow", "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().removesuffix("\n")
        finally:
            process.kill()


def test_first_line__is_the_address_of_an_instance_that_answers() -> None:
    with running() as (_, url), Client(instance=url, user="admin", password="admin") as client:
        assert client.table("incident").get(limit=1).one()["sys_id"]


@pytest.mark.usefixtures("heeded_interrupts")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_signal__stops_it_without_complaint(number: signal.Signals) -> None:
    with running() as (process, _):
        process.send_signal(number)
        rest, talk = process.communicate(timeout=20)
    assert (process.returncode, rest, "Traceback" in talk) == (0, "", False)


def test_talk__goes_to_standard_error() -> None:
    with running() as (process, _):
        assert process.stderr is not None
        assert "admin" in process.stderr.readline()


def test_port__is_the_one_asked_for(unused_port: int) -> None:
    with running("--port", str(unused_port)) as (_, url):
        assert url == f"http://127.0.0.1:{unused_port}"


def test_port_that_is_taken__is_an_error_of_one_line(sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["sandbox", "--port", sandbox.host.rpartition(":")[2]])
    assert (code, capsys.readouterr().err.count("\n")) == (1, 1)


def test_file_that_is_no_database__is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes", encoding="utf-8")
    assert (main(["sandbox", "--db", str(path)]), path.read_text(encoding="utf-8")) == (2, "notes")


def test_database_of_another_version__is_an_error_of_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE "_meta" ("name" TEXT PRIMARY KEY, "value" TEXT)')
        connection.execute("INSERT INTO _meta VALUES ('schema_version', '0')")
        connection.commit()
    code = main(["sandbox", "--db", str(path)])
    assert (code, capsys.readouterr().err.count("\n")) == (1, 1)


@pytest.mark.parametrize("name", [".", "missing/instance.db"])
def test_path_that_cannot_be_a_database__is_refused(tmp_path: Path, name: str) -> None:
    assert main(["sandbox", "--db", str(tmp_path / name)]) == 2


def test_database__keeps_what_was_written(tmp_path: Path) -> None:
    file = str(tmp_path / "instance.db")
    with running("--db", file) as (process, url):
        with Client(instance=url, user="admin", password="admin") as client:
            created = client.table("incident").create({"short_description": "kept"})
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    with running("--db", file) as (_, url), Client(instance=url, user="admin", password="admin") as client:
        assert client.table("incident").get({"sys_id": created["sys_id"]}).one()["short_description"] == "kept"


def test_records__are_planted_beside_the_demo_data() -> None:
    with running("--records", "500") as (_, url), Client(instance=url, user="admin", password="admin") as client:
        assert len(client.table("incident").get(fields=["sys_id"]).all()) > 500
