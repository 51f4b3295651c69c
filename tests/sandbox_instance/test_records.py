"""Creating and updating records."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.passwords import verify_password
from pysnow.sandbox.instance.refusals import AccessDenied, DuplicateKey, NotEmulated, UnknownTable

Later = Callable[..., None]
UPPER_CASE_ID = "A" * 32


def test_create__takes_the_defaults(instance: Instance, admin: Caller) -> None:
    row = instance.create("incident", {}, admin)
    defaults = {name: row[name] for name in ("state", "impact", "urgency", "active", "category", "reopen_count")}
    assert defaults == {
        "state": "1",
        "impact": "3",
        "urgency": "3",
        "active": "true",
        "category": "inquiry",
        "reopen_count": "0",
    }


def test_create__numbers_from_10001(instance: Instance, admin: Caller) -> None:
    numbers = [instance.create("incident", {}, admin)["number"] for _ in range(2)]
    assert numbers == ["INC0010001", "INC0010002"]


def test_create__numbers_after_the_highest_in_use(instance: Instance, admin: Caller) -> None:
    instance.store.insert("incident", {"sys_id": "1" * 32, "number": "INC0020000", "sys_class_name": "incident"})
    assert instance.create("incident", {}, admin)["number"] == "INC0020001"


def test_create__numbers_of_a_child_whose_parent_has_none(instance: Instance, admin: Caller) -> None:
    assert instance.create("u_left", {}, admin)["number"] == "LFT0010001"


def test_create__numbers_are_unique_across_threads(instance: Instance, admin: Caller) -> None:
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: instance.create("incident", {"comments": "x"}, admin), range(40)))
    assert len({row["number"] for row in rows}) == 40


def test_create__keeps_a_given_number(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"number": "INC7"}, admin)["number"] == "INC7"


def test_create__child_without_prefix_takes_its_parents(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident_task", {}, admin)["number"] == "TASK0010001"


def test_create__effective_number_follows_the_number(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {}, admin)["task_effective_number"] == "INC0010001"


def test_create__stamps_the_row(instance: Instance, abel: Caller) -> None:
    row = instance.create("incident", {}, abel)
    stamps = {name: row[name] for name in row if name.startswith("sys_") and name not in ("sys_id", "sys_tags")}
    assert stamps == {
        "sys_created_on": "2026-03-02 09:15:00",
        "sys_created_by": "abel.tuter",
        "sys_updated_on": "2026-03-02 09:15:00",
        "sys_updated_by": "abel.tuter",
        "sys_mod_count": "0",
        "sys_class_name": "incident",
        "sys_domain": "global",
        "sys_domain_path": "/",
    }


def test_create__opened_by_the_caller_now(instance: Instance, abel: Caller) -> None:
    row = instance.create("incident", {}, abel)
    assert (row["opened_by"], row["opened_at"]) == (abel.sys_id, "2026-03-02 09:15:00")


def test_create__ignores_system_stamps_of_the_body(instance: Instance, admin: Caller) -> None:
    row = instance.create("incident", {"sys_created_by": "me", "sys_mod_count": "9"}, admin)
    assert (row["sys_created_by"], row["sys_mod_count"]) == ("admin", "0")


def test_create__keeps_system_stamps_when_asked_to(instance: Instance, admin: Caller) -> None:
    body = {"sys_created_by": "me", "sys_created_on": "2020-01-01 00:00:00"}
    row = instance.create("incident", body, admin, suppress_auto_sys_field=True)
    assert (row["sys_created_by"], row["sys_created_on"]) == ("me", "2020-01-01 00:00:00")


def test_create__honours_a_sys_id_and_its_case(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"sys_id": UPPER_CASE_ID}, admin)["sys_id"] == UPPER_CASE_ID


def test_create__refuses_a_known_sys_id(instance: Instance, admin: Caller) -> None:
    instance.create("incident", {"sys_id": UPPER_CASE_ID}, admin)
    with pytest.raises(DuplicateKey, match=UPPER_CASE_ID):
        instance.create("incident", {"sys_id": UPPER_CASE_ID}, admin)


def test_create__refused_row_takes_no_number(instance: Instance, admin: Caller) -> None:
    instance.create("incident", {"sys_id": UPPER_CASE_ID}, admin)
    with pytest.raises(DuplicateKey):
        instance.create("incident", {"sys_id": UPPER_CASE_ID}, admin)
    assert instance.create("incident", {}, admin)["number"] == "INC0010002"


def test_create__refuses_a_known_unique_value(instance: Instance, admin: Caller) -> None:
    instance.create("u_asset", {"u_tag": "T1"}, admin)
    with pytest.raises(DuplicateKey, match="'T1' for key 'u_tag'"):
        instance.create("u_asset", {"u_tag": "T1"}, admin)


def test_create__refuses_a_unique_value_of_a_sibling(instance: Instance, admin: Caller) -> None:
    instance.create("u_left", {"u_key": "K"}, admin)
    with pytest.raises(DuplicateKey, match="u_key"):
        instance.create("u_right", {"u_key": "K"}, admin)


def test_create__many_rows_may_lack_a_unique_value(instance: Instance, admin: Caller) -> None:
    instance.create("u_asset", {}, admin)
    assert instance.create("u_asset", {}, admin)["u_tag"] is None


def test_create__booleans_without_default_are_false(instance: Instance, admin: Caller) -> None:
    assert instance.create("u_asset", {}, admin)["u_vital"] == "false"


def test_create__ignores_unknown_and_dotted_names(instance: Instance, admin: Caller) -> None:
    row = instance.create("incident", {"u_nope": "1", "caller_id.email": "x", "urgency": "1"}, admin)
    assert ("u_nope" in row, "caller_id.email" in row, row["urgency"]) == (False, False, "1")


def test_create__cuts_over_long_text(instance: Instance, admin: Caller) -> None:
    row = instance.create("incident", {"short_description": "x" * 200}, admin)
    assert row["short_description"] == "x" * 160


def test_create__empty_text_clears_a_default(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"category": ""}, admin)["category"] is None


def test_create__keeps_an_unknown_choice(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"category": "magic"}, admin)["category"] == "magic"


def test_create__drops_an_unknown_choice_if_told_so(instance: Instance, admin: Caller) -> None:
    instance.properties["glide.rest.choice.allow_non_existing_value"] = "false"
    assert instance.create("incident", {"category": "magic"}, admin)["category"] == "inquiry"


def test_create__reference_is_stored_as_given(instance: Instance, admin: Caller) -> None:
    assert instance.create("incident", {"caller_id": "Abel Tuter"}, admin)["caller_id"] == "Abel Tuter"


def test_create__through_the_parent_with_a_class(instance: Instance, admin: Caller) -> None:
    row = instance.create("task", {"sys_class_name": "incident"}, admin)
    assert (row["sys_class_name"], row["number"], "caller_id" in row) == ("incident", "INC0010001", False)


def test_create__log_tables_have_created_stamps_only(instance: Instance, admin: Caller) -> None:
    row = instance.create("u_log", {"message": "x"}, admin)
    assert (row["sys_created_by"], "sys_updated_on" in row) == ("admin", False)


def test_create__user_name_is_first_and_last(instance: Instance, admin: Caller) -> None:
    assert instance.create("sys_user", {"first_name": "Ann", "last_name": "Lee"}, admin)["name"] == "Ann Lee"


def test_create__passwords_are_hashed(instance: Instance, admin: Caller) -> None:
    row = instance.create("sys_user", {"user_name": "ann", "user_password": "secret"}, admin)
    assert verify_password("secret", row["user_password"])


def test_create__unknown_table(instance: Instance, admin: Caller) -> None:
    with pytest.raises(UnknownTable, match="Invalid table u_nope"):
        instance.create("u_nope", {}, admin)


def test_create__views_are_read_only(instance: Instance, admin: Caller) -> None:
    with pytest.raises(AccessDenied, match="Insert Failed"):
        instance.create("u_view", {}, admin)


def test_create__refuses_what_it_does_not_know(instance: Instance, admin: Caller) -> None:
    with pytest.raises(NotEmulated, match="CHF"):
        instance.create("u_asset", {"u_cost": "CHF;5"}, admin)


def test_create__refuses_a_default_it_does_not_know(instance: Instance, admin: Caller) -> None:
    with pytest.raises(NotEmulated, match="gs.odd"):
        instance.create("u_odd", {}, admin)


def test_create__numbers_go_on_in_a_store_opened_again(dictionary: Dictionary, admin: Caller, tmp_path: Path) -> None:
    numbers = []
    for _ in range(2):
        instance = Instance(dictionary, path=tmp_path / "store.db")
        numbers.append(instance.create("incident", {}, admin)["number"])
        instance.close()
    assert numbers == ["INC0010001", "INC0010002"]


def test_update__stamps_the_row(instance: Instance, admin: Caller, abel: Caller, later: Later) -> None:
    sys_id = _incident(instance, admin)
    later(minutes=5)
    row = instance.update("incident", sys_id, {"urgency": "1"}, abel)
    assert row is not None
    assert (row["sys_updated_on"], row["sys_updated_by"], row["sys_mod_count"]) == (
        "2026-03-02 09:20:00",
        "abel.tuter",
        "1",
    )


def test_update__keeps_the_creation_stamps(instance: Instance, admin: Caller, abel: Caller) -> None:
    row = instance.update("incident", _incident(instance, admin), {"urgency": "1"}, abel)
    assert row is not None
    assert row["sys_created_by"] == "admin"


def test_update__leaves_other_columns_alone(instance: Instance, admin: Caller) -> None:
    sys_id = _incident(instance, admin, short_description="printer", description="on fire")
    row = instance.update("incident", sys_id, {"description": "put out"}, admin)
    assert row is not None
    assert (row["short_description"], row["description"]) == ("printer", "put out")


@pytest.mark.parametrize("body", [{}, {"state": "1"}, {"state": 1}, {"active": True}, {"u_nope": 1}], ids=str)
def test_update__without_change_leaves_the_stamps(
    instance: Instance, admin: Caller, later: Later, body: dict[str, object]
) -> None:
    sys_id = _incident(instance, admin)
    before = instance.get("incident", sys_id)
    later(minutes=5)
    assert instance.update("incident", sys_id, body, admin) == before


def test_update__empty_text_clears(instance: Instance, admin: Caller) -> None:
    sys_id = _incident(instance, admin, short_description="printer")
    row = instance.update("incident", sys_id, {"short_description": ""}, admin)
    assert row is not None
    assert row["short_description"] is None


def test_update__cannot_change_the_sys_id(instance: Instance, admin: Caller) -> None:
    sys_id = _incident(instance, admin)
    row = instance.update("incident", sys_id, {"sys_id": UPPER_CASE_ID, "urgency": "1"}, admin)
    assert row is not None
    assert row["sys_id"] == sys_id


def test_update__of_nothing(instance: Instance, admin: Caller) -> None:
    assert instance.update("incident", "f" * 32, {"urgency": "1"}, admin) is None


def test_update__of_another_class(instance: Instance, admin: Caller) -> None:
    task = instance.create("task", {}, admin)
    assert instance.update("incident", task["sys_id"] or "", {"urgency": "1"}, admin) is None


def test_update__through_the_parent_runs_the_rules_of_the_class(instance: Instance, admin: Caller) -> None:
    sys_id = _incident(instance, admin)
    instance.update("task", sys_id, {"urgency": "1", "category": "x"}, admin)
    row = instance.get("incident", sys_id)
    assert row is not None
    assert (row["priority"], row["category"]) == ("3", "inquiry")


def test_update__reclassifies_within_the_hierarchy(instance: Instance, admin: Caller) -> None:
    task = instance.create("task", {}, admin)
    instance.update("task", task["sys_id"] or "", {"sys_class_name": "incident"}, admin)
    assert instance.get("incident", task["sys_id"] or "") is not None


def test_update__ignores_a_foreign_class(instance: Instance, admin: Caller) -> None:
    row = instance.update("incident", _incident(instance, admin), {"sys_class_name": "sys_user"}, admin)
    assert row is not None
    assert row["sys_class_name"] == "incident"


def test_update__refuses_a_known_unique_value(instance: Instance, admin: Caller) -> None:
    instance.create("u_asset", {"u_tag": "T1"}, admin)
    row = instance.create("u_asset", {"u_tag": "T2"}, admin)
    with pytest.raises(DuplicateKey):
        instance.update("u_asset", row["sys_id"] or "", {"u_tag": "T1"}, admin)


def test_update__may_keep_its_own_unique_value(instance: Instance, admin: Caller) -> None:
    row = instance.create("u_asset", {"u_tag": "T1"}, admin)
    after = instance.update("u_asset", row["sys_id"] or "", {"u_tag": "T1", "u_count": 3}, admin)
    assert after is not None
    assert after["u_count"] == "3"


def test_update__may_respell_its_own_unique_value(instance: Instance, admin: Caller) -> None:
    row = instance.create("u_asset", {"u_tag": "T1"}, admin)
    after = instance.update("u_asset", row["sys_id"] or "", {"u_tag": "t1"}, admin)
    assert after is not None
    assert after["u_tag"] == "t1"


def test_update__views_are_read_only(instance: Instance, admin: Caller) -> None:
    with pytest.raises(AccessDenied, match="Update Failed"):
        instance.update("u_view", "x", {}, admin)


@pytest.mark.parametrize(
    ("element", "value"),
    [("u_cost", "12.50"), ("u_weight", "0.10"), ("u_count", "007"), ("u_big", 2**62), ("u_uptime", "1 00:00:00")],
)
def test_update__another_spelling_is_no_change(instance: Instance, admin: Caller, element: str, value: object) -> None:
    """What the store gives back equals what is written, number for number."""
    row = instance.create("u_asset", {element: value}, admin)
    after = instance.update("u_asset", row["sys_id"] or "", {element: value}, admin)
    assert after is not None
    assert after["sys_mod_count"] == "0"


def test_properties__take_effect_when_written(instance: Instance, admin: Caller) -> None:
    instance.create("sys_properties", {"name": "glide.sys.date_format", "value": "dd.MM.yyyy"}, admin)
    assert instance.properties["glide.sys.date_format"] == "dd.MM.yyyy"


def test_properties__are_read_when_an_instance_opens(instance: Instance, admin: Caller) -> None:
    instance.create("sys_properties", {"name": "glide.rest.debug", "value": "true"}, admin)
    assert Instance(store=instance.store).properties["glide.rest.debug"] == "true"


def _incident(instance: Instance, caller: Caller, **values: str) -> str:
    return instance.create("incident", values, caller)["sys_id"] or ""
