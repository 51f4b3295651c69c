"""What each operator finds, asked of a few rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from pysnow.sandbox.dictionary import Dictionary, UnknownTable
from pysnow.sandbox.query import QueryContext, compile, parse
from pysnow.sandbox.store import Store

Find: TypeAlias = Callable[..., list[str]]

ME = "90d1921e5f510100a9ad2572f2b477fe"


@pytest.fixture
def store(store: Store) -> Store:
    """Five tasks: ``full`` has every value, ``bare`` has none."""
    store.insert_many("core_company", [{"sys_id": "acme", "name": "Acme"}])
    store.insert("core_company", {"sys_id": "acme_de", "name": "Acme GmbH", "parent": "acme"})
    store.insert("core_company", {"sys_id": "acme_by", "name": "Acme Bayern", "parent": "acme_de"})
    store.insert("sys_user_group", {"sys_id": "net", "name": "Network"})
    store.insert_many(
        "sys_user",
        [
            {"sys_id": "abel", "user_name": "abel.tuter", "name": "Abel Tuter", "active": "true", "company": "acme_by"},
            {"sys_id": "beth", "user_name": "beth.anglin", "name": "Beth Anglin", "active": "false", "manager": "abel"},
        ],
    )
    store.insert("sys_user_grmember", {"sys_id": "m1", "user": "abel", "group": "net"})
    store.insert("sys_number", {"sys_id": "n1", "category": "incident", "prefix": "INC"})
    store.insert("sys_db_object", {"sys_id": "t1", "name": "incident", "label": "Incident"})
    store.insert(
        "incident",
        {
            "sys_id": "full",
            "number": "INC0010001",
            "short_description": "Email server down, 100% of mail_lost",
            "state": "2",
            "active": "true",
            "cost": "12.5",
            "assigned_to": "abel",
            "assignment_group": "net",
            "watch_list": "abel,beth",
            "opened_at": "2026-03-04 08:00:00",
            "closed_at": "2026-03-06 08:00:00",
            "due": "2026-03-04",
            "time_worked": "1970-01-01 02:00:00",
            "category": "Überlast",
            "severity": "10",
            "caller_id": "beth",
        },
    )
    store.insert("incident", {"sys_id": "low", "state": "10", "active": "false", "severity": "9", "caller_id": "abel"})
    store.insert("major_incident", {"sys_id": "major", "state": "-1", "plan": "b", "category": "network"})
    store.insert("problem", {"sys_id": "prob", "number": "PRB1", "short_description": "email", "parent": "full"})
    store.insert("task", {"sys_id": "bare"})
    return store


ALL = ["bare", "full", "low", "major", "prob"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ALL),
        ("number=INC0010001", ["full"]),
        ("number=inc0010001", ["full"]),
        ("NUMBER=INC0010001", ["full"]),
        ("number=INC0010001 ", ["full"]),
        ("number=", ["bare", "low", "major"]),
        ("number=NULL", ["bare", "low", "major"]),
        ("number!=", ["full", "prob"]),
        ("number!=INC0010001", ["prob"]),
        ("state=2", ["full"]),
        ("state=02", ["full"]),
        ("state!=2", ["low", "major"]),
        ("state=two", []),
        ("state=99999999999999999999", []),
        ("active=true", ["full"]),
        ("active=1", ["full"]),
        ("active=false", ["low"]),
        ("active!=true", ["bare", "low", "major", "prob"]),
        ("active!=false", ["bare", "full", "major", "prob"]),
        ("cost=12.50", ["full"]),
        ("due=2026-03-04", ["full"]),
        ("opened_at=2026-03-04 08:00:00", ["full"]),
        ("opened_at=2026-03-04", []),
        ("opened_at=nonsense", ALL),
    ],
)
def test_equality__by_type(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state>2", ["low"]),
        ("state>=2", ["full", "low"]),
        ("state<2", ["major"]),
        ("state<=2", ["full", "major"]),
        ("stateBETWEEN2@10", ["full", "low"]),
        ("stateBETWEEN2", ALL),
        ("state>", ALL),
        ("cost<100", ["full"]),
        ("number>inc", ["full", "prob"]),
        ("number>z", []),
        ("sys_id>FULL", ["low", "major", "prob"]),
        ("sys_id>", ALL),
        ("opened_at>2026-03-04", ["full"]),
        ("opened_at>2026-03-04 08:00:00", []),
        ("opened_atBETWEEN2026-03-04 08:00:00@2026-03-04 09:00:00", ["full"]),
        ("opened_at<javascript:gs.daysAgo(0)", ["full"]),
        ("opened_at>javascript:gs.daysAgo(0)", []),
        ("opened_at>javascript:gs.getProperty('x')", ALL),
        ("due>=javascript:gs.beginningOfToday()", ["full"]),
        ("due>javascript:gs.beginningOfToday()", []),
        ("time_worked>1970-01-01 01:00:00", ["full"]),
        ("time_worked>javascript:gs.getDurationDate('0 01:59:59')", ["full"]),
    ],
)
def test_comparison__by_type(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("stateIN2,10", ["full", "low"]),
        ("stateIN", []),
        ("stateNOT IN2", ["low", "major"]),
        ("stateNOTIN2,10", ["major"]),
        ("stateNOT IN", ["full", "low", "major"]),
        ("numberINinc0010001,PRB1", ["full", "prob"]),
        ("activeINtrue,false", ["full", "low"]),
        ("sys_idINfull,full,nope", ["full"]),
        ("stateIN1e400,2", ["full"]),
        ("numberINjavascript:gs.nope()", ALL),
        ("assigned_toINjavascript:gs.getUserID()", ["full"]),
    ],
)
def test_membership__lists(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("numberISEMPTY", ["bare", "low", "major"]),
        ("numberEMPTYSTRING", ["bare", "low", "major"]),
        ("numberISNOTEMPTY", ["full", "prob"]),
        ("numberANYTHING", ALL),
        ("activeISEMPTY", ["bare", "major", "prob"]),
        ("work_notesISEMPTY", ALL),
        ("work_notesISNOTEMPTY", []),
        ("work_notes=x", []),
        ("assigned_to.nameISEMPTY", ["bare", "low", "major", "prob"]),
    ],
)
def test_empties__by_type(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("short_descriptionLIKEEMAIL", ["full", "prob"]),
        ("short_descriptionCONTAINSserver", ["full"]),
        ("short_description*server", ["full"]),
        ("short_descriptionNOT LIKEserver", ["prob"]),
        ("short_descriptionNOTLIKEserver", ["prob"]),
        ("short_descriptionDOES NOT CONTAINserver", ["prob"]),
        ("short_description!*server", ["prob"]),
        ("short_descriptionSTARTSWITHemail ", ["full"]),
        ("short_descriptionENDSWITHlost", ["full"]),
        ("short_description%lost", ["full"]),
        ("short_descriptionLIKE0%", ["full"]),
        ("short_descriptionLIKEl_l", ["full"]),
        ("short_descriptionLIKEe_a", []),
        ("short_descriptionLIKEm%l", []),
        ("short_descriptionLIKE\\", []),
        ("short_descriptionLIKE" + "x" * 60_000, []),
        ("stateLIKE1", ["low", "major"]),
        ("activeSTARTSWITHtr", ["full"]),
        ("opened_atSTARTSWITH2026-03", ["full"]),
        ("watch_listLIKEbeth", ["full"]),
    ],
)
def test_text__pieces(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    "text",
    [
        "category=überlast",
        "category!=ünder^categoryLIKEü",
        "categoryINa,ÜBERLAST",
        "categoryLIKEÜBER",
        "categorySTARTSWITHüb",
        "categoryLIKElast",
    ],
)
def test_text__case_does_not_matter_beyond_ascii(find: Find, text: str) -> None:
    assert find("incident", text) == ["full"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("caller_id=beth", ["full"]),
        ("caller_idLIKEtuter", ["low"]),
        ("caller_idSTARTSWITHbeth", ["full"]),
        ("caller_idNOT LIKEtuter", ["full"]),
        ("caller_id.name=beth anglin", ["full"]),
        ("caller_id.name!=Beth Anglin", ["low"]),
        ("caller_id.manager.nameLIKEabel", ["full"]),
        ("caller_id.manager.company.name=Acme Bayern", ["full"]),
        ("CALLER_ID.NAME=beth anglin", ["full"]),
        ("caller_id.active!=true", ["full"]),
        ("caller_id.managerISEMPTY", ["low", "major"]),
        ("caller_idISEMPTY", ["major"]),
        ("caller_idDYNAMIC" + ME, ["low"]),
        ("assignment_groupDYNAMICffffffffffffffffffffffffffffffff", ["full", "low", "major"]),
        ("caller_id=javascript:gs.getUserID()", ["low"]),
        ("caller_id.user_name=javascript:gs.getUserName()", ["low"]),
        ("caller_id.companyIN_HIERARCHYacme", ["low"]),
        ("caller_id.companyIN_HIERARCHYacme_by", ["low"]),
        ("caller_id.companyIN_HIERARCHYnope", []),
        ("caller_idIN_HIERARCHYbeth", ["full"]),
        ("contractLIKEx", []),
    ],
)
def test_references__dot_walk_and_display(find: Find, text: str, found: list[str]) -> None:
    assert find("incident", text) == found


@pytest.mark.parametrize(
    ("table", "text", "found"),
    [
        ("task", "ref_incident.caller_id=abel", ["low"]),
        ("task", "ref_incident.category!=network", ["full"]),
        ("task", "parent.ref_incident.caller_id.name=Beth Anglin", ["prob"]),
        ("task", "parent.ref_problem.numberISNOTEMPTY", []),
        ("task", "ref_sys_user.name=x", ALL),
        ("task", "sys_class_name=incident", ["full", "low"]),
        ("task", "sys_class_nameINSTANCEOFincident", ["full", "low", "major"]),
        ("task", "sys_class_nameINSTANCEOFnope", []),
        ("incident", "sys_class_name=major_incident", ["major"]),
        ("major_incident", "plan=b", ["major"]),
        ("sys_number", "category=incident", ["n1"]),
        ("sys_number", "category.label=Incident", ["n1"]),
        ("sys_number", "categoryLIKEincident", []),
        ("core_company", "sys_idIN_HIERARCHYacme_de", ["acme_by", "acme_de"]),
    ],
)
def test_classes__and_other_keys(find: Find, table: str, text: str, found: list[str]) -> None:
    assert find(table, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("opened_atONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", ["full"]),
        ("opened_atONYesterday@javascript:gs.beginningOfYesterday()@javascript:gs.endOfYesterday()", []),
        ("opened_atNOTONYesterday@javascript:gs.beginningOfYesterday()@javascript:gs.endOfYesterday()", ["full"]),
        ("opened_atON2026-03-04", ["full"]),
        ("opened_atONwhenever", ALL),
        ("dueONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", ["full"]),
        ("stateONx@1@2", ALL),
        ("opened_atRELATIVEGT@hour@ago@5", ["full"]),
        ("opened_atRELATIVEGT@hour@ago@4", []),
        ("opened_atRELATIVELT@minute@ahead@1", ["full"]),
        ("opened_atRELATIVEGE@dayofweek@ago@1", ["full"]),
        ("opened_atRELATIVELE@month@ago@1", []),
        ("opened_atRELATIVEEE@dayofweek@ago@0", ["full"]),
        ("opened_atRELATIVEEE@dayofweek@ago@1", []),
        ("opened_atRELATIVEEE@quarter@ago@0", ["full"]),
        ("closed_atRELATIVEGT@dayofweek@ahead@1", ["full"]),
        ("opened_atRELATIVEGT@fortnight@ago@1", ALL),
        ("opened_atRELATIVEGT@year@ago@9999", ALL),
        ("opened_atRELATIVEGT", ALL),
        ("stateRELATIVEGT@hour@ago@5", ALL),
        ("opened_atDATEPARTx@javascript:gs.datePart('dayofweek','wednesday','EE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('dayofweek','Monday','GE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('dayofweek','saturday','GE')", []),
        ("opened_atDATEPARTx@javascript:gs.datePart('month','mar','EE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('hour','9','EE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('quarter','1','LE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('week','10','EE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('year','2026','LT')", []),
        ("dueDATEPARTx@javascript:gs.datePart('dayofweek','wednesday','EE')", ["full"]),
        ("opened_atDATEPARTx@javascript:gs.datePart('century','20','EE')", ALL),
        ("opened_atDATEPARTx@javascript:gs.datePart('month','may be','EE')", ALL),
    ],
)
def test_dates__by_the_callers_clock(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("opened_atSAMEASclosed_at", []),
        ("opened_atSAMEASclosed_at@day", []),
        ("opened_atSAMEASclosed_at@week", ["full"]),
        ("opened_atSAMEASclosed_at@month", ["full"]),
        ("opened_atSAMEASclosed_at@quarter", ["full"]),
        ("opened_atNSAMEASclosed_at@day", ["full"]),
        ("opened_atSAMEASclosed_at@fortnight", ALL),
        ("opened_atNSAMEASclosed_at", ["full"]),
        ("numberSAMEASnumber", ["full", "prob"]),
        ("numberSAMEASnope", ALL),
        ("closed_atGT_FIELDopened_at", ["full"]),
        ("closed_atLT_FIELDopened_at", []),
        ("opened_atGT_OR_EQUALS_FIELDopened_at", ["full"]),
        ("opened_atLT_OR_EQUALS_FIELDclosed_at", ["full"]),
        ("opened_atGT_FIELDnope", ALL),
        ("closed_atMORETHANopened_at@day@after@1", ["full"]),
        ("closed_atMORETHANopened_at@day@after@2", []),
        ("closed_atMORETHANopened_at@hour@after@47", ["full"]),
        ("closed_atLESSTHANopened_at@day@after@3", ["full"]),
        ("closed_atLESSTHANopened_at@day@before@3", []),
        ("opened_atLESSTHANclosed_at@week@before@1", ["full"]),
        ("opened_atMORETHANclosed_at@day@before@1", ["full"]),
        ("opened_atMORETHANnumber@day@before@1", ALL),
        ("opened_atMORETHANclosed_at", ALL),
    ],
)
def test_dates__against_another_column(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state=2^active=true", ["full"]),
        ("state=2^active=false", []),
        ("state=2^ORstate=10", ["full", "low"]),
        ("active=true^ORactive=false^state=10", ["low"]),
        ("state=2^active=false^NQstate=10", ["low"]),
        ("state=2^NQstate=10^active=false^NQnumber=PRB1", ["full", "low", "prob"]),
        ("state=2^nope=1", ["full"]),
        ("state=2^ORnope=1", ["full"]),
        ("state=2^number.name=1", ["full"]),
        ("state=2^contract.number=1", ["full"]),
        ("state=2^stray text", ["full"]),
        ("state=2^stateVALCHANGES", ["full"]),
        ("state=2^stateCHANGESTO3", ["full"]),
        ("nope=1", ALL),
        ("123TEXTINDEXGROUP321=portal", ALL),
        ("state=2^NQnope=1", ALL),
        ("sys_tags.abc=abc", []),
        ("sys_tags.abcDOESNOTHAVEabc", ALL),
        ("sys_tags.abcEXCLUDINGabc", ALL),
        ("sys_tags.abcLIKEabc", ALL),
    ],
)
def test_logic__and_or_and_dropped_conditions(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


@pytest.mark.parametrize(
    "text", ["nope=1", "state=2^nope=1", "state=2^ORnope=1", "state=2^NQnope=1", "stray", "opened_at>nonsense"]
)
def test_invalid_query__matches_nothing_where_the_property_says_so(
    find: Find, context: QueryContext, text: str
) -> None:
    assert find("task", text, replace(context, invalid_query_returns_no_rows=True)) == []


def test_invalid_query__a_valid_one_is_not_touched_by_the_property(find: Find, context: QueryContext) -> None:
    assert find("task", "state=2^ORDERBYnope", replace(context, invalid_query_returns_no_rows=True)) == ["full"]


@pytest.mark.parametrize(
    ("table", "text", "found"),
    [
        ("task", "ORDERBYstate", ["bare", "prob", "major", "full", "low"]),
        ("task", "ORDERBYDESCstate", ["low", "full", "major", "bare", "prob"]),
        ("task", "ORDERBYDESCsys_id", ["prob", "major", "low", "full", "bare"]),
        ("task", "ORDERBYactive^ORDERBYDESCsys_id", ["prob", "major", "bare", "low", "full"]),
        ("task", "ORDERBYnope^ORDERBYwork_notes", ALL),
        ("incident", "ORDERBYcaller_id", ["major", "low", "full"]),
        ("incident", "ORDERBYDESCcaller_id", ["full", "low", "major"]),
        ("incident", "ORDERBYDESCcaller_id.manager.name", ["full", "low", "major"]),
        ("incident", "state=2^ORDERBYDESCseverity^NQstate=10", ["full", "low"]),
        ("incident", "ORDERBYseverity^ORDERBYDESCseverity", ["major", "low", "full"]),
    ],
)
def test_order__values_and_display_values(find: Find, table: str, text: str, found: list[str]) -> None:
    assert find(table, text) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("email", ["full", "prob"]),
        ("EMAIL down", ["full"]),
        ("mail", []),
        ("", ALL),
        ("?!", ALL),
        ("Down, email!", ["full"]),
        ("email nope", []),
    ],
)
def test_text_search__whole_words_anded(find: Find, words: str, found: list[str]) -> None:
    assert find("task", f"123TEXTQUERY321={words}") == found


def test_text_search__also_as_the_interface_writes_it(find: Find) -> None:
    assert find("task", "GOTO123TEXTQUERY321=down") == ["full"]


@pytest.mark.parametrize(
    ("table", "text", "found"),
    [
        ("sys_user", "RLQUERYincident.caller_id,>=1^ENDRLQUERY", ["abel", "beth"]),
        ("sys_user", "RLQUERYincident.caller_id,>=1,active=true^ENDRLQUERY", ["beth"]),
        ("sys_user", "RLQUERYincident.caller_id,=0,m2m^active=true^ENDRLQUERY", ["abel"]),
        ("sys_user", "RLQUERYincident.caller_id,>1^ENDRLQUERY", []),
        ("sys_user", "RLQUERYincident.caller_id,>=0^ENDRLQUERY", ["abel", "beth"]),
        ("sys_user", "RLQUERYincident.caller_id,!=0^ENDRLQUERY^active=true", ["abel"]),
        ("sys_user", "RLQUERYincident.caller_id,<1,caller_id.nameLIKEabel^ENDRLQUERY", ["beth"]),
        ("task", "RLQUERYtask.parent,>0,number=PRB1^ENDRLQUERY", ["full"]),
        ("sys_user", "RLQUERYincident.nope,>0^ENDRLQUERY", ["abel", "beth"]),
        ("sys_user", "RLQUERYnope.caller_id,>0^ENDRLQUERY", ["abel", "beth"]),
        ("sys_user", "RLQUERYincident.caller_id,many^ENDRLQUERY", ["abel", "beth"]),
        ("sys_user", "JOINsys_user.sys_id=sys_user.manager", ["abel"]),
        ("sys_user", "JOINsys_user.sys_id=incident.caller_id!active=true^state=2", ["beth"]),
        ("sys_user", "JOINincident.sys_id=sys_user.manager", ["abel", "beth"]),
        ("sys_user", "SUBQUERYsys_id,user,sys_user_grmember^group.name=Network^ENDSUBQUERY", ["abel"]),
        ("sys_user", "SUBQUERYnope,user,sys_user_grmember^ENDSUBQUERY", ["abel", "beth"]),
    ],
)
def test_related__other_tables(find: Find, table: str, text: str, found: list[str]) -> None:
    assert find(table, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sys_id>full^NQsys_id=bare^ORDERBYsys_id", ["bare", "low", "major", "prob"]),
        ("state=2^sys_id>a^NQstate=10^sys_id>a^ORDERBYsys_id", ["full", "low"]),
        ("opened_at>2026-03-05^NQopened_at=2026-03-04 08:00:00^sys_id>a^ORDERBYopened_at^ORDERBYsys_id", ["full"]),
        ("opened_at>2026-03-05^NQstate=10^ORDERBYopened_at", ["low"]),
        ("sys_id>Full^NQsys_id=LOW", ["low", "major", "prob"]),
        ("sys_id=low ^NQsys_id=major", ["low", "major"]),
    ],
)
def test_keyset__a_common_bound_changes_nothing(find: Find, text: str, found: list[str]) -> None:
    assert find("task", text) == found


def test_compile__thousands_of_conditions_run(find: Find) -> None:
    assert find("task", "^OR".join(["sys_id=full"] * 5_000)) == ["full"]


def test_compile__more_parameters_than_sqlite_takes_match_nothing(find: Find) -> None:
    assert find("task", "^".join(["sys_id=full"] * 40_000)) == []


def test_compile__long_lists_run(find: Find) -> None:
    assert find("task", "sys_idIN" + ",".join(f"x{number}" for number in range(50_000)) + ",full") == ["full"]


def test_compile__unknown_table(dictionary: Dictionary, context: QueryContext) -> None:
    with pytest.raises(UnknownTable, match="nope"):
        compile(dictionary, "nope", parse(""), context)
