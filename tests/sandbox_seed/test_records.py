"""The demo records are what documentation tells of a stock instance, and make sense as a story."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64decode

import pytest

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.instance.passwords import verify_password
from pysnow.sandbox.seed.files import DemoFile, demo_files
from pysnow.sandbox.seed.identity import WELL_KNOWN
from pysnow.sandbox.store import Store


@pytest.mark.parametrize(("table", "key"), WELL_KNOWN, ids=lambda part: part)
def test_well_known_ids__are_there(planted: Store, table: str, key: str) -> None:
    names = {"sys_user": "user_name", "sys_number": "category", "sys_scope": "scope", "sys_package": "source"}
    names["sys_filter_option_dynamic"] = "label"
    row = planted.get(table, WELL_KNOWN[table, key])
    assert row is not None
    assert row[names.get(table, "number" if "number" in row else "name")] == key


@pytest.mark.parametrize(
    ("table", "key", "sys_id"),
    [
        ("sys_user", "beth.anglin", "46d44a23a9fe19810012d100cca80666"),
        ("sys_user", "fred.luddy", "5137153cc611227c000bbd1bd8cd2005"),
        ("incident", "INC0000060", "1c741bd70b2322007518478d83673af3"),
    ],
)
def test_ids_from_memory__are_there(planted: Store, table: str, key: str, sys_id: str) -> None:
    row = planted.get(table, sys_id)
    assert row is not None
    assert key in (row.get("user_name"), row.get("number"))


def test_incidents__come_with_inc0000060_first(planted: Store) -> None:
    assert next(planted.select("incident", limit=1))["number"] == "INC0000060"


def test_incidents__are_as_many_as_on_a_stock_instance(planted: Store) -> None:
    assert planted.count("incident") == 66


def test_incidents__are_in_every_state(planted: Store) -> None:
    assert {row["state"] for row in planted.select("incident")} == {"1", "2", "3", "6", "7", "8"}


def test_incidents__mirror_their_state(planted: Store) -> None:
    assert [row["number"] for row in planted.select("incident") if row["state"] != row["incident_state"]] == []


def test_incidents__have_the_priority_that_impact_and_urgency_give(planted: Store) -> None:
    lookup = {(row["impact"], row["urgency"]): row["priority"] for row in planted.select("dl_u_priority")}
    wrong = [
        row["number"] for row in planted.select("incident") if lookup[row["impact"], row["urgency"]] != row["priority"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("column", "states"),
    [
        ("close_code", {"6", "7"}),
        ("resolved_at", {"6", "7"}),
        ("resolved_by", {"6", "7"}),
        ("closed_at", {"7", "8"}),
        ("hold_reason", {"3"}),
    ],
)
def test_incidents__have_a_value_exactly_in_the_states_that_call_for_it(
    planted: Store, column: str, states: set[str]
) -> None:
    wrong = [row["number"] for row in planted.select("incident") if bool(row[column]) != (row["state"] in states)]
    assert wrong == []


def test_tasks__are_inactive_exactly_when_closed(planted: Store) -> None:
    wrong = [row["number"] for row in planted.select("task") if (row["active"] == "false") != bool(row["closed_at"])]
    assert wrong == []


def test_journals__are_younger_than_their_record(planted: Store) -> None:
    wrong = []
    for entry in planted.select("sys_journal_field"):
        record = planted.get(entry["name"] or "", entry["element_id"] or "")
        assert record is not None
        if (entry["sys_created_on"] or "") < (record["opened_at"] or ""):
            wrong.append(entry["sys_id"])
    assert wrong == []


def test_users__have_mail_addresses_that_reach_nobody(planted: Store) -> None:
    mails = [row["email"] for row in planted.select("sys_user") if row["email"]]
    assert [mail for mail in mails if not mail.endswith("@example.com")] == []


@pytest.mark.parametrize("login", ["admin", "itil", "employee", "abel.tuter"])
def test_users__log_in_with_their_name_as_password(planted: Store, login: str) -> None:
    row = planted.get("sys_user", WELL_KNOWN["sys_user", login])
    assert row is not None
    assert verify_password(login, row["user_password"])


def test_admin__lives_in_a_us_time_zone(planted: Store) -> None:
    row = planted.get("sys_user", WELL_KNOWN["sys_user", "admin"])
    assert row is not None
    assert row["time_zone"] == "US/Pacific"


def test_admin__has_the_admin_role(planted: Store) -> None:
    admin, role = WELL_KNOWN["sys_user", "admin"], WELL_KNOWN["sys_user_role", "admin"]
    assert (admin, role) in {(row["user"], row["role"]) for row in planted.select("sys_user_has_role")}


@pytest.mark.parametrize("file", demo_files(), ids=lambda file: file.name)
def test_attachments__hang_from_a_record_that_exists(planted: Store, file: DemoFile) -> None:
    row = planted.get("sys_attachment", file.sys_id)
    assert row is not None
    assert planted.get(row["table_name"] or "", row["table_sys_id"] or "") is not None


@pytest.mark.parametrize("file", demo_files(), ids=lambda file: file.name)
def test_attachments__have_the_bytes_that_their_row_tells_of(planted: Store, file: DemoFile) -> None:
    row = planted.get("sys_attachment", file.sys_id)
    chunks = [chunk for chunk in planted.select("sys_attachment_doc") if chunk["sys_attachment"] == file.sys_id]
    content = b"".join(gzip.decompress(b64decode(chunk["data"] or "")) for chunk in chunks)
    assert row is not None
    assert (row["size_bytes"], row["hash"]) == (str(len(content)), hashlib.sha256(content).hexdigest())


def test_user_names__are_those_of_users(dictionary: Dictionary, planted: Store) -> None:
    """Texts on an instance, so that no reference check covers them."""
    known = {row["user_name"] for row in planted.select("sys_user")} | {"system"}
    names = {
        row.get(column)
        for table in dictionary.names()
        for row in planted.select(table)
        for column in ("sys_created_by", "sys_updated_by")
        if column in row
    }
    assert names <= known


@pytest.mark.parametrize(
    ("table", "least"), [("sys_user", 600), ("sys_user_group", 24), ("syslog", 1000), ("sys_metadata", 1000)]
)
def test_tables__are_about_as_long_as_on_a_stock_instance(planted: Store, table: str, least: int) -> None:
    assert planted.count(table) >= least
