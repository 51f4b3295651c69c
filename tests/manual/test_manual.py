"""Every code example of pysnow 0.7's manual runs, and does what the text beside it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

import pysnow
from tests.manual import examples

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

Run = Callable[..., dict[str, Any]]
ATTACHED_TO = "9b9dd196dbc91f005ab1f58dbf96192b"


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Run:
    """Executes an example with the names that its page takes for granted, and gives the names it leaves behind."""

    def execute(example: str, **names: Any) -> dict[str, Any]:
        (tmp_path / "document.txt").write_text("a document")
        (tmp_path / "attachment.txt").write_text("an attachment")
        namespace = {"pysnow": pysnow, "requests": requests, "datetime": datetime, "timedelta": timedelta, **names}
        exec(examples.localized(example, sandbox.url, tmp_path.as_posix()), namespace)
        return namespace

    return execute


@pytest.fixture
def inc012345(sandbox: Sandbox) -> dict[str, Any]:
    """The incident that the manual speaks of."""
    return sandbox.add("incident", {"number": "INC012345", "short_description": "Old short description"})


@pytest.fixture
def client(sandbox: Sandbox) -> pysnow.Client:
    return pysnow.Client(instance=sandbox.url, user="admin", password="admin")


def _rows(sandbox: Sandbox, number: str) -> list[dict[str, Any]]:
    return [row for row in sandbox.table("incident").rows if row["number"] == number]


def test_client_with_password(run: Run) -> None:
    s = run(examples.CLIENT_WITH_PASSWORD)["s"]
    assert s.resource(api_path="/table/incident").get(limit=1).one()


def test_client_with_session(run: Run) -> None:
    names = run(examples.CLIENT_WITH_SESSION)
    assert names["sn"].resource(api_path="/table/incident").get(limit=1).one()


def test_oauth_initial_token(run: Run) -> None:
    session: dict[str, Any] = {"token": None}
    run(examples.OAUTH_INITIAL_TOKEN, session=session)
    assert json.loads(json.dumps(session["token"]))["access_token"]


def test_oauth_using_tokens(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    session: dict[str, Any] = {"token": None}
    run(examples.OAUTH_INITIAL_TOKEN, session=session)
    session["token"]["expires_at"] = 0
    s = run(examples.OAUTH_USING_TOKENS, session=session)["s"]
    assert s.resource(api_path="/table/incident").get(limit=1).one()
    assert capsys.readouterr().out == "OAuth token refreshed!\n"
    assert session["token"]["expires_at"] > 0


def test_resources(run: Run, client: pysnow.Client, sandbox: Sandbox, inc012345: dict[str, Any]) -> None:
    updated = run(examples.RESOURCES, client=client)["updated"]
    assert updated["description"] == "I fear I might be getting deleted."
    assert not _rows(sandbox, "INC012345")


def test_client_parameters(run: Run, sandbox: Sandbox) -> None:
    names = {"instance": sandbox.url, "username": "admin", "password": "admin"}
    client = run(examples.CLIENT_PARAMETERS, **names)["client"]
    client.resource(api_path="/table/incident").get(limit=1)
    assert ("foo", "bar") in sandbox.requests[-1].query
    assert ("sysparm_exclude_reference_link", "true") in sandbox.requests[-1].query


def test_resource_parameters(run: Run, client: pysnow.Client, sandbox: Sandbox) -> None:
    incident = run(examples.RESOURCE_PARAMETERS, client=client)["incident"]
    incident.request("GET")
    assert ("foo", "bar") in sandbox.requests[-1].query


def test_key_value_query(run: Run, client: pysnow.Client, inc012345: dict[str, Any]) -> None:
    incident = client.resource(api_path="/table/incident")
    assert run(examples.KEY_VALUE_QUERY, incident=incident)["content"]["sys_id"] == inc012345["sys_id"]


def test_query_builder(run: Run, client: pysnow.Client, sandbox: Sandbox) -> None:
    month_ago = f"{datetime.now() - timedelta(days=30):%Y-%m-%d %H:%M:%S}"
    for number, created in (("INC0123001", month_ago), ("INC0123002", f"{datetime.now():%Y-%m-%d %H:%M:%S}")):
        sandbox.add("incident", {"number": number, "sys_created_on": created})
    incident = client.resource(api_path="/table/incident")
    found = run(examples.QUERY_BUILDER, incident=incident)["iterable_content"]
    assert [record["number"] for record in found] == ["INC0123001"]


def test_pass_through_query(run: Run, client: pysnow.Client, sandbox: Sandbox) -> None:
    created = f"{datetime.now() - timedelta(days=30):%Y-%m-%d %H:%M:%S}"
    sandbox.add("incident", {"number": "INC0150001", "sys_created_on": created})
    incident = client.resource(api_path="/table/incident")
    found = run(examples.PASS_THROUGH_QUERY, incident=incident)["iterable_content"]
    assert [record["number"] for record in found] == ["INC0150001"]


def test_multiple_records(run: Run, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.MULTIPLE_RECORDS)
    expected = {row["sys_id"] for row in sandbox.table("incident").rows if row["state"] == "1"}
    assert set(capsys.readouterr().out.split()) == expected
    assert expected


def test_first_record(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.FIRST_RECORD)
    assert "'state': '3'" in capsys.readouterr().out


def test_first_or_none(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.FIRST_OR_NONE)
    assert "'state': '3'" in capsys.readouterr().out


def test_exactly_one(run: Run, inc012345: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.EXACTLY_ONE)
    assert inc012345["sys_id"] in capsys.readouterr().out


def test_one_or_none__finds_one(run: Run, inc012345: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.ONE_OR_NONE)
    assert inc012345["sys_id"] in capsys.readouterr().out


def test_one_or_none__finds_none(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.ONE_OR_NONE)
    assert capsys.readouterr().out == "None\n"


def test_creating(run: Run, sandbox: Sandbox) -> None:
    result = run(examples.CREATING)["result"]
    assert isinstance(result, dict)
    assert [row["description"] for row in _rows(sandbox, result["number"])] == ["This is awesome"]


def test_updating(run: Run, inc012345: dict[str, Any], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    updated = run(examples.UPDATING)["updated_record"]
    assert (updated["short_description"], updated["state"]) == ("New short description", "5")
    assert "New short description" in capsys.readouterr().out
    assert [row["state"] for row in _rows(sandbox, "INC012345")] == ["5"]


def test_deleting(run: Run, inc012345: dict[str, Any], sandbox: Sandbox) -> None:
    result = run(examples.DELETING)["result"]
    assert (type(result), result) == (dict, {"status": "record deleted"})
    assert not _rows(sandbox, "INC012345")


def test_sorting(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.SORTING)
    assert capsys.readouterr().out == "priorityIN3,4^ORDERBYDESCcreated_at^ORDERBYpriority\n"


def test_oauth_client(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    names = run(examples.OAUTH_CLIENT)
    assert names["record"]["sys_id"] in capsys.readouterr().out


def test_query_builder_with_dates(run: Run, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    for number, days in (("INC0123001", 30), ("INC0123002", 90)):
        created = f"{datetime.now() - timedelta(days=days):%Y-%m-%d %H:%M:%S}"
        sandbox.add("incident", {"number": number, "sys_created_on": created})
    run(examples.QUERY_BUILDER_WITH_DATES)
    assert capsys.readouterr().out == "INC0123001\n"


def test_attaching_files(run: Run, sandbox: Sandbox, client: pysnow.Client) -> None:
    sandbox.add("incident", {"sys_id": ATTACHED_TO})
    run(examples.ATTACHING_FILES)
    (attached,) = client.resource(api_path="/table/incident").attachments.get(ATTACHED_TO)
    assert (attached["file_name"], attached["content_type"]) == ("attachment.txt", "text/plain")


def test_threaded_queries(run: Run, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    run(examples.THREADED_QUERIES)
    expected = {(row["sys_id"], row["state"]) for row in sandbox.table("incident").rows if row["state"] in ("1", "3")}
    assert {tuple(line.split()) for line in capsys.readouterr().out.splitlines()} == expected


def test_session_with_retry(run: Run) -> None:
    names = run(examples.SESSION_WITH_RETRY)
    assert names["sn"].resource(api_path="/table/incident").get(limit=1).one()
    assert names["s"].headers["User-Agent"].startswith("python-requests/")
