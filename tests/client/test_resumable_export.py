"""Exports that go on after an error, a kill, or a row that cannot be written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from pysnow import Client, InvalidUsage, PysnowException, ResumableExport
from pysnow.sandbox import Sandbox
from tests.client.writing import Hands, client_of


class Numbers:
    """A walk over numbers, whose token is the next one; it ends with an error where told to."""

    def __init__(self, token: str | None, count: int = 3500, *, breaks_at: int | None = None, odd: int = -1) -> None:
        self._next, self._count, self._breaks_at, self._odd = int(token or 0), count, breaks_at, odd

    @property
    def report(self) -> Self:
        return self

    @property
    def received(self) -> int:
        return self._next

    @property
    def resume_token(self) -> str:
        return str(self._next)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while self._next < self._count:
            if self._next == self._breaks_at:
                raise OSError("broken")
            self._next += 1
            yield {"n": {1, 2} if self._next - 1 == self._odd else str(self._next - 1)}


ALL = [{"n": str(number)} for number in range(3500)]


def read(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def export(path: Path) -> ResumableExport:
    return ResumableExport(path, "jsonl")


@pytest.mark.parametrize("breaks_at", [0, 1, 999, 1000, 1001, 2500, 3499])
def test_run__goes_on_behind_the_last_row(tmp_path: Path, breaks_at: int) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=breaks_at))
    begun: list[str | None] = []
    count = export(path).run(lambda token: begun.append(token) or Numbers(token))
    assert (count, begun, read(path)) == (3500, [str(breaks_at) if breaks_at else None], ALL)
    assert list(tmp_path.iterdir()) == [path]


def test_run__that_brought_no_row_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="broken"):
        export(tmp_path / "n.jsonl").run(lambda token: Numbers(token, breaks_at=0))
    assert list(tmp_path.iterdir()) == []


def test_run__begun_anew_forgets_where_the_last_one_stood(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1001))
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=0), resume=False)
    assert list(tmp_path.iterdir()) == []


def test_run__row_that_could_not_be_written_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(TypeError):
        export(path).run(lambda token: Numbers(token, odd=2500))
    begun: list[str | None] = []
    export(path).run(lambda token: begun.append(token) or Numbers(token))
    assert (begun, read(path)) == (["2000"], ALL)


def test_run__what_was_written_behind_the_note_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    with open(tmp_path / "n.jsonl.part", "a") as part:
        part.write('{"n":"1500"}\n{"n":"15')  # a kill leaves this
    export(path).run(Numbers)
    assert read(path) == ALL


def test_run__anew(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    assert export(path).run(Numbers, resume=False) == 3500
    assert read(path) == ALL


@pytest.mark.parametrize("other", [{"form": "csv", "fields": ["n"]}, {"form": "jsonl", "values": "display"}])
def test_run__refuses_what_was_begun_otherwise(tmp_path: Path, other: dict[str, Any]) -> None:
    path = tmp_path / "n"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    with pytest.raises(InvalidUsage, match=r"other columns or another form: jsonl of all columns .*; not"):
        ResumableExport(path, **other).run(Numbers)


def test_run__refuses_a_part_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    (tmp_path / "n.jsonl.part").write_text("")
    with pytest.raises(InvalidUsage, match="is shorter than"):
        export(path).run(Numbers)


def test_run__token_that_was_not_handed_on_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    with pytest.raises(InvalidUsage, match=r"behind row 0, and .*n.jsonl.part holds 1500: hand the token on"):
        export(path).run(lambda token: Numbers(None))


def test_run__what_is_there_outlasts_a_token_that_was_not_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    with pytest.raises(OSError, match="broken"):
        export(path).run(lambda token: Numbers(token, breaks_at=1500))
    with pytest.raises(InvalidUsage):
        export(path).run(lambda token: Numbers(None))
    export(path).run(Numbers)
    assert read(path) == ALL


def test_run__of_a_walk_that_was_begun_is_refused(client: Client, tmp_path: Path) -> None:
    walk = client.table("incident").iterate(fields="number", limit=3)
    next(walk)
    with pytest.raises(InvalidUsage, match="begins behind row 1"):
        ResumableExport(tmp_path / "n.csv", "csv", "number").run(lambda token: walk)
    assert list(tmp_path.iterdir()) == []


def test_run__labels_that_are_not_read_are_refused_unsent(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    labels = ResumableExport(tmp_path / "n.csv", "csv", "state", values="display")
    with pytest.raises(InvalidUsage, match="labels are wanted that were not read"):
        labels.run(lambda token: client.table("incident").iterate(fields=labels.fields, resume=token))
    assert (list(tmp_path.iterdir()), len(sandbox.requests)) == ([], 0)


def test_run__path_and_columns_may_be_texts(client: Client, tmp_path: Path) -> None:
    whole = ResumableExport(str(tmp_path / "n.csv"), "csv", "number, state")
    whole.run(lambda token: client.table("incident").iterate("number=INC0000060", whole.fields, resume=token))
    assert (tmp_path / "n.csv").read_text().splitlines()[0] == "number,state"


def test_run__refuses_a_note_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "n.jsonl.resume").write_text("{")
    with pytest.raises(InvalidUsage, match="delete it to begin anew"):
        export(tmp_path / "n.jsonl").run(Numbers)


def test_csv__must_know_its_columns(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="pass fields"):
        ResumableExport(tmp_path / "n.csv", "csv")


@pytest.mark.parametrize("path", [b"n.csv", "", None])
def test_path__must_be_one(path: Any) -> None:
    with pytest.raises(InvalidUsage, match="Pass the path of a file"):
        ResumableExport(path, "csv", "number")


def test_values__must_be_known(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="values must be"):
        ResumableExport(tmp_path / "n.csv", "csv", "number", values="label")  # type: ignore[arg-type]


def test_repr__says_where_to(tmp_path: Path) -> None:
    assert repr(export(tmp_path / "n.jsonl")) == f"<ResumableExport {tmp_path / 'n.jsonl'}, jsonl>"


def test_form__must_be_one_that_grows(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="'parquet'"):
        ResumableExport(tmp_path / "n", "parquet")  # type: ignore[arg-type]


def test_walk__broken_off_by_an_instance_and_gone_on_with_by_another_client(
    sandbox: Sandbox, client: Client, tmp_path: Path
) -> None:
    fields = ["number", "short_description"]
    whole = ResumableExport(tmp_path / "all.csv", "csv", fields)

    def walk(of: Client, token: str | None) -> Any:
        return of.table("incident").iterate(fields=fields, page_size=10, resume=token)

    with sandbox.fault("server-error", nth=4, times=99), pytest.raises(PysnowException):
        whole.run(lambda token: walk(client_of(sandbox, Hands(), retry=None), token))
    assert 20 <= len((tmp_path / "all.csv.part").read_text().splitlines()) <= 31
    whole.run(lambda token: walk(client, token))
    with open(tmp_path / "all.csv", newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file)]
    assert sorted(numbers) == sorted(row["number"] for row in sandbox.table("incident").rows)
