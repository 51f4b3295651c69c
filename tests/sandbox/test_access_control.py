"""What callers who are no administrators get to see and do, over HTTP.

Sources: Table API, Aggregate API and Attachment API documentation, "Access control list rules", KB3047115, and answers
recorded in 2026.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

TABLE = "/api/now/table"
INCIDENTS = f"{TABLE}/incident"
USERS = f"{TABLE}/sys_user"
ATTACHMENTS = "/api/now/attachment"

ITIL = ("itil", "itil")
EMPLOYEE = ("employee", "employee")
EMPLOYEE_ID = "681ccaf9c0a8016400b98a06818d57c7"
ABEL_ID = "62826bf03710200044e0bfc8bcbe5df1"
NOT_FOUND = {"message": "No Record found", "detail": "Record doesn't exist or ACL restricts the record retrieval"}


def failed(operation: str) -> dict[str, str]:
    """Give the recorded texts of a refused write."""
    return {
        "message": "Operation Failed",
        "detail": f"ACL Exception {operation} Failed due to security constraints",
    }


def rows(answer: requests.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()["result"]
    return found


def user_id(sandbox: Sandbox, name: str) -> str:
    return next(user["sys_id"] or "" for user in sandbox.table("sys_user").rows if user["user_name"] == name)


@pytest.fixture
def own(sandbox: Sandbox) -> Row:
    """An incident of the employee."""
    return sandbox.add("incident", {"short_description": "Mine", "caller_id": EMPLOYEE_ID})


@pytest.fixture
def foreign(sandbox: Sandbox) -> Row:
    """An incident of somebody else."""
    return sandbox.add("incident", {"short_description": "Not mine", "caller_id": ABEL_ID})


# -- rows: hidden after the limit -----------------------------------------------------------------------------------


def test_list__row_rules_come_after_the_limit(sandbox: Sandbox, call: Call) -> None:
    """The limit is applied prior to ACL evaluation (Table API documentation): pages come short."""
    for number in range(10):
        sandbox.add("problem", {"short_description": f"P{number}", "category": "network" if number % 2 else "software"})
    sandbox.deny("problem", "read", where="category=network")
    params = {"sysparm_query": "short_descriptionSTARTSWITHP^ORDERBYshort_description", "sysparm_limit": 4}
    assert [row["short_description"] for row in rows(call("GET", f"{TABLE}/problem", auth=ITIL, params=params))] == [
        "P0",
        "P2",
    ]


def test_list__count_includes_hidden_rows(sandbox: Sandbox, call: Call) -> None:
    """``X-Total-Count`` counts rows that the caller may not see (Table API documentation)."""
    sandbox.deny("incident", "read")
    assert call("GET", INCIDENTS, auth=ITIL).headers["X-Total-Count"] == "66"


def test_list__empty_page_in_mid_table_has_a_next_one(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident", "read", where="numberSTARTSWITHINC0000")
    answer = call("GET", INCIDENTS, auth=ITIL, params={"sysparm_limit": 5})
    assert (rows(answer), 'rel="next"' in answer.headers["Link"]) == ([], True)


def test_list__next_page_is_known_without_a_count_though_rows_are_hidden(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident", "read")
    answer = call("GET", INCIDENTS, auth=ITIL, params={"sysparm_limit": 5, "sysparm_no_count": "true"})
    assert 'rel="next"' in answer.headers["Link"]


def test_list__pages_by_offset_hold_every_visible_row(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident", "read", where="category=network")
    found = [
        row["number"]
        for offset in range(0, 66, 7)
        for row in rows(
            call(
                "GET",
                INCIDENTS,
                auth=ITIL,
                params={"sysparm_limit": 7, "sysparm_offset": offset, "sysparm_query": "ORDERBYnumber"},
            )
        )
    ]
    expected = [row["number"] for row in sandbox.table("incident").rows if row["category"] != "network"]
    assert found == sorted(number or "" for number in expected)


def test_list__v1_of_hidden_rows_only_is_404(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident", "read")
    assert call("GET", "/api/now/v1/table/incident", auth=ITIL).status_code == 404


def test_list__through_the_base_table_obeys_rules_of_the_class(call: Call, own: Row, foreign: Row) -> None:
    found = {row["sys_id"] for row in rows(call("GET", f"{TABLE}/task", auth=EMPLOYEE))}
    assert (own["sys_id"] in found, foreign["sys_id"] in found) == (True, False)


def test_record__hidden_is_not_found(call: Call, foreign: Row) -> None:
    """The texts do not tell a hidden record from one that does not exist (recorded 2026)."""
    answer = call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE)
    assert (answer.status_code, answer.json()["error"]) == (404, NOT_FOUND)


def test_record__of_one_own_is_read(call: Call, own: Row) -> None:
    assert call("GET", f"{INCIDENTS}/{own['sys_id']}", auth=EMPLOYEE).status_code == 200


def test_list__journal_table_is_empty_for_others_than_administrators(call: Call) -> None:
    """Closed, which is no error."""
    answer = call("GET", f"{TABLE}/sys_journal_field", auth=ITIL)
    assert (answer.status_code, rows(answer)) == (200, [])


def test_list__administrators_see_all(call: Call, foreign: Row) -> None:
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}").status_code == 200


# -- who is who -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "auth", "sees"),
    [
        ("incident", ITIL, True),
        ("change_request", ITIL, True),
        ("cmdb_ci", ITIL, True),
        ("sys_properties", ITIL, False),
        ("sys_user", EMPLOYEE, True),
        ("sys_user_group", EMPLOYEE, True),
        ("cmn_location", EMPLOYEE, True),
        ("kb_knowledge", EMPLOYEE, True),
        ("cmdb_ci", EMPLOYEE, False),
        ("change_request", EMPLOYEE, False),
        ("sys_security_acl", EMPLOYEE, False),
    ],
    ids=lambda part: part[0] if isinstance(part, tuple) else str(part),
)
def test_stock_rules__who_reads_what(call: Call, table: str, auth: tuple[str, str], sees: bool) -> None:
    answer = call("GET", f"{TABLE}/{table}", auth=auth, params={"sysparm_limit": 20})
    assert bool(rows(answer)) is sees


def test_guest__sees_nothing(sandbox: Sandbox, call: Call) -> None:
    sandbox.instance.update("sys_user", user_id(sandbox, "guest"), {"user_password": "x"}, sandbox.instance.system)
    assert rows(call("GET", USERS, auth=("guest", "x"))) == []


def test_role__of_a_group_counts_from_the_next_request_on(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    path = f"{INCIDENTS}/{foreign['sys_id']}"
    before = call("GET", path, auth=EMPLOYEE).status_code
    sandbox.add("sys_user_grmember", {"user": EMPLOYEE_ID, "group": "287ebd7da9fe198100f92cc8d1d2154e"})
    assert (before, call("GET", path, auth=EMPLOYEE).status_code) == (404, 200)


def test_role__of_a_left_group_is_gone(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    link = sandbox.add("sys_user_grmember", {"user": EMPLOYEE_ID, "group": "287ebd7da9fe198100f92cc8d1d2154e"})
    call("DELETE", f"{TABLE}/sys_user_grmember/{link['sys_id']}")
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE).status_code == 404


def test_role__contained_in_another_counts(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    lead = sandbox.add("sys_user_role", {"name": "service_lead"})
    itil = next(role for role in sandbox.table("sys_user_role").rows if role["name"] == "itil")
    sandbox.add("sys_user_role_contains", {"role": lead["sys_id"], "contains": itil["sys_id"]})
    sandbox.grant("employee", "service_lead")
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE).status_code == 200


def test_role__granted_and_taken_back(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    sandbox.grant("employee", "itil")
    given = next(row for row in reversed(sandbox.table("sys_user_has_role").rows) if row["user"] == EMPLOYEE_ID)
    call("DELETE", f"{TABLE}/sys_user_has_role/{given['sys_id']}")
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE).status_code == 404


def test_rest_role__asked_for_by_a_property(sandbox: Sandbox, call: Call) -> None:
    """A user without ``snc_platform_rest_api_access``, where it is enforced, gets the common 401 (recorded)."""
    sandbox.instance.properties["sandbox.rest_api_access_role_required"] = "true"
    answer = call("GET", INCIDENTS, auth=ITIL)
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "User Not Authenticated")


def test_rest_role__held(sandbox: Sandbox, call: Call) -> None:
    sandbox.instance.properties["sandbox.rest_api_access_role_required"] = "true"
    sandbox.grant("itil", "snc_platform_rest_api_access")
    assert call("GET", INCIDENTS, auth=ITIL).status_code == 200


# -- columns --------------------------------------------------------------------------------------------------------


def test_column__hidden_is_missing(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    """Like an unknown one (recorded by PySNC's live tests)."""
    sandbox.deny("incident.short_description", "read")
    params = {"sysparm_fields": "number,short_description"}
    answer = call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=ITIL, params=params)
    assert answer.json()["result"] == {"number": foreign["number"]}


def test_column__hidden_is_missing_at_the_end_of_a_path(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    sandbox.deny("sys_user.email", "read")
    params = {"sysparm_fields": "number,caller_id.email"}
    answer = call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=ITIL, params=params)
    assert answer.json()["result"] == {"number": foreign["number"]}


def test_column__hidden_reference_hides_what_lies_behind(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    sandbox.deny("incident.caller_id", "read")
    params = {"sysparm_fields": "number,caller_id.email"}
    answer = call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=ITIL, params=params)
    assert answer.json()["result"] == {"number": foreign["number"]}


def test_column__of_a_hidden_record_is_missing_at_the_end_of_a_path(call: Call, sandbox: Sandbox) -> None:
    problem = sandbox.add("problem", {"short_description": "Cause"})
    own = sandbox.add("incident", {"caller_id": EMPLOYEE_ID, "problem_id": problem["sys_id"]})
    params = {"sysparm_fields": "number,problem_id.short_description"}
    answer = call("GET", f"{INCIDENTS}/{own['sys_id']}", auth=EMPLOYEE, params=params)
    assert answer.json()["result"] == {"number": own["number"]}


def test_column__hidden_in_some_rows(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("problem.description", "read", where="category=network")
    for category in ("network", "software"):
        sandbox.add("problem", {"short_description": "T1", "category": category, "description": "D"})
    params = {"sysparm_query": "short_description=T1^ORDERBYcategory", "sysparm_fields": "category,description"}
    assert rows(call("GET", f"{TABLE}/problem", auth=ITIL, params=params)) == [
        {"category": "network"},
        {"category": "software", "description": "D"},
    ]


def test_column__work_notes_are_for_the_service_desk(call: Call, own: Row) -> None:
    assert "work_notes" not in call("GET", f"{INCIDENTS}/{own['sys_id']}", auth=EMPLOYEE).json()["result"]


def test_condition__on_a_hidden_column_is_dropped(sandbox: Sandbox, call: Call) -> None:
    """What REST does is not documented; that the condition is passed over is our default."""
    sandbox.deny("incident.category", "read")
    answer = call("GET", INCIDENTS, auth=ITIL, params={"sysparm_query": "category=network", "sysparm_limit": 1})
    assert answer.headers["X-Total-Count"] == "66"


def test_condition__on_a_hidden_column_gives_no_rows_where_invalid_ones_do(sandbox: Sandbox, call: Call) -> None:
    sandbox.instance.properties["glide.invalid_query.returns_no_rows"] = "true"
    sandbox.deny("incident.category", "read")
    answer = call("GET", INCIDENTS, auth=ITIL, params={"sysparm_query": "category=network", "sysparm_limit": 1})
    assert answer.headers["X-Total-Count"] == "0"


def test_condition__query_rule_refuses_ranges_alone(sandbox: Sandbox, call: Call) -> None:
    """``query_match`` covers ``=``, ``query_range`` covers ``LIKE`` (query ACLs)."""
    sandbox.deny("incident.number", "query_range")
    totals = [
        call("GET", INCIDENTS, auth=ITIL, params={"sysparm_query": query, "sysparm_limit": 1}).headers["X-Total-Count"]
        for query in ("number=INC0000060", "numberLIKE0000060")
    ]
    assert totals == ["1", "66"]


def test_filter__on_a_hidden_column_is_dropped(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident.category", "read")
    answer = call("GET", INCIDENTS, auth=ITIL, params={"category": "network", "sysparm_limit": 1})
    assert answer.headers["X-Total-Count"] == "66"


# -- before-query rules ---------------------------------------------------------------------------------------------


def test_inactive_users__are_taken_out_of_rows_and_count(sandbox: Sandbox, call: Call) -> None:
    inactive = sum(user["active"] == "false" for user in sandbox.table("sys_user").rows)
    totals = [int(call("GET", USERS, auth=auth).headers["X-Total-Count"]) for auth in (("admin", "admin"), ITIL)]
    assert (inactive > 0, totals[0] - totals[1]) == (True, inactive)


def test_inactive_users__are_not_found_one_by_one(sandbox: Sandbox, call: Call) -> None:
    path = f"{USERS}/{user_id(sandbox, 'vera.holloway')}"
    assert [call("GET", path, auth=auth).status_code for auth in (ITIL, ("admin", "admin"))] == [404, 200]


def test_inactive_users__stay_hidden_behind_a_new_query(call: Call) -> None:
    params = {"sysparm_query": "user_name=itil^NQuser_name=vera.holloway"}
    assert len(rows(call("GET", USERS, auth=ITIL, params=params))) == 1


# -- writes ---------------------------------------------------------------------------------------------------------


def test_insert__refused(sandbox: Sandbox, call: Call) -> None:
    before = len(sandbox.table("problem").rows)
    answer = call("POST", f"{TABLE}/problem", auth=EMPLOYEE, json={"short_description": "x"})
    refusal = (answer.status_code, answer.json()["error"], len(sandbox.table("problem").rows))
    assert refusal == (403, failed("Insert"), before)


def test_insert__refused_by_what_the_record_would_hold(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("problem", "create", where="impact=1")
    statuses = [
        call("POST", f"{TABLE}/problem", auth=ITIL, json={"short_description": "T2", "impact": impact}).status_code
        for impact in ("1", "3")
    ]
    kept = [row["impact"] for row in sandbox.table("problem").rows if row["short_description"] == "T2"]
    assert (statuses, kept) == ([403, 201], ["3"])


def test_insert__of_a_class_below_needs_the_right_to_that_class(call: Call) -> None:
    body = {"sys_class_name": "problem"}
    assert call("POST", INCIDENTS, auth=EMPLOYEE, json=body).status_code == 201
    assert call("POST", f"{TABLE}/task", auth=EMPLOYEE, json=body).status_code == 403


def test_insert__hidden_from_its_creator_answers_without_a_body(sandbox: Sandbox, call: Call) -> None:
    """201 and nothing else (KB3047115)."""
    sandbox.deny("incident", "read")
    answer = call("POST", INCIDENTS, auth=ITIL, json={"short_description": "T3"})
    (made,) = [row for row in sandbox.table("incident").rows if row["short_description"] == "T3"]
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["Location"].endswith(f"/{made['sys_id']}")


def test_update__refused(call: Call, own: Row, sandbox: Sandbox) -> None:
    sandbox.deny("incident", "write")
    answer = call("PATCH", f"{INCIDENTS}/{own['sys_id']}", auth=ITIL, json={"short_description": "x"})
    assert (answer.status_code, answer.json()["error"]) == (403, failed("Update"))


def test_update__of_a_hidden_record_is_not_found(call: Call, foreign: Row) -> None:
    answer = call("PATCH", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE, json={"comments": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, NOT_FOUND)


def test_update__ignores_columns_that_may_not_be_written(call: Call, own: Row) -> None:
    """Silently, like unknown names (our default)."""
    body = {"short_description": "x", "comments": "Please hurry"}
    params = {"sysparm_fields": "short_description,comments", "sysparm_display_value": "true"}
    result = call("PATCH", f"{INCIDENTS}/{own['sys_id']}", auth=EMPLOYEE, json=body, params=params).json()["result"]
    assert (result["short_description"], "Please hurry" in result["comments"]) == ("Mine", True)


def test_update__column_may_be_written_in_some_records(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident.urgency", "write", where="category=network")
    found = []
    for category in ("network", "software"):
        made = sandbox.add("incident", {"category": category, "urgency": "3"})
        answer = call("PATCH", f"{INCIDENTS}/{made['sys_id']}", auth=ITIL, json={"urgency": "1"})
        found.append(answer.json()["result"]["urgency"])
    assert found == ["3", "1"]


def test_insert__ignores_columns_that_may_not_be_set(sandbox: Sandbox, call: Call) -> None:
    sandbox.deny("incident.category", "create")
    body = {"category": "network"}
    assert call("POST", INCIDENTS, auth=ITIL, json=body).json()["result"]["category"] == "inquiry"


def test_delete__refused(call: Call, own: Row) -> None:
    answer = call("DELETE", f"{INCIDENTS}/{own['sys_id']}", auth=ITIL)
    assert (answer.status_code, answer.json()["error"]) == (403, failed("Delete"))


def test_delete__of_a_hidden_record_is_not_found(call: Call, foreign: Row) -> None:
    assert call("DELETE", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE).status_code == 404


def test_delete__locked_even_for_administrators(call: Call) -> None:
    """``sys_update_set`` (recorded 2026)."""
    made = call("POST", f"{TABLE}/sys_update_set", json={"name": "Set"}).json()["result"]
    answer = call("DELETE", f"{TABLE}/sys_update_set/{made['sys_id']}")
    assert (answer.status_code, answer.json()["error"]) == (403, failed("Delete"))


# -- tables closed to web services ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{TABLE}/cmn_location"),
        ("POST", f"{TABLE}/cmn_location"),
        ("GET", f"{TABLE}/cmn_location/0"),
        ("PATCH", f"{TABLE}/cmn_location/0"),
        ("DELETE", f"{TABLE}/cmn_location/0"),
        ("GET", "/api/now/stats/cmn_location"),
    ],
)
def test_closed_table__is_403_even_for_administrators(sandbox: Sandbox, call: Call, method: str, path: str) -> None:
    """The table's flag to allow access via web services (Table API documentation)."""
    (table,) = [row for row in sandbox.table("sys_db_object").rows if row["name"] == "cmn_location"]
    call("PATCH", f"{TABLE}/sys_db_object/{table['sys_id']}", json={"ws_access": "false"})
    assert call(method, path, json={} if method in ("POST", "PATCH") else None).status_code == 403


def test_closed_table__is_still_walked_through(sandbox: Sandbox, call: Call) -> None:
    (table,) = [row for row in sandbox.table("sys_db_object").rows if row["name"] == "cmn_location"]
    sandbox.instance.update("sys_db_object", table["sys_id"] or "", {"ws_access": False}, sandbox.instance.system)
    params = {"sysparm_query": "user_name=admin", "sysparm_fields": "location.name"}
    assert rows(call("GET", USERS, params=params)) == [{"location.name": "San Diego"}]


# -- Aggregate API --------------------------------------------------------------------------------------------------


def test_statistics__need_read_access(call: Call) -> None:
    """It is read access to the table that counts (Aggregate API documentation)."""
    path = "/api/now/stats/sys_properties?sysparm_count=true"
    assert [call("GET", path, auth=auth).status_code for auth in (ITIL, ("admin", "admin"))] == [403, 200]


def test_statistics__count_rows_that_are_hidden_one_by_one(call: Call) -> None:
    answer = call("GET", "/api/now/stats/incident?sysparm_count=true", auth=EMPLOYEE)
    assert answer.json()["result"]["stats"]["count"] == "66"


def test_statistics__do_not_count_what_a_before_query_rule_hides(call: Call) -> None:
    path = "/api/now/stats/sys_user?sysparm_count=true&sysparm_query=user_name=vera.holloway"
    assert call("GET", path, auth=ITIL).json()["result"]["stats"]["count"] == "0"


# -- attachments follow their record --------------------------------------------------------------------------------


def attach(call: Call, record: Row, auth: tuple[str, str]) -> requests.Response:
    params = {"table_name": "incident", "table_sys_id": record["sys_id"], "file_name": "a.txt"}
    headers = {"Content-Type": "text/plain"}
    return call("POST", f"{ATTACHMENTS}/file", auth=auth, params=params, headers=headers, data=b"text")


@pytest.fixture
def file_id(sandbox: Sandbox, foreign: Row) -> str:
    """A file of somebody else's incident."""
    instance = sandbox.instance
    row = instance.add_attachment(
        "incident", foreign["sys_id"] or "", "a.txt", "text/plain", [b"text"], instance.system
    )
    return row["sys_id"] or ""


@pytest.mark.parametrize(
    ("method", "suffix"), [("GET", ""), ("GET", "/file"), ("PATCH", ""), ("DELETE", "")], ids=lambda part: part or "-"
)
def test_attachment__of_a_hidden_record_is_not_found(call: Call, file_id: str, method: str, suffix: str) -> None:
    body = {"file_name": "b.txt"} if method == "PATCH" else None
    assert call(method, f"{ATTACHMENTS}/{file_id}{suffix}", auth=EMPLOYEE, json=body).status_code == 404


def test_attachment__of_a_hidden_record_is_not_listed(call: Call, file_id: str) -> None:
    params = {"sysparm_query": f"sys_id={file_id}"}
    listed = [len(rows(call("GET", ATTACHMENTS, auth=auth, params=params))) for auth in (EMPLOYEE, ITIL)]
    assert listed == [0, 1]


def test_attachment__of_a_hidden_record_is_hidden_from_the_table_api_too(call: Call, file_id: str) -> None:
    assert call("GET", f"{TABLE}/sys_attachment/{file_id}", auth=EMPLOYEE).status_code == 404


def test_attachment__of_a_readable_record_is_read(call: Call, file_id: str) -> None:
    assert call("GET", f"{ATTACHMENTS}/{file_id}/file", auth=ITIL).content == b"text"


def test_attachment__of_a_record_that_may_not_be_changed_is_kept(sandbox: Sandbox, call: Call, file_id: str) -> None:
    sandbox.deny("incident", "write")
    answer = call("DELETE", f"{ATTACHMENTS}/{file_id}", auth=ITIL)
    assert (answer.status_code, answer.json()["error"]) == (403, failed("Delete"))


def test_upload__to_a_hidden_record_is_not_found(call: Call, foreign: Row) -> None:
    """404 for an unreadable target (Attachment API documentation)."""
    assert attach(call, foreign, EMPLOYEE).status_code == 404


def test_upload__to_a_record_that_may_not_be_changed_is_refused(sandbox: Sandbox, call: Call, own: Row) -> None:
    sandbox.deny("incident", "write")
    assert attach(call, own, ITIL).status_code == 403


def test_upload__to_a_record_of_one_own(call: Call, own: Row) -> None:
    assert attach(call, own, EMPLOYEE).status_code == 201


def test_upload__needs_the_role_that_a_property_names(sandbox: Sandbox, call: Call, own: Row) -> None:
    """``glide.attachment.role`` (Attachment API documentation)."""
    sandbox.instance.properties["glide.attachment.role"] = "knowledge,catalog_admin"
    assert [attach(call, own, auth).status_code for auth in (ITIL, ("admin", "admin"))] == [403, 201]


# -- rules as rows, and from Python ---------------------------------------------------------------------------------


def test_rules__are_rows_that_can_be_changed_over_rest(call: Call, foreign: Row) -> None:
    params = {"sysparm_query": "name=incident^operation=read", "sysparm_fields": "sys_id"}
    for rule in rows(call("GET", f"{TABLE}/sys_security_acl", params=params)):
        call("PATCH", f"{TABLE}/sys_security_acl/{rule['sys_id']}", json={"condition": "", "active": "true"})
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=EMPLOYEE).status_code == 200


def test_rules__inactive_ones_do_not_count(call: Call, foreign: Row) -> None:
    """Without rules of its own, an incident is guarded by those of ``task``."""
    params = {"sysparm_query": "name=incident^operation=read^conditionISNOTEMPTY", "sysparm_fields": "sys_id"}
    (rule,) = rows(call("GET", f"{TABLE}/sys_security_acl", params=params))
    call("PATCH", f"{TABLE}/sys_security_acl/{rule['sys_id']}", json={"active": "false"})
    assert rows(call("GET", INCIDENTS, auth=EMPLOYEE)) == []


def test_rules__with_a_script_that_would_have_to_run_are_refused_aloud(call: Call) -> None:
    body = {"name": "incident", "operation": "read", "advanced": "true", "script": "answer = gs.hasRole('x');"}
    assert call("POST", f"{TABLE}/sys_security_acl", json=body).status_code == 501


def test_rules__refused_transaction_leaves_rules_as_they_were(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    """A rule written by somebody who may not is undone, and so is its effect."""
    sandbox.allow("sys_security_acl", "create", roles="itil", where="name=problem")
    body = {"name": "incident", "operation": "read", "decision_type": "deny", "condition": "number=0"}
    assert call("POST", f"{TABLE}/sys_security_acl", auth=ITIL, json=body).status_code == 403
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=ITIL).status_code == 200


def test_allow__opens_a_table_to_a_role(sandbox: Sandbox, call: Call) -> None:
    sandbox.allow("sys_properties", "read", roles="itil")
    seen = [bool(rows(call("GET", f"{TABLE}/sys_properties", auth=auth))) for auth in (ITIL, EMPLOYEE)]
    assert seen == [True, False]


def test_allow__records_that_match(sandbox: Sandbox, call: Call) -> None:
    sandbox.allow("sys_properties", "read", where="name=instance_name")
    assert [row["name"] for row in rows(call("GET", f"{TABLE}/sys_properties", auth=EMPLOYEE))] == ["instance_name"]


def test_deny__binds_administrators_if_asked_to(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    sandbox.deny("incident", "read", admins_too=True)
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}").status_code == 404


def test_deny__is_lifted_by_deleting_its_rows(sandbox: Sandbox, call: Call, foreign: Row) -> None:
    for rule in sandbox.deny("incident", "read", "write"):
        call("DELETE", f"{TABLE}/sys_security_acl/{rule['sys_id']}")
    assert call("GET", f"{INCIDENTS}/{foreign['sys_id']}", auth=ITIL).status_code == 200


@pytest.mark.parametrize(
    ("name", "operations", "where", "message"),
    [
        ("incidnt", ("read",), "", "no table 'incidnt'"),
        ("incident.stat", ("read",), "", "no column 'stat'"),
        ("incident", (), "", "are read, create, write, delete, not none"),
        ("incident", ("update",), "", "not update"),
        ("incident.state", ("delete",), "", "not delete"),
        ("incident", ("read",), "nmber=1", "'nmber=1'"),
    ],
    ids=["table", "column", "no operation", "operation", "operation of a column", "query"],
)
def test_deny__tells_what_is_wrong(
    sandbox: Sandbox, name: str, operations: tuple[str, ...], where: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sandbox.deny(name, *operations, where=where)


def test_allow__unknown_role(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no role 'itl': add a record to sys_user_role first"):
        sandbox.allow("incident", "read", roles=["itl"])


def test_grant__unknown_user(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no user 'nobody.here'"):
        sandbox.grant("nobody.here", "itil")
