"""Deleting records: what goes with them, what stays, what trace is left."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.refusals import AccessDenied, OperationFailed


@pytest.fixture
def sys_id(instance: Instance, admin: Caller) -> str:
    body = {"short_description": "a < b & \x01", "caller_id": admin.sys_id}
    return instance.create("incident", body, admin)["sys_id"] or ""


def test_delete__removes_the_record(instance: Instance, admin: Caller, sys_id: str) -> None:
    assert (instance.delete("incident", sys_id, admin), instance.get("incident", sys_id)) == (True, None)


def test_delete__of_nothing(instance: Instance, admin: Caller) -> None:
    assert instance.delete("incident", "f" * 32, admin) is False


def test_delete__of_another_class(instance: Instance, admin: Caller) -> None:
    task = instance.create("task", {}, admin)
    assert instance.delete("incident", task["sys_id"] or "", admin) is False


def test_delete__views_are_read_only(instance: Instance, admin: Caller) -> None:
    with pytest.raises(AccessDenied, match="Delete Failed"):
        instance.delete("u_view", "x", admin)


def test_delete__clears_references(instance: Instance, admin: Caller, sys_id: str) -> None:
    child = instance.create("incident", {"parent": sys_id}, admin)["sys_id"] or ""
    instance.delete("incident", sys_id, admin)
    row = instance.get("incident", child)
    assert row is not None
    assert (row["parent"], row["sys_mod_count"]) == (None, "0")


def test_delete__takes_dependants_along(instance: Instance, admin: Caller, sys_id: str) -> None:
    child = instance.create("incident_task", {"incident": sys_id}, admin)["sys_id"] or ""
    instance.delete("incident", sys_id, admin)
    assert instance.get("incident_task", child) is None


def test_delete__follows_a_circle_of_dependants_once(instance: Instance, admin: Caller) -> None:
    first = instance.create("u_loan", {}, admin)["sys_id"] or ""
    second = instance.create("u_loan", {"u_renews": first}, admin)["sys_id"] or ""
    instance.update("u_loan", first, {"u_renews": second}, admin)
    instance.delete("u_loan", first, admin)
    assert instance.store.count("u_loan") == 0


def test_delete__leaves_references_without_a_rule_dangling(instance: Instance, admin: Caller) -> None:
    first = instance.create("u_loan", {}, admin)["sys_id"] or ""
    second = instance.create("u_loan", {"u_keeps": first}, admin)["sys_id"] or ""
    instance.delete("u_loan", first, admin)
    row = instance.get("u_loan", second)
    assert row is not None
    assert row["u_keeps"] == first


def test_delete__restricted_deletes_nothing(instance: Instance, admin: Caller, abel: Caller, sys_id: str) -> None:
    instance.create("u_asset", {"u_owner": admin.sys_id}, admin)
    with pytest.raises(OperationFailed, match="Asset"):
        instance.delete("sys_user", admin.sys_id, abel)
    row = instance.get("incident", sys_id)
    assert row is not None
    assert row["caller_id"] == admin.sys_id


def test_delete__takes_the_journal_along(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.update("incident", sys_id, {"comments": "Hello"}, admin)
    instance.delete("incident", sys_id, admin)
    assert instance.store.count("sys_journal_field") == 0


def test_delete__takes_attachments_along(instance: Instance, admin: Caller, sys_id: str) -> None:
    attachment = instance.add_attachment("incident", sys_id, "a.txt", "text/plain", [b"abc"], admin)["sys_id"] or ""
    instance.delete("incident", sys_id, admin)
    assert (instance.get("sys_attachment", attachment), instance.store.count("sys_attachment_doc")) == (None, 0)


def test_trace__names_the_real_class(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.delete("task", sys_id, admin)
    [trace] = instance.store.select("sys_audit_delete")
    assert (trace["tablename"], trace["documentkey"], trace["display_value"], trace["sys_created_on"]) == (
        "incident",
        sys_id,
        "INC0010001",
        "2026-03-02 09:15:00",
    )


def test_trace__holds_the_row_as_xml(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.delete("incident", sys_id, admin)
    [trace] = instance.store.select("sys_audit_delete")
    record = ElementTree.fromstring(trace["payload"] or "").find("incident")
    assert record is not None
    assert (record.findtext("sys_id"), record.findtext("short_description")) == (sys_id, "a < b & ")


def test_trace__one_for_each_dependant(instance: Instance, admin: Caller, sys_id: str) -> None:
    instance.create("incident_task", {"incident": sys_id}, admin)
    instance.delete("incident", sys_id, admin)
    assert sorted(row["tablename"] or "" for row in instance.store.select("sys_audit_delete")) == [
        "incident",
        "incident_task",
    ]


def test_trace__none_for_tables_that_opt_out(instance: Instance, admin: Caller) -> None:
    row = instance.create("u_scratch", {}, admin)
    instance.delete("u_scratch", row["sys_id"] or "", admin)
    assert instance.store.count("sys_audit_delete") == 0


def test_trace__none_for_system_tables(instance: Instance, admin: Caller, abel: Caller) -> None:
    instance.delete("sys_user", abel.sys_id, admin)
    assert instance.store.count("sys_audit_delete") == 0


def test_trace__of_listed_system_tables_without_passwords(instance: Instance, admin: Caller, abel: Caller) -> None:
    instance.properties["glide.ui.audit_deleted_tables"] = "sys_user"
    instance.delete("sys_user", abel.sys_id, admin)
    [trace] = instance.store.select("sys_audit_delete")
    assert "pbkdf2" not in (trace["payload"] or "")
