"""GlideRecord's names over walks, records and safe writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage, MultipleResults, QueryIgnored, Script, UnexpectedCount, ValueNotFetched
from pysnow.exceptions import QueryTypeError
from pysnow.gliderecord.rows import Rows
from pysnow.sandbox.query.ast import Condition, JoinQuery, Order, RelatedListQuery
from pysnow.sandbox.query.operators import Operator
from pysnow.sandbox.query.parse import parse

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.gliderecord import GlideRecord
    from pysnow.sandbox import Sandbox


@pytest.fixture
def gr(client: Client) -> GlideRecord:
    return client.GlideRecord("incident")


@pytest.fixture(scope="module")
def offline() -> Client:
    """A client of an instance that nobody asks."""
    from pysnow import Client

    return Client(instance="http://127.0.0.1:9", user="x", password="x", allow_insecure_http=True)


def made(client: Client, *texts: str) -> list[str]:
    """Sys_ids of new incidents that ``correlation_display=glide`` sets apart."""
    table = client.table("incident")
    return [table.create({"short_description": text, "correlation_display": "glide"})["sys_id"] for text in texts]


def of_mine(client: Client) -> GlideRecord:
    gr = client.GlideRecord("incident")
    gr.add_query("correlation_display", "glide")
    return gr


def query_of(client: Client, *arguments: object) -> str:
    gr = client.GlideRecord("incident")
    gr.add_query(*arguments)  # type: ignore[arg-type]
    return gr.get_encoded_query()


# -- conditions --------------------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=":"), max_size=20)


@given(words | st.sampled_from(["a^b", "^", "^ORx=1", "^NQactive=true", "a^^b", "^EQ", "ORDERBYnumber", "ISEMPTY"]))
def test_add_query__a_text_is_one_value(offline: Client, text: str) -> None:
    assert parse(query_of(offline, "short_description", text)).groups == (
        ((Condition("short_description", Operator.EQUALS, text),),),
    )


@given(st.integers(-(10**9), 10**9))
def test_add_query__a_number_is_its_text(offline: Client, number: int) -> None:
    assert parse(query_of(offline, "priority", "=", number)).groups == (
        ((Condition("priority", Operator.EQUALS, str(number)),),),
    )


@given(st.lists(words, min_size=1, max_size=5))
def test_add_query__conditions_stay_apart(offline: Client, texts: list[str]) -> None:
    gr = offline.GlideRecord("incident")
    for text in texts:
        gr.add_query("category", text).add_or_condition("short_description", "CONTAINS", text + "x")
    wanted = tuple(
        (Condition("category", Operator.EQUALS, text), Condition("short_description", Operator.CONTAINS, text + "x"))
        for text in texts
    )
    assert parse(gr.get_encoded_query()).groups == (wanted,)


@pytest.mark.parametrize(
    ("arguments", "encoded"),
    [
        (("priority", "=", 0), "priority=0"),
        (("priority", 0), "priority=0"),
        (("active", False), "active=false"),
        (("active", "true"), "active=true"),
        (("priority", "<=", 2), "priority<=2"),
        (("state", "IN", "1,2"), "stateIN1,2"),
        (("state", "not in", [1, 2]), "stateNOT IN1,2"),
        (("state", "NOTIN", "1"), "stateNOT IN1"),
        (("number", "STARTSWITH", "INC"), "numberSTARTSWITHINC"),
        (("short_description", "DOES NOT CONTAIN", "a^b"), "short_descriptionNOT LIKEa^^b"),
        (("assigned_to", "ISEMPTY", ""), "assigned_toISEMPTY"),
        (("priority", "BETWEEN", (1, 3)), "priorityBETWEEN1@3"),
        (("opened_by", "SAMEAS", "caller_id"), "opened_bySAMEAScaller_id"),
        (("assigned_to", Script("gs.getUserID()")), "assigned_to=javascript:gs.getUserID()"),
        (("active=true^ORDERBYnumber",), "active=true^ORDERBYnumber"),
        (("sys_created_on", ">", datetime(2026, 3, 1, 12)), "sys_created_on>2026-03-01 12:00:00"),
        (
            ("sys_created_on", ">", datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))),
            "sys_created_on>2026-03-01 10:00:00",
        ),
    ],
    ids=str,
)
def test_add_query__is_sent_as(offline: Client, arguments: tuple[object, ...], encoded: str) -> None:
    assert query_of(offline, *arguments) == encoded


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("active", "=", None), "add_null_query"),
        (("active", None), "add_null_query"),
        (("number", "STARTWITH", "INC"), "near: STARTSWITH"),
        (("number", "ISEMPTY", "x"), "takes no value"),
        (("assigned_to", "javascript:gs.getUserID()"), "Script"),
        (("bad name", "x"), "no column name"),
        (("priority", "BETWEEN", 3), "two ends"),
        (("a=1^OR",), "within a term"),
        (("a=1^NQ",), "nothing stands beside"),
    ],
    ids=str,
)
def test_add_query__refuses(offline: Client, arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(QueryTypeError, match=said):
        query_of(offline, *arguments)


def test_add_condition__is_a_clause_of_its_own(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.add_query("a", 1).add_or_condition("b", 2).add_condition("c", 3).add_or_condition("d", 4)
    assert gr.get_encoded_query() == "a=1^ORb=2^c=3^ORd=4"


def test_add_encoded_query__each_part_gets_the_other_conditions(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.add_encoded_query("a=1^ORb=2^NQc=3")
    gr.add_query("d", 4)
    assert gr.get_encoded_query() == "a=1^ORb=2^d=4^NQc=3^d=4"


def test_add_encoded_query__an_alternative_is_one_to_all_of_it(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.add_encoded_query("a=1^b=2").add_or_condition("c", 3)
    assert gr.get_encoded_query() == "a=1^b=2^NQc=3"


def test_add_encoded_query__orders_count(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.add_encoded_query("a=1^ORDERBYDESCb^EQ")
    gr.order_by("c")
    gr.add_active_query()
    assert gr.get_encoded_query() == "a=1^active=true^ORDERBYDESCb^ORDERBYc"


def test_null_queries__are_of_columns(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.add_null_query("assigned_to").add_or_condition("state", 1)
    gr.add_not_null_query("caller_id")
    assert gr.get_encoded_query() == "assigned_toISEMPTY^ORstate=1^caller_idISNOTEMPTY"


def test_add_join_query__takes_no_condition_of_others(offline: Client) -> None:
    gr = offline.GlideRecord("sys_user")
    join = gr.add_join_query("sys_user_group", "sys_id", "manager")
    gr.add_encoded_query("JOINsys_user.a=t.b!c=1^d=2^ORDERBYname^e=5")
    gr.add_query("active", True)
    join.add_condition("name", "a^b").add_or_condition("name", "x")
    (group,) = parse(gr.get_encoded_query()).groups
    kinds = [clause.field if isinstance(clause, Condition) else type(clause) for (clause,) in group]
    assert kinds == ["e", "active", JoinQuery, JoinQuery]


def test_add_join_query__holds_its_conditions(offline: Client) -> None:
    gr = offline.GlideRecord("sys_user")
    gr.add_join_query("sys_user_group", "sys_id", "manager").add_condition("name", "a^b").add_condition("active", True)
    (((join,),),) = parse(gr.get_encoded_query()).groups
    assert isinstance(join, JoinQuery)
    assert join.query == parse("name=a^^b^active=true")


@given(words)
def test_add_rl_query__holds_its_conditions(offline: Client, text: str) -> None:
    gr = offline.GlideRecord("sys_user")
    gr.add_rl_query("sys_user_has_role", "user", ">0").add_condition("role.name", text).add_condition("state", 1)
    (((related,),),) = parse(gr.get_encoded_query()).groups
    assert isinstance(related, RelatedListQuery)
    assert related.query.groups == (
        ((Condition("role.name", Operator.EQUALS, text),), (Condition("state", Operator.EQUALS, "1"),)),
    )


def test_add_rl_query__refuses_a_value_that_would_end_it(offline: Client) -> None:
    gr = offline.GlideRecord("sys_user")
    gr.add_rl_query("sys_user_has_role", "user", ">0").add_condition("name", "x^ENDRLQUERY")
    with pytest.raises(QueryTypeError, match="the end of the related query"):
        gr.get_encoded_query()


def test_add_rl_query__refuses_another_number(offline: Client) -> None:
    with pytest.raises(QueryTypeError, match="such as '>0'"):
        offline.GlideRecord("sys_user").add_rl_query("sys_user_has_role", "user", ">0,x=1")


def test_add_rl_query__finds_users_without_roles(client: Client) -> None:
    gr = client.GlideRecord("sys_user")
    gr.add_rl_query("sys_user_has_role", "user", "=0")
    without = {str(user.sys_id) for user in gr}
    held = set(client.table("sys_user_has_role").column("user"))
    everyone = set(client.table("sys_user").column("sys_id"))
    assert without == everyone - held


def test_order_by__sys_id_stays_the_last(gr: GlideRecord, sandbox: Sandbox) -> None:
    gr.order_by_desc("priority")
    gr.query()
    gr.next()
    queries = [dict(request.query).get("sysparm_query") for request in sandbox.requests]
    assert queries == ["ORDERBYDESCpriority^ORDERBYsys_id"]


# -- reading -----------------------------------------------------------------------------------------------------------


def test_query__sends_nothing(gr: GlideRecord, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    gr.query()
    assert len(sandbox.requests) == before


def test_next__comes_to_each_record_once(client: Client) -> None:
    gr, came = client.GlideRecord("incident"), []
    gr.query()
    while gr.next():
        came.append(gr.get_unique_value())
    assert sorted(came) == sorted(client.table("incident").column("sys_id"))


def test_next__with_an_order_comes_to_each_record_once(client: Client) -> None:
    gr = client.GlideRecord("incident")
    gr.order_by("priority")
    assert sorted(each.get_value("sys_id") for each in gr) == sorted(client.table("incident").column("sys_id"))


def test_next__wants_a_query(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="call query"):
        gr.next()


def test_iteration__gives_the_same_cursor(gr: GlideRecord) -> None:
    gr.limit = 2
    assert all(each is gr for each in gr)


def test_iteration__begins_at_the_first_row_each_time(gr: GlideRecord) -> None:
    gr.limit = 2
    assert [str(each.number) for each in gr] == [str(each.number) for each in gr]


def test_has_next__does_not_move(gr: GlideRecord) -> None:
    gr.limit = 1
    gr.query()
    assert (gr.has_next(), gr.next(), gr.has_next()) == (True, True, False)


def test_rewind__reads_once_more(client: Client) -> None:
    made(client, "a", "b")
    gr = of_mine(client)
    first = [str(each.short_description) for each in gr]
    gr.rewind()
    gr.next()
    assert str(gr.short_description) == first[0]


def test_get_row_count__is_of_the_limit_at_the_most(client: Client) -> None:
    made(client, "a", "b", "c")
    gr = of_mine(client)
    counted = gr.get_row_count()
    gr.set_limit(2)
    assert (counted, gr.get_row_count()) == (3, 2)


def test_get_row_count__sends_nothing_behind_the_last_row(client: Client, sandbox: Sandbox) -> None:
    made(client, "a", "b")
    gr = of_mine(client)
    rows = list(gr)
    before = len(sandbox.requests)
    assert (gr.get_row_count(), len(sandbox.requests)) == (len(rows), before)


def test_limit__refuses_what_is_no_number(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="number of rows"):
        gr.limit = "5"  # type: ignore[assignment]


def test_fields__come_with_the_sys_id(gr: GlideRecord) -> None:
    gr.fields = ["number", "caller_id.email"]
    gr.query()
    gr.next()
    assert set(gr.serialize()) <= {"number", "caller_id.email", "sys_id"}


def test_fields__of_references_are_attributes(gr: GlideRecord) -> None:
    gr.fields = ["number", "caller_id.email"]
    gr.get("number", "INC0000060")
    assert gr.caller_id.email == "abel.tuter@example.com"


def test_get__by_sys_id_sends_one_request(client: Client, sandbox: Sandbox) -> None:
    (sys_id,) = made(client, "lamp")
    before, gr = len(sandbox.requests), client.GlideRecord("incident")
    assert (gr.get(sys_id), gr.get_value("short_description"), len(sandbox.requests)) == (True, "lamp", before + 1)


def test_get__by_value_sends_one_request(gr: GlideRecord, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    assert (gr.get("number", "INC0000060"), str(gr.number), len(sandbox.requests)) == (True, "INC0000060", before + 1)


@pytest.mark.parametrize("arguments", [("number", "INC9999999"), ("0" * 32,)], ids=str)
def test_get__tells_when_there_is_none(gr: GlideRecord, arguments: tuple[str, ...]) -> None:
    assert not gr.get(*arguments)


def test_get__leaves_no_record_current_when_there_is_none(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    gr.get("number", "INC9999999")
    with pytest.raises(InvalidUsage, match="needs a current record"):
        gr.update()


def test_get__refuses_to_choose(client: Client) -> None:
    made(client, "twin", "twin")
    with pytest.raises(MultipleResults):
        client.GlideRecord("incident").get("short_description", "twin")


def test_get__refuses_a_column_that_is_not_there(gr: GlideRecord) -> None:
    with pytest.raises(QueryIgnored, match="nmuber"):
        gr.get("nmuber", "INC0000060")


# -- names and fields --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [("add_qurey", "near: add_query"), ("addQuery", "it is add_query"), ("getRowCount", "it is get_row_count")],
)
@pytest.mark.parametrize("is_on_a_row", [True, False])
def test_unknown_name__is_an_error_that_knows_the_nearest(
    gr: GlideRecord, name: str, said: str, is_on_a_row: bool
) -> None:
    if is_on_a_row:
        gr.get("number", "INC0000060")
    with pytest.raises(AttributeError, match=said):
        getattr(gr, name)


def test_unknown_column__is_an_error_that_knows_the_nearest(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    with pytest.raises(AttributeError, match="near: short_description"):
        str(gr.short_descripton)


def test_unknown_column__is_not_set(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    with pytest.raises(AttributeError, match="near: short_description"):
        gr.short_descripton = "x"


def test_method__is_not_overwritten(gr: GlideRecord) -> None:
    with pytest.raises(AttributeError, match="set_value"):
        gr.query = "x"  # type: ignore[method-assign, assignment]


def test_column_before_the_first_row__is_an_error(gr: GlideRecord) -> None:
    gr.query()
    with pytest.raises(AttributeError, match="no current record"):
        str(gr.number)


def test_element__knows_both_halves(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    assert (gr.state, gr.state.value, gr.state.display_value, gr.get_display_value("state")) == ("1", "1", "New", "New")


def test_element__knows_its_link(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    assert str(gr.caller_id.link).endswith(f"/sys_user/{gr.caller_id}")


@pytest.mark.parametrize(("text", "is_true"), [("", False), ("0", True), ("false", True), ("x", True)])
def test_element__is_false_only_when_empty(gr: GlideRecord, text: str, is_true: bool) -> None:
    gr.initialize()
    gr.set_value("short_description", text)
    element = gr.get_element("short_description")
    assert (bool(element), element.nil(), gr.is_nil("short_description")) == (is_true, not is_true, not is_true)


def test_element__knows_whether_it_changes(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    gr.short_description = "other"
    assert (gr.changes(), gr.short_description.changes(), gr.state.changes()) == (True, True, False)


def test_element__has_no_display_value_before_it_is_written(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    gr.state = 2
    with pytest.raises(ValueNotFetched, match="was set"):
        str(gr.state.display_value)


def test_get_display_value__is_of_the_record(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    assert gr.get_display_value() == "INC0000060"


def test_get_link__leads_to_the_form(gr: GlideRecord, sandbox: Sandbox) -> None:
    gr.get("number", "INC0000060")
    assert gr.get_link().startswith(f"{sandbox.url}/nav_to.do")


def test_serialize__outlasts_the_cursor(gr: GlideRecord) -> None:
    gr.limit, gr.fields = 2, "number"
    rows: list[Any] = [each.serialize(fields=["number"]) for each in gr]
    assert rows[0] != rows[1]


@pytest.mark.parametrize(
    ("form", "state"), [(False, "1"), (True, "New"), ("all", {"value": "1", "display_value": "New"})]
)
def test_serialize__has_the_form_that_is_asked_for(gr: GlideRecord, form: Any, state: object) -> None:
    gr.get("number", "INC0000060")
    assert gr.serialize(form, ["state"]) == {"state": state}


def test_serialize__of_changes_alone(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    gr.urgency = 1
    assert gr.serialize(changes_only=True) == {"urgency": "1"}


# -- writing -----------------------------------------------------------------------------------------------------------


def test_update__sends_what_was_set(gr: GlideRecord, sandbox: Sandbox) -> None:
    gr.get("number", "INC0000060")
    gr.short_description = "other"
    gr.update()
    assert (sandbox.requests[-1].method, sandbox.requests[-1].body) == ("PUT", b'{"short_description": "other"}')


def test_update__without_values_sends_nothing(gr: GlideRecord, sandbox: Sandbox) -> None:
    gr.get("number", "INC0000060")
    before = len(sandbox.requests)
    gr.update()
    assert len(sandbox.requests) == before


@pytest.mark.parametrize("is_ordered", [True, False])
def test_update__reaches_all_rows_that_leave_the_query(client: Client, is_ordered: bool) -> None:
    made(client, *map(str, range(5)))
    gr = of_mine(client)
    if is_ordered:
        gr.order_by("short_description")
    for each in gr:
        each.correlation_display = "done"
        each.update()
    assert client.table("incident").count("correlation_display=done") == 5


def test_rows__of_many_pages_are_not_shifted_by_writes(client: Client) -> None:
    table = client.table("sys_user")
    rows = Rows(table.iterate(fields=["sys_id", "name"], page_size=50, order_by="employee_number"), is_ordered=True)
    came = []
    while row := rows.take():
        came.append(row["sys_id"])
        if len(came) <= 40:
            rows.settle()
            table.update({"sys_id": row["sys_id"]}, {"employee_number": "zzz"})
    assert sorted(came) == sorted(table.column("sys_id"))


def test_update__of_a_record_that_the_query_did_not_mean_is_refused(gr: GlideRecord, sandbox: Sandbox) -> None:
    gr.add_query("urgncy", 3)
    gr.query()
    gr.next()
    gr.short_description = "not meant"
    with pytest.raises(QueryIgnored, match="urgncy"):
        gr.update()
    assert "PUT" not in {request.method for request in sandbox.requests}


def test_delete__of_a_record_that_the_query_did_not_mean_is_refused(gr: GlideRecord) -> None:
    gr.add_query("urgncy", 3)
    gr.query()
    gr.next()
    with pytest.raises(QueryIgnored, match="urgncy"):
        gr.delete()


def test_update__of_a_record_that_was_inserted_meanwhile_is_not_compared(client: Client) -> None:
    made(client, "a", "b")
    gr = of_mine(client)
    gr.query()
    gr.next()
    gr.initialize()
    gr.insert()
    gr.short_description = "x"
    gr.update()
    assert gr.next()


def test_update__wants_a_current_record(gr: GlideRecord) -> None:
    gr.set_value("state", 2)
    with pytest.raises(InvalidUsage, match="needs a current record"):
        gr.update()


def test_insert__creates_what_was_set(gr: GlideRecord, client: Client) -> None:
    gr.initialize()
    gr.short_description = "lamp"
    sys_id = gr.insert()
    assert client.table("incident").get_by_id(sys_id)["short_description"] == "lamp"


def test_insert__stands_on_the_record(gr: GlideRecord) -> None:
    gr.initialize()
    gr.short_description = "lamp"
    sys_id = gr.insert()
    assert (gr.get_unique_value(), gr.is_new_record(), bool(gr.number)) == (sys_id, False, True)


def test_insert__makes_no_copy(gr: GlideRecord) -> None:
    gr.get("number", "INC0000060")
    with pytest.raises(InvalidUsage, match="not copied"):
        gr.insert()


def test_update__inserts_a_new_record(gr: GlideRecord) -> None:
    gr.initialize()
    gr.short_description = "lamp"
    assert gr.update() == gr.sys_id


def test_set_value__takes_another_record(gr: GlideRecord, client: Client) -> None:
    user = client.GlideRecord("sys_user")
    user.get("user_name", "abel.tuter")
    gr.initialize()
    gr.set_value("caller_id", user)
    gr.insert()
    assert gr.caller_id.display_value == "Abel Tuter"


def test_set_value__refuses_fields_of_other_records(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="another record"):
        gr.set_value("caller_id.email", "x")


@pytest.mark.parametrize(
    ("column", "text"),
    [("state", "In Progress"), ("assignment_group", "Network"), ("short_description", "a lamp"), ("comments", "")],
)
def test_set_display_value__is_what_people_read(gr: GlideRecord, column: str, text: str) -> None:
    gr.initialize()
    gr.set_display_value(column, text)
    gr.insert()
    assert gr.get_display_value(column) == text


def test_set_display_value__refuses_an_unknown_label(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="none has the label"):
        gr.set_display_value("state", "Nowhere")


def test_set_display_value__refuses_texts_that_depend_on_the_user(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="set_value"):
        gr.set_display_value("opened_at", "01.03.2026")


def test_set_value__takes_moments(gr: GlideRecord) -> None:
    gr.initialize()
    gr.set_value("due_date", datetime(2026, 3, 1, 12, tzinfo=UTC))
    gr.insert()
    assert gr.due_date == "2026-03-01 12:00:00"


def test_delete_record__deletes_the_current_one(client: Client) -> None:
    made(client, "a", "b")
    gr = of_mine(client)
    gr.query()
    gr.next()
    assert (gr.delete_record(), gr.next(), of_mine(client).get_row_count()) == (True, True, 1)


def test_delete_multiple__wants_a_number(client: Client) -> None:
    with pytest.raises(InvalidUsage, match="expect="):
        of_mine(client).delete_multiple()


def test_delete_multiple__deletes_as_many_as_expected(client: Client) -> None:
    made(client, "a", "b")
    assert (of_mine(client).delete_multiple(expect=2).counts, of_mine(client).get_row_count()) == ({"deleted": 2}, 0)


def test_delete_multiple__deletes_nothing_when_there_are_others(client: Client) -> None:
    made(client, "a", "b")
    with pytest.raises(UnexpectedCount):
        of_mine(client).delete_multiple(expect=1)
    assert of_mine(client).get_row_count() == 2


def test_delete_multiple__refuses_a_limit(client: Client) -> None:
    gr = of_mine(client)
    gr.limit = 1
    with pytest.raises(InvalidUsage, match="limit"):
        gr.delete_multiple(expect=1)


def test_delete_multiple__refuses_a_join(client: Client) -> None:
    gr = of_mine(client)
    gr.add_join_query("sys_user", "caller_id", "sys_id")
    with pytest.raises(InvalidUsage, match="join"):
        gr.delete_multiple(expect=1)


def test_delete_multiple__refuses_to_empty_the_table(gr: GlideRecord) -> None:
    with pytest.raises(InvalidUsage, match="every record"):
        gr.delete_multiple(expect=range(100_000))


def test_delete_multiple__refuses_what_cannot_be_compared(gr: GlideRecord) -> None:
    gr.add_encoded_query("state=1^NQstate=2")
    with pytest.raises(InvalidUsage, match="allow_raw"):
        gr.delete_multiple(expect=1)


def test_update_multiple__writes_what_was_set_to_all(client: Client) -> None:
    made(client, "a", "b")
    gr = of_mine(client)
    gr.set_value("short_description", "same")
    gr.update_multiple(expect=2)
    assert [str(each.short_description) for each in of_mine(client)] == ["same", "same"]


def test_update_multiple__dry_run_changes_nothing(client: Client) -> None:
    made(client, "a")
    gr = of_mine(client)
    gr.set_value("short_description", "same")
    gr.update_multiple(dry_run=True)
    assert [str(each.short_description) for each in of_mine(client)] == ["a"]


def test_update_multiple__is_not_for_one_row(client: Client) -> None:
    made(client, "a")
    gr = of_mine(client)
    gr.query()
    gr.next()
    gr.short_description = "b"
    with pytest.raises(InvalidUsage, match="no record is current"):
        gr.update_multiple(expect=1)


# -- what it costs others ----------------------------------------------------------------------------------------------


def test_package__does_not_load_it() -> None:
    import subprocess
    import sys

    code = "import pysnow, sys; pysnow.Client; print('pysnow.gliderecord' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_orders__are_read_back(offline: Client) -> None:
    gr = offline.GlideRecord("incident")
    gr.order_by("priority")
    gr.order_by_desc("number")
    assert parse(gr.get_encoded_query()).orders == (Order("priority"), Order("number", is_descending=True))
