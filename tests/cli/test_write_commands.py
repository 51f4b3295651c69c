"""``pysnow create``, ``update``, ``upsert`` and ``delete``, on an instance of their own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from pysnow import Client
from pysnow.cli.errors import CommandError
from pysnow.cli.payload import rows_of
from pysnow.sandbox import Sandbox

Run: TypeAlias = "Callable[..., tuple[int, str, str]]"
Process: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    """An instance that these tests write to."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(instance: Sandbox) -> Iterator[Client]:
    """Looks at what was written."""
    with Client(instance.url, user="admin", password="admin", config=False) as client:
        yield client


@pytest.fixture
def title(request: pytest.FixtureRequest) -> str:
    """A short description that no other test has."""
    return f"cli {request.node.name}".replace("[", " ").replace("]", "").replace("=", " ")


def made(client: Client, title: str, count: int = 1) -> list[str]:
    table = client.table("incident")
    return [table.create({"short_description": title, "urgency": "3"})["number"] for _ in range(count)]


def changes_sent(instance: Sandbox) -> int:
    return sum(request.method != "GET" for request in instance.requests)


def test_create__gives_the_record_back(process: Process, client: Client, title: str) -> None:
    done = process("create", "incident", f"short_description={title}", "urgency=1")
    record = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, f"pysnow: created {record['number']}\n")
    assert client.table("incident").one({"short_description": title})["urgency"] == "1"


def test_create__with_a_name_makes_one(pysnow: Run, client: Client, title: str) -> None:
    talk = [pysnow("create", "incident", f"short_description={title}", "--key", title)[2] for _ in range(2)]
    assert ("existed" in talk[1], client.table("incident").count({"short_description": title})) == (True, 1)


def test_create__takes_json(pysnow: Run, client: Client, title: str, tmp_path: Path) -> None:
    (tmp_path / "fields.json").write_text(json.dumps({"short_description": title, "urgency": "2"}), encoding="utf-8")
    pysnow("create", "incident", "urgency=1", "--data", str(tmp_path / "fields.json"))
    assert client.table("incident").one({"short_description": title})["urgency"] == "1"


def test_create__reads_standard_input(process: Process, client: Client, title: str) -> None:
    process("create", "incident", "--data", "-", input=json.dumps({"short_description": title}))
    assert client.table("incident").count({"short_description": title}) == 1


def test_create__of_many_rows(process: Process, client: Client, title: str, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"short_description": title, "urgency": n}) + "\n" for n in "123")
    (tmp_path / "rows.jsonl").write_text(rows, encoding="utf-8")
    done = process("create", "incident", "--rows", str(tmp_path / "rows.jsonl"))
    statuses = [json.loads(line)["action"] for line in done.stdout.splitlines()]
    assert (done.returncode, statuses, client.table("incident").count({"short_description": title})) == (
        0,
        ["created"] * 3,
        3,
    )


def test_create__shows_the_fields_asked_for(pysnow: Run, title: str) -> None:
    output = pysnow("create", "incident", f"short_description={title}", "--fields", "short_description")[1]
    assert json.loads(output) == {"short_description": title}


def test_update__changes_the_record(process: Process, client: Client, title: str) -> None:
    (number,) = made(client, title)
    done = process("update", "incident", number, "--quiet", "urgency=1")
    assert (done.returncode, done.stderr, json.loads(done.stdout)["urgency"]) == (0, "", "1")


def test_update__of_a_record_that_is_not_there(pysnow: Run) -> None:
    assert pysnow("update", "incident", "INC9999999", "urgency=1")[0] == 5


def test_update__by_query(pysnow: Run, client: Client, title: str) -> None:
    made(client, title, 2)
    code, output, talk = pysnow("update", "incident", "-q", f"short_description={title}", "urgency=1", "--yes")
    assert (code, len(output.splitlines()), talk) == (0, 2, "pysnow: 2 updated\n")
    assert client.table("incident").count({"short_description": title, "urgency": "1"}) == 2


def test_upsert__creates_then_leaves_alone_then_updates(process: Process, title: str) -> None:
    call = ["upsert", "incident", f"correlation_id={title}", "short_description=x"]
    talk = [process(*call, *more).stderr.split()[1] for more in ([], [], ["urgency=1"])]
    assert talk == ["created", "unchanged", "updated"]


def test_upsert__with_a_key_of_its_own(pysnow: Run, client: Client, title: str) -> None:
    made(client, title)
    talk = pysnow("upsert", "incident", f"short_description={title}", "urgency=1", "--key", "short_description")[2]
    assert talk.startswith("pysnow: updated INC")


def test_upsert__of_what_is_there__shows_the_columns(pysnow: Run, client: Client, title: str) -> None:
    number = client.table("incident").create({"correlation_id": title})["number"]
    assert json.loads(pysnow("upsert", "incident", f"correlation_id={title}", "--fields", "number")[1]) == {
        "number": number
    }


def test_upsert__without_its_key(pysnow: Run) -> None:
    assert pysnow("upsert", "incident", "short_description=x")[0] == 2


def test_delete__removes_the_record(process: Process, client: Client, title: str) -> None:
    (number,) = made(client, title)
    done = process("delete", "incident", number, "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"pysnow: deleted {number}\n")
    assert client.table("incident").count({"short_description": title}) == 0


def test_delete__without_anyone_to_ask__needs_yes(process: Process, client: Client, title: str) -> None:
    (number,) = made(client, title)
    done = process("delete", "incident", number, stdin=subprocess.DEVNULL)
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert client.table("incident").count({"short_description": title}) == 1


def test_delete__by_query(process: Process, client: Client, title: str) -> None:
    made(client, title, 3)
    done = process("delete", "incident", "-q", f"short_description={title}", "--expect", "3", "--yes")
    assert (done.returncode, client.table("incident").count({"short_description": title})) == (0, 0)


@pytest.mark.parametrize("command", [["update", "incident", "urgency=1"], ["delete", "incident"]], ids=" ".join)
class TestByQuery:
    """Many records are written only when that is meant."""

    def test_without_anyone_to_ask__needs_yes(
        self, process: Process, client: Client, instance: Sandbox, title: str, command: list[str]
    ) -> None:
        made(client, title)
        before = len(instance.requests)
        done = process(*command, "-q", f"short_description={title}", stdin=subprocess.DEVNULL)
        assert (done.returncode, "--yes" in done.stderr, len(instance.requests) - before) == (2, True, 0)

    def test_another_number_than_expected__changes_nothing(
        self, pysnow: Run, client: Client, title: str, command: list[str], instance: Sandbox
    ) -> None:
        made(client, title, 2)
        before = changes_sent(instance)
        code = pysnow(*command, "-q", f"short_description={title}", "--expect", "3", "--yes")[0]
        assert (code, changes_sent(instance) - before) == (9, 0)

    def test_dry_run__changes_nothing(
        self, pysnow: Run, client: Client, title: str, command: list[str], instance: Sandbox
    ) -> None:
        made(client, title, 2)
        before = changes_sent(instance)
        code, output, talk = pysnow(*command, "-q", f"short_description={title}", "--dry-run")
        assert (code, len(output.splitlines()), talk) == (0, 2, "pysnow: 2 dry run\n")
        assert changes_sent(instance) == before

    def test_terminal__is_asked(
        self, settings: pytest.MonkeyPatch, client: Client, title: str, command: list[str]
    ) -> None:
        made(client, title, 2)
        answers = [_on_terminal([*command, "-q", f"short_description={title}"], answer) for answer in (b"n\n", b"y\n")]
        assert answers == [(1, True), (0, True)]


def _on_terminal(command: list[str], answer: bytes) -> tuple[int, bool]:
    """Answer the question of a command: its exit code, and whether it asked with the number."""
    import os
    import pty
    import sys

    ours, theirs = pty.openpty()
    with (
        open(ours, "r+b", buffering=0) as terminal,
        subprocess.Popen(
            [sys.executable, "-m", "pysnow", *command], stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs
        ) as running,
    ):
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += terminal.read(4096)
        terminal.write(answer)
        return running.wait(60), b" 2 records of incident?" in shown


@pytest.mark.parametrize(
    "command",
    [
        ["create", "incident", "short_description=x"],
        ["update", "incident", "INC0000001", "short_description=x"],
        ["upsert", "incident", "number=INC0000001", "short_description=x", "--key", "number"],
        ["delete", "incident", "INC0000001"],
    ],
    ids=lambda command: command[0],
)
class TestDryRun:
    """What would change is shown, and nothing is sent that changes anything."""

    def test_sends_no_change(self, pysnow: Run, instance: Sandbox, command: list[str]) -> None:
        before = changes_sent(instance)
        code, output, _ = pysnow(*command, "--dry-run")
        assert (code, json.loads(output)["dry_run"], changes_sent(instance) - before) == (0, True, 0)

    def test_shows_a_table_to_people(self, pysnow: Run, command: list[str]) -> None:
        assert "would be" in pysnow(*command, "--dry-run", "--table")[1].splitlines()[0]


def test_dry_run__shows_fields_before_and_after(pysnow: Run, client: Client, title: str) -> None:
    (number,) = made(client, title)
    output = pysnow("update", "incident", number, "urgency=1", "--dry-run")[1]
    assert json.loads(output)["changes"] == {"urgency": {"old": "3", "new": "1"}}


@pytest.mark.parametrize(
    "arguments",
    [
        ["create", "incident"],
        ["create", "incident", "short_description"],
        ["create", "incident", "a b=1"],
        ["create", "incident", "x=1", "--rows", "rows.jsonl"],
        ["create", "incident", "x=1", "--key-column", "x"],
        ["update", "incident", "urgency=1"],
        ["update", "incident", "INC0000001"],
        ["update", "incident", "INC0000001", "urgency=1", "-q", "active=true"],
        ["update", "incident", "INC0000001", "urgency=1", "--expect", "1"],
        ["update", "incident", "-q", "INC0000001", "urgency=1", "--yes"],
        ["update", "incident", "INC0000001", "urgency=1", "state"],
        ["delete", "incident"],
        ["delete", "incident", "INC0000001", "-q", "active=true"],
        ["delete", "incident", "INC0000001", "--expect", "1"],
        ["delete", "incident", "number=INC0000001"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant__is_refused_before_anything_is_sent(
    pysnow: Run, instance: Sandbox, arguments: list[str]
) -> None:
    before = len(instance.requests)
    code, output, complaint = pysnow(*arguments)
    assert (code, output, complaint.count("\n"), len(instance.requests) - before) == (2, "", 1, 0)


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"a": 1}\n{"a"', "[1]"])
def test_data_that_is_no_object__is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError):
        rows_of(str(path))


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": 2}]', '{"a": 1}\n\n{"a": 2}\n'], ids=["array", "lines"])
def test_data__is_an_array_or_lines(text: str, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text(text, encoding="utf-8")
    assert rows_of(str(path)) == [{"a": 1}, {"a": 2}]
