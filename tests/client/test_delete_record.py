"""After a deletion the record is gone, or the error says that nobody knows."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import AmbiguousWrite, PermissionDenied, RecordNotFound
from pysnow.writing.delete_record import Deleted
from tests.client.writing import COMMITTED, HARMLESS, NOT_COMMITTED, Hands, client_of, outcome, row_of, sent

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

# An answer to a DELETE has no body, so that what happens to bodies does not happen to it.
LOST = [fault for fault in COMMITTED if "commit=true" in fault or fault.startswith(("drop", "hang"))]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def sys_id(sandbox: Sandbox) -> str:
    """A record of the test's own."""
    return str(sandbox.add("incident", {"short_description": "before"})["sys_id"])


def test_delete__says_that_it_is_done(incidents: Table, sys_id: str) -> None:
    assert type(incidents.delete(sys_id)) is dict


@pytest.mark.parametrize("fault", LOST)
def test_delete__behind_a_lost_answer__is_done(incidents: Table, sandbox: Sandbox, sys_id: str, fault: str) -> None:
    with sandbox.fault(fault, method="DELETE", times=1):
        result: Any = incidents.delete(sys_id)
    assert (result, result.already_gone) == ({"status": "record deleted"}, True)
    assert row_of(sandbox, sys_id) is None


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_delete__that_was_not_carried_out__is_never_silent(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="DELETE", times=1):
        made = outcome(lambda: incidents.delete(sys_id))
    assert isinstance(made, AmbiguousWrite) == (row_of(sandbox, sys_id) is not None)


@pytest.mark.parametrize("fault", ["drop-before", "server-error", "accepted", "request-timeout", *HARMLESS])
def test_delete__that_another_try_heals__is_repeated(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="DELETE", times=2):
        result: Any = incidents.delete(sys_id)
    assert (row_of(sandbox, sys_id), type(result)) == (None, dict)


@pytest.mark.parametrize("fault", ["server-error:commit=true", "login-page:commit=true", "empty-body:status=200"])
def test_delete__whose_answers_are_all_lost__is_seen(
    incidents: Table, sandbox: Sandbox, sys_id: str, fault: str
) -> None:
    with sandbox.fault(fault, method="DELETE"):
        result: Any = incidents.delete(sys_id)
    assert (row_of(sandbox, sys_id), result.already_gone) == (None, True)


def test_delete__that_never_succeeds__is_ambiguous(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("server-error", method="DELETE"), pytest.raises(AmbiguousWrite) as caught:
        incidents.delete(sys_id)
    assert (caught.value.sys_id, sent(sandbox, "DELETE"), caught.value.operation) == (sys_id, 4, "delete")


def test_delete__of_no_record(incidents: Table) -> None:
    with pytest.raises(RecordNotFound):
        incidents.delete("0" * 32)


def test_delete__of_no_record__behind_a_refusal_that_did_nothing(incidents: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("too-many-requests", method="DELETE", times=1), pytest.raises(RecordNotFound):
        incidents.delete("0" * 32)


def test_delete__refused(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    sandbox.deny("incident", "delete", admins_too=True)
    with pytest.raises(PermissionDenied) as caught:
        incidents.delete(sys_id)
    assert caught.value.committed is False


def test_delete__refused_behind_a_lost_answer__is_ambiguous(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    sandbox.faults.add("drop-before", method="DELETE", times=1)
    with sandbox.fault("forbidden", method="DELETE", nth=2), pytest.raises(AmbiguousWrite):
        incidents.delete(sys_id)


def test_check__tells_that_it_is_gone(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("server-error", method="DELETE"):
        error = outcome(lambda: incidents.delete(sys_id))
    incidents.delete(sys_id)
    assert error.check() == {"status": "record deleted"}


def test_check__tells_that_it_is_still_there(incidents: Table, sandbox: Sandbox, sys_id: str, hands: Hands) -> None:
    with sandbox.fault("server-error", method="DELETE"):
        error = outcome(lambda: incidents.delete(sys_id))
    hands.now += 60
    assert error.check() is None


def test_check__cannot_tell_while_the_transaction_may_run(incidents: Table, sandbox: Sandbox, sys_id: str) -> None:
    with sandbox.fault("server-error", method="DELETE"):
        error = outcome(lambda: incidents.delete(sys_id))
    with pytest.raises(AmbiguousWrite):
        error.check()


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_deleted__can_be_copied(twin: Any) -> None:
    deleted = Deleted(status="record deleted")
    copied = twin(deleted)
    assert (type(copied), copied, copied.already_gone) == (Deleted, deleted, True)


def test_deleted__is_json() -> None:
    assert json.dumps(Deleted(status="record deleted")) == '{"status": "record deleted"}'
