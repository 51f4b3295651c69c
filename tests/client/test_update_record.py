"""After an update the record holds the payload and a note stands there once, or the error says that nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AmbiguousWrite, InvalidUsage, NoResults, PermissionDenied, RecordNotFound
from tests.client.writing import (
    COMMITTED,
    HARMLESS,
    NOT_COMMITTED,
    CommitLater,
    Hands,
    client_of,
    notes_of,
    outcome,
    row_of,
    sent,
)

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

PLAIN = {"short_description": "changed", "urgency": "1"}
NOTED = {"short_description": "changed", "work_notes": "It is dark"}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def sys_id(sandbox: Sandbox) -> str:
    """A record of the test's own."""
    return str(sandbox.add("incident", {"short_description": "before", "urgency": "3"})["sys_id"])


def _text(sandbox: Sandbox, sys_id: str) -> Any:
    row = row_of(sandbox, sys_id)
    return row and row["short_description"]


# -- plain columns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", COMMITTED)
def test_update__behind_a_lost_answer__is_seen(incidents: Table, sandbox: Sandbox, sys_id: str, fault: str) -> None:
    with sandbox.fault(fault, method="PUT", times=1):
        updated = incidents.update(sys_id, PLAIN)
    assert (updated["short_description"], _text(sandbox, sys_id), sent(sandbox, "PUT")) == ("changed", "changed", 1)


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_update__that_was_not_carried_out__is_never_silent(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=1):
        made = outcome(lambda: incidents.update(sys_id, PLAIN))
    assert isinstance(made, AmbiguousWrite) == (_text(sandbox, sys_id) == "before")


@pytest.mark.parametrize("fault", ["drop-before", "server-error", "accepted", "transaction-cancelled"])
def test_update__that_another_try_heals__is_repeated(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=2):
        assert incidents.update(sys_id, PLAIN)["short_description"] == "changed"
    assert _text(sandbox, sys_id) == "changed"


@pytest.mark.parametrize("fault", HARMLESS)
def test_update__refused_before_it_began__is_sent_again(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=2):
        incidents.update(sys_id, NOTED)
    assert (_text(sandbox, sys_id), notes_of(sandbox, sys_id)) == ("changed", ["It is dark"])


def test_update__that_never_succeeds__is_ambiguous(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("server-error", method="PUT"), pytest.raises(AmbiguousWrite) as caught:
        incidents.update(sys_id, PLAIN)
    assert (caught.value.sys_id, len(caught.value.attempts), caught.value.status) == (sys_id, 4, 500)


@pytest.mark.parametrize(
    "payload",
    [{"active": False}, {"urgency": 2}, {"short_description": "a\r\nb"}, {"description": ""}, {"caller_id": None}],
    ids=str,
)
def test_update__is_seen_whatever_the_value_is(
    incidents: Table, sandbox: Sandbox, sys_id: str, payload: dict[str, Any]
) -> None:
    with sandbox.fault("drop-after", method="PUT"):
        incidents.update(sys_id, payload)
    assert sent(sandbox, "PUT") == 1


def test_update__is_seen_in_what_people_read(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("drop-after", method="PUT"):
        incidents.update(sys_id, {"urgency": "1 - High"}, params={"sysparm_input_display_value": "true"})
    assert sent(sandbox, "PUT") == 1


def test_update__found_again_is_shaped_as_asked(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("drop-after", method="PUT"):
        updated = incidents.update(sys_id, PLAIN, params={"sysparm_fields": "number,urgency"})
    assert set(updated) == {"number", "urgency"}


def test_update__refused__changed_nothing(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    sandbox.deny("incident", "write", admins_too=True)
    with pytest.raises(PermissionDenied) as caught:
        incidents.update(sys_id, PLAIN)
    assert caught.value.committed is False


def test_update__refused_behind_a_lost_answer__is_ambiguous(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    later = CommitLater()
    sandbox.faults.add(later, method="PUT", times=1)
    with sandbox.fault("forbidden", method="PUT", nth=2), pytest.raises(AmbiguousWrite) as caught:
        incidents.update(sys_id, PLAIN)
    later.finish()
    assert caught.value.check()["short_description"] == "changed"  # type: ignore[index]


def test_update__of_no_record(incidents: Table) -> None:
    with pytest.raises(RecordNotFound):
        incidents.update("0" * 32, PLAIN)


def test_update__of_no_record__with_a_note(incidents: Table) -> None:
    with pytest.raises(RecordNotFound):
        incidents.update("0" * 32, NOTED)


def test_update__of_a_record_that_is_gone_meanwhile__is_ambiguous(
    incidents: Table, sandbox: Sandbox, sys_id: str
) -> None:
    incidents.delete(sys_id)
    with sandbox.fault("drop-before", method="PUT"), pytest.raises(AmbiguousWrite):
        incidents.update(sys_id, PLAIN)


def test_update__without_a_body_as_asked__is_no_error(incidents: Table, sys_id: str) -> None:
    assert incidents.update(sys_id, PLAIN, headers={"X-no-response-body": "true"}).status_code == 200


def test_update__of_another_api__is_ambiguous(sandbox: Sandbox, hands: Hands) -> None:
    """Nobody knows what a GET of that path would show."""
    resource = client_of(sandbox, hands).resource("/x_acme/orders", base_path="/api")
    with sandbox.fault("drop-before", method="PUT"), pytest.raises(AmbiguousWrite):
        resource.update("0" * 32, NOTED)
    assert {entry.method for entry in sandbox.requests} <= {"PUT"}


# -- journal columns ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", COMMITTED)
@pytest.mark.parametrize("element", ["work_notes", "comments"])
def test_note__behind_a_lost_answer__stands_there_once(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str, element: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=1):
        incidents.update(sys_id, {**PLAIN, element: "It is dark"})
    assert (notes_of(sandbox, sys_id), _text(sandbox, sys_id)) == (["It is dark"], "changed")


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_note__that_was_not_written__is_never_silent(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=1):
        made = outcome(lambda: incidents.update(sys_id, NOTED))
    assert notes_of(sandbox, sys_id) == ([] if isinstance(made, AmbiguousWrite) else ["It is dark"])


def test_note__is_repeated_only_after_the_transaction_limit(
    incidents: Table, sandbox: Sandbox, sys_id: str, hands: Hands
) -> None:
    with sandbox.fault("drop-before", method="PUT", times=1):
        incidents.update(sys_id, NOTED)
    assert (notes_of(sandbox, sys_id), hands.waits[0]) == (["It is dark"], 60.0)


def test_note__written_late__is_not_written_again(
    incidents: Table, sandbox: Sandbox, sys_id: str, hands: Hands
) -> None:
    later = CommitLater()
    hands.on_wait = later.finish
    sandbox.faults.add(later, method="PUT", times=1)
    incidents.update(sys_id, NOTED)
    assert notes_of(sandbox, sys_id) == ["It is dark"]


def test_note__with_the_words_of_an_earlier_one__is_told_from_it(
    incidents: Table, sandbox: Sandbox, sys_id: str
) -> None:
    incidents.update(sys_id, {"work_notes": "ping"})
    with sandbox.fault("drop-before", method="PUT", times=1):
        incidents.update(sys_id, {"work_notes": "ping"})
    assert notes_of(sandbox, sys_id) == ["ping", "ping"]


def test_note__of_somebody_else_meanwhile__is_not_taken_for_it(
    incidents: Table, sandbox: Sandbox, sys_id: str, hands: Hands, client: Any
) -> None:
    hands.on_wait = lambda: client.table("incident").update(sys_id, {"work_notes": "Mine"})
    with sandbox.fault("drop-before", method="PUT", times=1), pytest.raises(AmbiguousWrite):
        incidents.update(sys_id, NOTED)
    assert notes_of(sandbox, sys_id) == ["Mine"]


def test_note__of_several_lines(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("drop-after", method="PUT"):
        incidents.update(sys_id, {"work_notes": "It is dark.\n\nVery dark.\n"})
    assert len(notes_of(sandbox, sys_id)) == 1


def test_note__that_may_not_be_read__goes_by_the_count_of_changes(
    incidents: Table, sandbox: Sandbox, sys_id: str
) -> None:
    sandbox.deny("incident.work_notes", "read", admins_too=True)
    with sandbox.fault("drop-after", method="PUT"), pytest.raises(AmbiguousWrite):
        incidents.update(sys_id, NOTED)
    assert notes_of(sandbox, sys_id) == ["It is dark"]


def test_note__that_may_not_be_read__is_repeated_when_nothing_has_changed(
    incidents: Table, sandbox: Sandbox, sys_id: str
) -> None:
    sandbox.deny("incident.work_notes", "read", admins_too=True)
    with sandbox.fault("drop-before", method="PUT", times=1):
        incidents.update(sys_id, NOTED)
    assert notes_of(sandbox, sys_id) == ["It is dark"]


def test_note__costs_one_get_when_the_sys_id_is_given(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    incidents.update(sys_id, NOTED)
    assert [entry.method for entry in sandbox.requests] == ["GET", "PUT"]


def test_note__costs_nothing_more_when_the_record_is_looked_up(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    incidents.update({"number": row_of(sandbox, sys_id)["number"]}, NOTED)  # type: ignore[index]
    assert [entry.method for entry in sandbox.requests] == ["GET", "PUT"]


def test_note__that_is_empty__is_none(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    incidents.update(sys_id, {**PLAIN, "work_notes": ""})
    assert [entry.method for entry in sandbox.requests] == ["PUT"]


@pytest.mark.parametrize("fault", ["drop-before", "drop-after"])
def test_update__of_a_plain_column_named_like_a_journal(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="PUT", times=1):
        incidents.update(sys_id, {"close_notes": "Done"})
    assert row_of(sandbox, sys_id)["close_notes"] == "Done"  # type: ignore[index]


def test_update__of_a_journal_by_another_name__is_not_repeated(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    sandbox.add_columns("incident", {"u_log": "journal_input"})
    incidents.update(sys_id, {"u_log": "first"})
    with sandbox.fault("drop-after", method="PUT"), pytest.raises(AmbiguousWrite):
        incidents.update(sys_id, {"u_log": "second"})
    assert sorted(notes_of(sandbox, sys_id)) == ["first", "second"]


# -- check() -----------------------------------------------------------------------------------------------------------


def test_check__is_none_when_nothing_was_changed(incidents: Table, sandbox: Sandbox, sys_id: str, hands: Hands) -> None:
    with sandbox.fault("server-error", method="PUT"):
        error = outcome(lambda: incidents.update(sys_id, PLAIN))
    hands.now += 60
    assert error.check() is None


def test_check__gives_the_record_that_was_changed_late(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("server-error", method="PUT"):
        error = outcome(lambda: incidents.update(sys_id, PLAIN))
    incidents.update(sys_id, PLAIN)
    assert error.check()["short_description"] == "changed"


# -- if_mod_count ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["sys_id", "number"])
def test_if_mod_count__lets_the_expected_version_pass(incidents: Table, sandbox: Sandbox, sys_id: str, by: str) -> None:
    row = row_of(sandbox, sys_id)
    assert row is not None
    incidents.update({by: row[by]}, PLAIN, if_mod_count=int(row["sys_mod_count"]))
    assert _text(sandbox, sys_id) == "changed"


@pytest.mark.parametrize("by", ["sys_id", "number"])
def test_if_mod_count__stops_at_another_version(incidents: Table, sandbox: Sandbox, sys_id: str, by: str) -> None:
    row = row_of(sandbox, sys_id)
    assert row is not None
    with pytest.raises(NoResults, match="sys_mod_count") as caught:
        incidents.update({by: row[by]}, PLAIN, if_mod_count=7)
    assert (caught.value.committed, sent(sandbox, "PUT")) == (False, 0)


@pytest.mark.parametrize("count", ["1", -1, True, 1.0])
def test_if_mod_count__is_a_number(incidents: Table, sandbox: Sandbox, sys_id: str, count: Any) -> None:
    with pytest.raises(InvalidUsage, match="if_mod_count"):
        incidents.update(sys_id, PLAIN, if_mod_count=count)
    assert not sandbox.requests
