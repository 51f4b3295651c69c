"""A record is created once, whatever happens to the answer, or the error says that nobody knows."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import (
    AmbiguousWrite,
    AuthenticationError,
    Client,
    InvalidUsage,
    PermissionDenied,
    ServerError,
    TransportError,
)
from tests.client.writing import (
    COMMITTED,
    HARMLESS,
    NOT_COMMITTED,
    CommitLater,
    Hands,
    Ignoring,
    client_of,
    outcome,
    rows_of,
    sent,
)

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox
    from pysnow.table import Table

BODY = {"short_description": "once"}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def incidents(sandbox: Sandbox, hands: Hands) -> Table:
    """The table, of an instance about which nothing is known yet."""
    return client_of(sandbox, hands).table("incident")


@pytest.fixture
def known(incidents: Table, sandbox: Sandbox) -> Table:
    """The table, after it has shown that it keeps sys_id and correlation_id."""
    incidents.create({"short_description": "before"}, key="before")
    sandbox.requests.clear()
    return incidents


def _made(sandbox: Sandbox) -> int:
    return len(rows_of(sandbox, "once"))


def _naive_loop(create: Callable[[], Any]) -> list[Exception]:
    """What programs do."""
    errors: list[Exception] = []
    for _ in range(3):
        try:
            create()
            break
        except Exception as error:
            errors.append(error)
    return errors


# -- without a key -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", COMMITTED)
def test_create__behind_a_lost_answer__is_one_record_or_ambiguous(
    incidents: Table, sandbox: Sandbox, fault: str
) -> None:
    with sandbox.fault(fault, method="POST"):
        made = outcome(lambda: incidents.create(BODY))
    assert (_made(sandbox), sent(sandbox, "POST")) == (1, 1)
    assert isinstance(made, AmbiguousWrite) or made["short_description"] == "once"


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_create__that_was_not_carried_out__is_ambiguous(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST"), pytest.raises(AmbiguousWrite):
        incidents.create(BODY)
    assert (_made(sandbox), sent(sandbox, "POST")) == (0, 1)


@pytest.mark.parametrize("fault", HARMLESS)
def test_create__refused_before_it_began__is_sent_again(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST", times=2):
        incidents.create(BODY)
    assert _made(sandbox) == 1


def test_create__that_reached_nobody__was_not_made(hands: Hands) -> None:
    client = Client(instance="http://127.0.0.1:9", user="admin", password="x")
    client._clockwork = hands.clockwork
    with pytest.raises(TransportError) as caught:
        client.table("incident").create(BODY)
    assert (type(caught.value) is AmbiguousWrite, caught.value.committed) == (False, False)


def test_create__with_wrong_credentials__was_not_made(sandbox: Sandbox) -> None:
    with pytest.raises(AuthenticationError) as caught:
        Client(instance=sandbox.url, user="admin", password="wrong").table("incident").create(BODY)
    assert caught.value.committed is False


def test_create__refused_by_access_rules__was_not_made(sandbox: Sandbox, incidents: Table) -> None:
    sandbox.deny("incident", "create", admins_too=True)
    with pytest.raises(PermissionDenied) as caught:
        incidents.create(BODY)
    assert caught.value.committed is False


def test_create__refused_with_a_403_that_says_little__may_have_been_made(sandbox: Sandbox, incidents: Table) -> None:
    """A 403 was seen after the record had been created (KB2697679)."""
    with sandbox.fault("forbidden:commit=true", method="POST"), pytest.raises(PermissionDenied) as caught:
        incidents.create(BODY)
    assert (caught.value.committed, _made(sandbox)) == (None, 1)


def test_create__whose_answer_named_the_record_before_it_broke__gives_it(incidents: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("cut-body:framing=length", method="POST"):
        created = incidents.create(BODY)
    assert created["sys_id"] == rows_of(sandbox, "once")[0]["sys_id"]


def test_create__hidden_by_access_rules__gives_its_sys_id(sandbox: Sandbox, incidents: Table) -> None:
    """201 without a body (KB3047115)."""
    sandbox.deny("incident", "read", where="short_description=once", admins_too=True)
    assert dict(incidents.create(BODY)) == {"sys_id": rows_of(sandbox, "once")[0]["sys_id"]}


def test_create__without_a_body_as_asked__is_no_error(incidents: Table, sandbox: Sandbox) -> None:
    assert incidents.create(BODY, headers={"X-no-response-body": "true"}).status_code == 201


# -- what the error says -----------------------------------------------------------------------------------------------


@pytest.fixture
def error(incidents: Table, sandbox: Sandbox) -> AmbiguousWrite:
    with sandbox.fault("server-error:status=503,html=true", method="POST"), pytest.raises(AmbiguousWrite) as caught:
        incidents.create(BODY)
    return caught.value


def test_ambiguous_write__says_what_is_known(error: AmbiguousWrite) -> None:
    known = (error.operation, error.table, error.method, error.path, error.status, error.committed)
    assert known == ("create", "incident", "POST", "/api/now/table/incident", 503, None)


def test_ambiguous_write__tells_the_attempts(error: AmbiguousWrite) -> None:
    assert [(attempt.phase, attempt.status) for attempt in error.attempts] == [("answered", 503)]


def test_ambiguous_write__tells_when_it_was_sent(error: AmbiguousWrite) -> None:
    assert error.sent_at is not None
    assert error.sent_at.tzinfo is not None


def test_ambiguous_write__has_its_cause(error: AmbiguousWrite) -> None:
    assert (type(error.__cause__).__name__, getattr(error.__cause__, "status", None)) == ("ServerError", 503)


def test_ambiguous_write__is_one_line_that_says_what_to_do(error: AmbiguousWrite) -> None:
    assert "\n" not in str(error)
    assert "key=" in str(error)


def test_ambiguous_write__without_a_key_cannot_look(error: AmbiguousWrite) -> None:
    with pytest.raises(AmbiguousWrite) as caught:
        error.check()
    assert caught.value is error


# -- the key -----------------------------------------------------------------------------------------------------------


def test_key__is_sent_in_both_columns(incidents: Table, sandbox: Sandbox) -> None:
    created = incidents.create(BODY, key="order 4711")
    digest = hashlib.sha256(b"incident\x00order 4711").hexdigest()[:32]
    assert (created["sys_id"], created["correlation_id"]) == (digest, "order 4711")


@pytest.mark.parametrize(("way", "other"), [("sys_id", "correlation_id"), ("correlation_id", "sys_id")])
def test_idempotency__picks_one_column(sandbox: Sandbox, incidents: Table, way: Any, other: str) -> None:
    created = incidents.create(BODY, key="4711", idempotency=way)
    both = {"sys_id": hashlib.sha256(b"incident\x004711").hexdigest()[:32], "correlation_id": "4711"}
    assert (created[way] == both[way], created[other] == both[other]) == (True, False)


def test_key__that_is_a_sys_id_is_the_sys_id(incidents: Table) -> None:
    assert incidents.create(BODY, key="AB" * 16)["sys_id"] == "ab" * 16


def test_key__leaves_the_payload_alone(incidents: Table) -> None:
    payload = dict(BODY)
    incidents.create(payload, key="4711")
    assert payload == BODY


def test_key__gives_way_to_the_payloads_own_columns(incidents: Table) -> None:
    created = incidents.create({**BODY, "sys_id": "cd" * 16, "correlation_id": "mine"}, key="4711")
    assert (created["sys_id"], created["correlation_id"]) == ("cd" * 16, "mine")


def test_key__finds_the_record_of_an_earlier_call(incidents: Table, sandbox: Sandbox) -> None:
    first, second = incidents.create(BODY, key="4711"), incidents.create(BODY, key="4711")
    assert (first["sys_id"], first.existed, second.existed) == (second["sys_id"], False, True)
    assert _made(sandbox) == 1


def test_key__finds_the_record_of_another_process(incidents: Table, sandbox: Sandbox, hands: Hands) -> None:
    incidents.create(BODY, key="4711")
    again = client_of(sandbox, hands).table("incident").create(BODY, key="4711")
    assert (again.existed, _made(sandbox)) == (True, 1)


def test_key__is_of_one_table(incidents: Table, sandbox: Sandbox, hands: Hands) -> None:
    incidents.create(BODY, key="4711")
    problem = client_of(sandbox, hands).table("problem").create(BODY, key="4711")
    assert (problem.existed, len(rows_of(sandbox, "once", "problem"))) == (False, 1)


def test_key__is_looked_for_no_more_when_the_sys_id_is_kept(known: Table, sandbox: Sandbox) -> None:
    known.create(BODY, key="4711")
    assert [entry.method for entry in sandbox.requests] == ["POST"]


def test_key__existing_is_settled_by_the_unique_key(known: Table, sandbox: Sandbox) -> None:
    known.create(BODY, key="4711")
    again = known.create(BODY, key="4711")
    assert (again.existed, _made(sandbox)) == (True, 1)


def test_key__answer_is_shaped_as_that_of_a_post(known: Table) -> None:
    known.parameters.fields = ["number"]
    known.parameters.display_value = "all"
    first, second = known.create(BODY, key="4711"), known.create(BODY, key="4711")
    assert (dict(first), second.existed) == (dict(second), True)


@pytest.mark.parametrize("key", ["", "  ", 5, b"x", "\ud800"])
def test_key__must_be_a_text(incidents: Table, sandbox: Sandbox, key: Any) -> None:
    with pytest.raises(InvalidUsage, match="key"):
        incidents.create(BODY, key=key)
    assert not sandbox.requests


@pytest.mark.parametrize("arguments", [{"key": "a", "idempotency": "none"}, {"key": "a", "idempotency": "auto"}])
def test_idempotency__must_make_sense(incidents: Table, sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage):
        incidents.create(BODY, **arguments)
    assert not sandbox.requests


def test_key__needs_a_table(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(InvalidUsage, match="record of a table"):
        client.resource("/import/u_staging").create(BODY, key="4711")
    assert not sandbox.requests


@pytest.mark.parametrize(
    "key", ["x" * 300, "javascript:gs.x()", "a^b=c", "tail ", "line\nbreak", "IN,1", "=5", "ünïcödé 火"]
)
def test_key__of_any_text_is_found_again(incidents: Table, sandbox: Sandbox, hands: Hands, key: str) -> None:
    incidents.create(BODY, key=key, idempotency="correlation_id")
    again = client_of(sandbox, hands).table("incident").create(BODY, key=key, idempotency="correlation_id")
    assert (again.existed, _made(sandbox)) == (True, 1)


def test_key__of_another_case_is_another(incidents: Table, sandbox: Sandbox) -> None:
    """The column compares without regard to case."""
    for key in ("Order", "order", "ORDER"):
        assert not incidents.create(BODY, key=key, idempotency="correlation_id").existed
    assert _made(sandbox) == 3


# -- a key, and an answer that is lost ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", COMMITTED)
def test_create__with_a_key__finds_what_was_made(incidents: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST"):
        created = incidents.create(BODY, key="4711")
    assert (created["short_description"], created.existed, _made(sandbox)) == ("once", False, 1)


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_create__with_a_key__makes_up_for_what_was_not_made(known: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST", times=1):
        made = outcome(lambda: known.create(BODY, key="4711"))
    if isinstance(made, AmbiguousWrite):  # what no other try heals is not tried again
        assert (_made(sandbox), known.create(BODY, key="4711").existed) == (0, False)
    assert _made(sandbox) == 1


@pytest.fixture
def busy(incidents: Table, sandbox: Sandbox, hands: Hands) -> Table:
    """The table, while others create records, too."""
    hands.on_wait = lambda: sandbox.add("incident", {"short_description": "of somebody else"})
    return incidents


@pytest.mark.parametrize("fault", NOT_COMMITTED)
def test_create__with_a_key_of_which_nothing_is_known__is_ambiguous(busy: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST", times=1):
        made = outcome(lambda: busy.create(BODY, key="4711"))
    assert (type(made), made.key, _made(sandbox)) == (AmbiguousWrite, "4711", 0)


@pytest.mark.parametrize("fault", ["drop-before", "server-error", "accepted"])
def test_create__with_a_key_of_which_nothing_is_known__is_made_on_a_table_that_got_nothing_since(
    incidents: Table, sandbox: Sandbox, hands: Hands, fault: str
) -> None:
    with sandbox.fault(fault, method="POST", times=1):
        created = incidents.create(BODY, key="4711")
    assert (created["short_description"], _made(sandbox), hands.waits[0]) == ("once", 1, 60.0)


@pytest.mark.parametrize("fault", [*COMMITTED, *NOT_COMMITTED, *HARMLESS, "forbidden:commit=true", "forbidden"])
@pytest.mark.parametrize("lost", ["", "sys_id", "correlation_id", "sys_id+correlation_id"])
def test_naive_loop__with_a_key__makes_no_second_record(
    incidents: Table, sandbox: Sandbox, fault: str, lost: str
) -> None:
    with sandbox.fault(fault, method="POST", times=2):
        if lost:
            sandbox.faults.add(Ignoring(lost), method="POST")
        errors = _naive_loop(lambda: incidents.create(BODY, key="4711"))
    made = _made(sandbox)
    assert made == 1 or (made == 0 and len(errors) == 3)


@pytest.mark.parametrize("fault", ["drop-before", "server-error", "accepted", "request-timeout"])
def test_naive_loop__with_a_key_on_a_table_that_keeps_it__makes_one(known: Table, sandbox: Sandbox, fault: str) -> None:
    with sandbox.fault(fault, method="POST", times=6):
        _naive_loop(lambda: known.create(BODY, key="4711"))
    assert _made(sandbox) == 1


def test_create__on_a_table_that_loses_the_sys_id__is_found_by_the_other_column(
    incidents: Table, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Ignoring("sys_id"), method="POST")
    first, second = incidents.create(BODY, key="4711"), incidents.create(BODY, key="4711")
    assert (first["sys_id"], second.existed, _made(sandbox)) == (second["sys_id"], True, 1)


def test_create__on_a_table_that_loses_both__is_found_by_its_own_client(incidents: Table, sandbox: Sandbox) -> None:
    sandbox.faults.add(Ignoring("sys_id+correlation_id"), method="POST")
    first, second = incidents.create(BODY, key="4711"), incidents.create(BODY, key="4711")
    assert (first["sys_id"], second.existed, _made(sandbox)) == (second["sys_id"], True, 1)


def test_create__absent_counts_only_after_the_transaction_limit(
    incidents: Table, sandbox: Sandbox, hands: Hands
) -> None:
    """The connection broke, and the instance goes on working for a minute."""
    sandbox.faults.add(Ignoring("sys_id"), method="POST")
    incidents.create({"short_description": "before"}, key="before")
    later = CommitLater()
    hands.on_wait = later.finish
    sandbox.faults.add(later, method="POST", times=1)
    created = incidents.create(BODY, key="4711")
    assert (created["short_description"], _made(sandbox), sum(hands.waits)) == ("once", 1, 60.0)


def test_create__waits_for_nothing_where_the_unique_key_guards(known: Table, sandbox: Sandbox, hands: Hands) -> None:
    with sandbox.fault("drop-before", method="POST", times=1):
        known.create(BODY, key="4711")
    assert sum(hands.waits) < 1


def test_create__late_behind_the_repetition_hits_the_unique_key(known: Table, sandbox: Sandbox, hands: Hands) -> None:
    later = CommitLater()
    sandbox.faults.add(later, method="POST", times=1)
    known.create(BODY, key="4711")
    later.finish()
    assert _made(sandbox) == 1


def test_create__with_another_unique_value_taken__is_refused(client: Client, sandbox: Sandbox) -> None:
    users = client.table("sys_user")
    with pytest.raises(PermissionDenied) as caught:
        users.create({"user_name": "admin", "last_name": "Second"}, key="4711")
    assert caught.value.committed is False


def test_create__on_a_table_without_the_column__is_found_by_its_sys_id(
    client: Client, sandbox: Sandbox, hands: Hands
) -> None:
    """The instance drops the condition on a column that it does not know, and sends whatever there is."""
    first = client.table("sys_user").create({"last_name": "Once"}, key="4711")
    again = client_of(sandbox, hands).table("sys_user").create({"last_name": "Once"}, key="4711")
    assert (again["sys_id"], again.existed) == (first["sys_id"], True)


def test_create__of_a_user_who_may_not_read_what_he_creates(sandbox: Sandbox, incidents: Table) -> None:
    sandbox.deny("incident", "read", where="short_description=once", admins_too=True)
    created = incidents.create(BODY, key="4711")
    with pytest.raises(AmbiguousWrite):
        incidents.create(BODY, key="4711")
    assert (len(created), _made(sandbox)) == (1, 1)


def test_create__look_up_that_fails_sends_nothing(incidents: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("server-error", method="GET"), pytest.raises(ServerError) as caught:
        incidents.create(BODY, key="4711")
    assert (caught.value.committed, sent(sandbox, "POST")) == (False, 0)


def test_create__that_is_refused_can_be_tried_anew(known: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("unauthorized", method="POST"), pytest.raises(AuthenticationError):
        known.create(BODY, key="4711")
    assert not known.create(BODY, key="4711").existed


def test_create__interrupted_stays_open(known: Table, sandbox: Sandbox, hands: Hands) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    hands.on_wait = stop
    with sandbox.fault("too-many-requests", method="POST"), pytest.raises(KeyboardInterrupt) as caught:
        known.create(BODY, key="4711")
    assert isinstance(caught.value.__cause__, AmbiguousWrite)


# -- looking again -----------------------------------------------------------------------------------------------------


def test_check__finds_what_was_made_late(busy: Table, sandbox: Sandbox) -> None:
    later = CommitLater()
    sandbox.faults.add(later, method="POST", times=1)
    error = outcome(lambda: busy.create(BODY, key="4711"))
    later.finish()
    assert error.check()["short_description"] == "once"


def test_check__raises_itself_when_the_key_may_not_be_kept(busy: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("drop-before", method="POST", times=1):
        error = outcome(lambda: busy.create(BODY, key="4711"))
    with pytest.raises(AmbiguousWrite) as caught:
        error.check()
    assert caught.value is error


def test_check__is_none_when_it_certainly_was_not_made(known: Table, sandbox: Sandbox, hands: Hands) -> None:
    with sandbox.fault("drop-before", method="POST"):
        error = outcome(lambda: known.create(BODY, key="4711"))
    hands.now += 60
    assert error.check() is None


def test_check__waits_for_the_end_of_the_transaction(known: Table, sandbox: Sandbox) -> None:
    with sandbox.fault("login-page", method="POST"):
        error = outcome(lambda: known.create(BODY, key="4711"))
    with pytest.raises(AmbiguousWrite):
        error.check()


# -- every creation verified -------------------------------------------------------------------------------------------


def test_verified__gives_every_creation_a_key(sandbox: Sandbox, hands: Hands) -> None:
    incidents = client_of(sandbox, hands, writes="verified").table("incident")
    with sandbox.fault("drop-after", method="POST"):
        created = incidents.create(BODY)
    assert (created["short_description"], len(created["correlation_id"]), _made(sandbox)) == ("once", 32, 1)


def test_verified__looks_for_no_key_that_nobody_can_have(sandbox: Sandbox, hands: Hands) -> None:
    client_of(sandbox, hands, writes="verified").table("incident").create(BODY)
    assert [entry.method for entry in sandbox.requests] == ["POST"]


def test_verified__can_be_left_out_once(sandbox: Sandbox, hands: Hands) -> None:
    incidents = client_of(sandbox, hands, writes="verified").table("incident")
    assert incidents.create(BODY, idempotency="none")["correlation_id"] == ""


def test_verified__two_equal_creations_are_two(sandbox: Sandbox, hands: Hands) -> None:
    incidents = client_of(sandbox, hands, writes="verified").table("incident")
    assert incidents.create(BODY)["sys_id"] != incidents.create(BODY)["sys_id"]


# -- threads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", ["", "sys_id"])
def test_threads__with_one_key_make_one_record(incidents: Table, sandbox: Sandbox, lost: str) -> None:
    if lost:
        sandbox.faults.add(Ignoring(lost), method="POST")
    start = threading.Barrier(8)

    def create(_: int) -> str:
        start.wait()
        return str(incidents.create(BODY, key="4711")["sys_id"])

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(create, range(8)))
    assert (len(made), _made(sandbox)) == (1, 1)


def test_create__column_as_an_attribute__names_what_has_them(sandbox: Sandbox) -> None:
    made = client_of(sandbox, Hands()).table("incident").create({"short_description": "x"})
    with pytest.raises(AttributeError, match=r"write \['short_description'\]. For a Record, .* get_by_id\(\)"):
        _ = made.short_description  # type: ignore[attr-defined]  # which is what this is about


def test_create__no_such_attribute__is_the_usual_error(sandbox: Sandbox) -> None:
    made = client_of(sandbox, Hands()).table("incident").create({"short_description": "x"})
    with pytest.raises(AttributeError, match="has no attribute 'nope'$"):
        _ = made.nope  # type: ignore[attr-defined]  # which is what this is about
