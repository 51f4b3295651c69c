"""Spans of time over real HTTP: every row once, in order, however many share a second, whatever goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from pysnow import Client, IncompleteResultWarning, InvalidUsage, PysnowException, QueryIgnored, ServerError
from pysnow.sandbox import Sandbox
from pysnow.tracking.checkpoint import sealed
from pysnow.wire.clockwork import Clockwork

if TYPE_CHECKING:
    from pysnow.table import Table
    from pysnow.tracking.history import History

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FULL_SECOND = 43_200


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An instance without demo data; its clock shows noon, two days later."""
    with Sandbox(seed=False, clock=lambda: START + 2.5 * DAY) as sandbox:
        sandbox.create_table(
            "u_event", columns={"u_number": "integer", "u_at": "glide_date_time", "u_on": "glide_date"}
        )
        sandbox.faults.add("clock-skew", seconds=0)  # Date shows that clock, too
        yield sandbox


@pytest.fixture
def plant(sandbox: Sandbox, tmp_path: Path) -> Callable[[list[float]], None]:
    """Plants rows, created so many seconds after the start."""

    def plant(seconds: list[float]) -> None:
        rows = []
        for number, second in enumerate(seconds):
            stamp = f"{START + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}"
            rows.append(
                {
                    "sys_id": f"{(number * 7919) % 1_000_003:032x}",
                    "u_number": str(number),
                    "sys_created_on": stamp,
                    "sys_updated_on": stamp,
                    "sys_mod_count": "0",
                }
            )
        path = tmp_path / "u_event.json"
        path.write_text(json.dumps({"result": rows}))
        sandbox.load(path)

    return plant


@pytest.fixture
def events(sandbox: Sandbox) -> Iterator[Table]:
    """The table, by a client that does not wait in truth before it tries again."""
    with Client(instance=sandbox.url, user="admin", password="admin") as client:
        client._clockwork = Clockwork(sleep=lambda seconds: None)
        yield client.table("u_event")


@pytest.fixture
def planted(plant: Callable[[list[float]], None]) -> int:
    """A hundred rows over a day, and thirty in one second of it."""
    plant([number * 800.0 for number in range(100)] + [FULL_SECOND] * 30)
    return 130


def _places(rows: list[Any]) -> list[tuple[str, str]]:
    return [(row["sys_created_on"], row["sys_id"]) for row in rows]


def _until_error(history: History) -> tuple[list[Any], PysnowException]:
    rows: list[Any] = []
    try:
        for row in history:
            rows.append(row)
    except PysnowException as error:
        return rows, error
    raise AssertionError("nothing went wrong")


def _lists(sandbox: Sandbox) -> list[dict[str, str]]:
    return [dict(request.query) for request in sandbox.requests if "sysparm_limit" in dict(request.query)]


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize(("window", "page_size"), [(10_000, 1000), (20, 7), (3, 2), (1, 1)])
def test_history__every_row_once_in_order(
    events: Table, planted: int, workers: int, window: int, page_size: int
) -> None:
    rows = list(events.history(START, START + DAY, window=window, page_size=page_size, workers=workers))
    assert len(rows) == planted
    assert _places(rows) == sorted(set(_places(rows)))


def test_history__thousands_in_one_second(
    events: Table, plant: Callable[[list[float]], None], sandbox: Sandbox
) -> None:
    plant([number * 6.0 for number in range(6_000)] + [FULL_SECOND] * 5_000)
    history = events.history(START, START + DAY, fields=["u_number"], window=1_000, page_size=1_000)
    numbers = [int(row["u_number"]) for row in history]
    assert sorted(numbers) == list(range(11_000))
    assert history.report.looks <= 2 * history.report.windows
    assert max(int(query["sysparm_limit"]) for query in _lists(sandbox)) <= 1_000


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(0, 1, 1), (0, 0, 0), (1, 800, 0), (1, 801, 1), (800, 1600, 1), (0.5, 800.5, 1), (-100, 0.5, 1)],
)
def test_history__half_open(events: Table, planted: int, since: float, until: float, expected: int) -> None:
    rows = list(events.history(START + timedelta(seconds=since), START + timedelta(seconds=until)))
    assert len(rows) == expected


def test_history__spans_that_follow_each_other_make_up_the_whole(events: Table, planted: int) -> None:
    ends = [START + timedelta(seconds=second) for second in (0, 10_000.25, FULL_SECOND, FULL_SECOND + 1, 86_400)]
    rows = [row for since, until in zip(ends, ends[1:], strict=False) for row in events.history(since, until)]
    assert _places(rows) == sorted(set(_places(rows)))
    assert len(rows) == planted


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Kathmandu"])
def test_history__the_zone_of_the_account_does_not_matter(sandbox: Sandbox, planted: int, zone: str) -> None:
    sandbox.add_user("abroad", roles=["admin"], time_zone=zone)
    with Client(instance=sandbox.url, user="abroad", password="abroad") as client:
        history = client.table("u_event").history(START, START + timedelta(seconds=801), display_value="all")
        stamps = [row["sys_created_on"]["value"] for row in history]
    assert stamps == ["2026-03-01 00:00:00", "2026-03-01 00:13:20"]


@pytest.mark.parametrize(("night", "hours"), [((2025, 3, 30), 23), ((2025, 10, 26), 25)], ids=["short", "long"])
def test_history__nights_of_summer_time(
    sandbox: Sandbox, plant: Callable[[list[float]], None], night: tuple[int, int, int], hours: int
) -> None:
    """A row an hour: the day on which Berlin's clocks go forward has 23 of them, the one on which they go back 25."""
    begin = datetime(*night, tzinfo=ZoneInfo("Europe/Berlin"))
    first = (begin.astimezone(UTC) - START).total_seconds()
    plant([first + 3600.0 * hour for hour in range(-3, 30)])
    sandbox.add_user("berlin", roles=["admin"], time_zone="Europe/Berlin")
    with Client(instance=sandbox.url, user="berlin", password="berlin") as client:
        assert len(list(client.table("u_event").history(begin, begin + DAY, window=3))) == hours


def test_history__moments_go_without_a_script(events: Table, planted: int, sandbox: Sandbox) -> None:
    list(events.history(START, START + DAY, window=20))
    assert not [query for query in _lists(sandbox) if "javascript" in query["sysparm_query"]]


def test_history__query_fields_and_order(events: Table, planted: int) -> None:
    rows = list(
        events.history(START, START + DAY, query="u_number<3^NQu_number=5^ORDERBYDESCu_number", fields="u_number")
    )
    assert rows == [{"u_number": number} for number in ("0", "1", "2", "5")]


def test_history__up_to_now(events: Table, planted: int) -> None:
    """Now is the instance's clock, less a second at the least: what is stamped with that second may still come."""
    history = events.history(START)
    assert len(list(history)) == planted
    assert history.report.until == START + 2.5 * DAY - timedelta(seconds=1)


def test_history__what_lies_ahead_ends_now(events: Table, planted: int) -> None:
    history = events.history(START, START + 100 * DAY)
    list(history)
    assert history.report.until == START + 2.5 * DAY - timedelta(seconds=1)


def test_history__columns_that_people_set_may_lie_ahead(events: Table, sandbox: Sandbox) -> None:
    sandbox.add("u_event", {"u_at": "2027-01-01 00:00:00"})
    assert len(list(events.history(START, START + 1000 * DAY, "u_at"))) == 1


@pytest.mark.parametrize("field", ["reassignment_count", "short_description", "number", "caller_id", "active"])
def test_history__column_that_holds_no_moments_is_refused(field: str) -> None:
    with Sandbox() as full, pytest.raises(QueryIgnored, match="choose a date-time column"):
        list(Client(instance=full.url, user="admin", password="admin").table("incident").history(START, field=field))


def test_history__no_row_in_a_column_of_moments(events: Table, planted: int) -> None:
    history = events.history(START - 2 * DAY, START - DAY, "u_at")
    assert (list(history), history.report.complete) == ([], True)


def test_history__nothing_there(events: Table) -> None:
    history = events.history(START, START + DAY)
    assert list(history) == []
    assert (history.report.complete, history.report.hidden) == (True, 0)


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        "server-error:status=503,nth=4",
        "drop-before:nth=3",
        "reset-body:nth=5",
        "cut-body:nth=4",
        "rows-then-error:nth=6",
        "empty-body:nth=4",
        "too-many-requests:nth=3,retry_after=0",
        "capped-limit:rows=3",
        "unstable-ties:probability=0.5",
        "same-page:nth=9",
    ],
)
@pytest.mark.parametrize("workers", [1, 3])
def test_history__exact_in_spite_of(events: Table, planted: int, sandbox: Sandbox, fault: str, workers: int) -> None:
    sandbox.faults.add(fault)
    rows = list(events.history(START, START + DAY, window=20, page_size=10, workers=workers))
    assert len(rows) == planted
    assert len(set(_places(rows))) == planted


def test_history__rows_that_may_not_be_seen(events: Table, planted: int, sandbox: Sandbox) -> None:
    sandbox.deny("u_event", "read", where="u_number<50", admins_too=True)
    history = events.history(START, START + DAY, window=10, page_size=4)
    assert len(list(history)) == planted - 50
    assert (history.report.hidden, history.report.complete) == (50, True)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("window", [20, 10_000])
def test_history__first_rows_hidden_and_a_capped_limit(
    events: Table, planted: int, sandbox: Sandbox, window: int, workers: int
) -> None:
    sandbox.deny("u_event", "read", where="u_number<50", admins_too=True)
    sandbox.faults.add("capped-limit", rows=3)
    history = events.history(START, START + DAY, window=window, workers=workers)
    assert len(list(history)) == planted - 50
    assert history.report.complete is True


def test_history__one_record_of_your_own(events: Table, planted: int, sandbox: Sandbox) -> None:
    """Rows behind the only one that is shown are not taken one by one."""
    sandbox.deny("u_event", "read", where="u_number>0", admins_too=True)
    history = events.history(START, START + DAY)
    assert [row["u_number"] for row in history] == ["0"]
    assert (history.report.hidden, history.report.complete) == (planted - 1, True)
    assert len(_lists(sandbox)) < 10


@pytest.mark.parametrize(
    ("fault", "page_size"),
    [
        pytest.param("transaction-cancelled:nth=2,times=8", 2, id="looking at it"),
        pytest.param("transaction-cancelled:nth=3,times=12", 1, id="its first page"),
        pytest.param("transaction-cancelled:nth=20,times=12", 1, id="a page within"),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
def test_history__a_window_that_takes_too_long_is_split(
    events: Table, planted: int, sandbox: Sandbox, fault: str, page_size: int, workers: int
) -> None:
    """Four attempts of a request fail, and then those of a half, and a quarter."""
    sandbox.faults.add(fault)
    history = events.history(START, START + DAY, page_size=page_size, workers=workers)
    rows = list(history)
    assert _places(rows) == sorted(set(_places(rows)))
    assert (len(rows), history.report.complete, history.report.hidden) == (planted, True, 0)


def test_history__a_second_that_takes_too_long_is_an_error(events: Table, planted: int, sandbox: Sandbox) -> None:
    """With the records that came before it, and the way on."""
    history = events.history(START, START + DAY, page_size=1)
    next(history)
    with sandbox.fault("transaction-cancelled"):
        _, error = _until_error(history)
    assert isinstance(error, ServerError)
    rest = events.history(START, START + DAY, checkpoint=error.resume_token)
    assert len(list(rest)) == planted - error.received


def test_history__without_counts_the_end_is_unverified(events: Table, planted: int, sandbox: Sandbox) -> None:
    sandbox.faults.add("wrong-count:how=missing")
    history = events.history(START, START + DAY, window=20, page_size=10)
    with pytest.warns(IncompleteResultWarning, match="unverified"):
        assert len(list(history)) == planted
    assert (history.report.complete, history.report.expected) == ("unverified", None)


def test_history__left_early_stops_its_threads(
    events: Table, planted: int, new_threads: Callable[[], set[threading.Thread]]
) -> None:
    with events.history(START, START + DAY, window=5, workers=4) as history:
        next(history)
        threads = [thread for thread in new_threads() if thread.name.startswith("pysnow-history")]
    for thread in threads:
        thread.join(1)
    assert threads
    assert not any(thread.is_alive() for thread in threads)
    assert list(history) == []


# -- going on ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [0, 1, 57, 70, 129, 130])
def test_history__goes_on_elsewhere(events: Table, planted: int, stop: int) -> None:
    arguments: dict[str, Any] = {"since": START, "until": START + DAY, "window": 20, "page_size": 10}
    first = events.history(**arguments)
    rows = [next(first) for _ in range(stop)]
    second = events.history(**arguments, checkpoint=first.checkpoint)
    rows += second
    assert _places(rows) == sorted(set(_places(rows)))
    assert (len(rows), second.report.rows) == (planted, planted)


def test_history__an_error_knows_where_to_go_on(events: Table, planted: int, sandbox: Sandbox) -> None:
    arguments: dict[str, Any] = {"since": START, "until": START + DAY, "window": 20, "page_size": 10}
    sandbox.faults.add("forbidden", nth=9)
    rows, error = _until_error(events.history(**arguments))
    assert (error.received, error.last_sys_id) == (len(rows), rows[-1]["sys_id"])
    rows += events.history(**arguments, checkpoint=error.resume_token)
    assert _places(rows) == sorted(set(_places(rows)))
    assert len(rows) == planted


def test_history__the_same_one_goes_on_after_an_error(events: Table, planted: int, sandbox: Sandbox) -> None:
    sandbox.faults.add("forbidden", nth=9)
    history = events.history(START, START + DAY, window=20, page_size=10)
    rows, _ = _until_error(history)
    rows += history
    assert len(set(_places(rows))) == len(rows) == planted


def test_history__end_stays_where_it_was_when_it_goes_on(events: Table, planted: int) -> None:
    first = events.history(START)
    next(first)
    second = events.history(START, checkpoint=first.checkpoint)
    assert second.report.until == first.report.until


@pytest.mark.parametrize(
    "change",
    [{"until": START + 2 * DAY}, {"query": "u_number=1"}, {"field": "sys_updated_on"}, {"since": START + DAY / 2}],
)
def test_history__a_checkpoint_of_another_reading_is_refused(events: Table, change: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"since": START, "until": START + DAY}
    checkpoint = events.history(**arguments).checkpoint
    with pytest.raises(InvalidUsage, match="belongs to another"):
        events.history(**{**arguments, **change}, checkpoint=checkpoint)


def test_history__a_checkpoint_with_something_else_in_it_is_refused(events: Table) -> None:
    history = events.history(START, START + DAY)
    checkpoint = sealed(history._subject, {"place": ["2026-03-01 00:00:00"]})
    with pytest.raises(InvalidUsage, match="does not hold what it should"):
        events.history(START, START + DAY, checkpoint=checkpoint)


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"since": datetime(2026, 3, 1)}, "since says no time zone"),
        ({"since": START, "until": datetime(2026, 3, 2)}, "until says no time zone"),
        ({"since": "2026-03-01"}, "since must be an aware datetime"),
        ({"since": START, "until": START - DAY}, "lies before since"),
        ({"since": START, "field": "a b"}, "no column name"),
        ({"since": START, "window": 0}, "window must be"),
        ({"since": START, "workers": True}, "workers must be"),
        ({"since": START, "page_size": 1.5}, "page_size must be"),
        ({"since": START, "display_value": True}, "display_value='all'"),
        ({"since": START, "checkpoint": "abc"}, "no checkpoint"),
        ({"since": START, "query": "a=1^NQ"}, "nothing"),
    ],
)
def test_history__bad_input_is_refused_before_anything_is_sent(
    events: Table, sandbox: Sandbox, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidUsage, match=words):
        events.history(**arguments)
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("field", ["u_nothing", "u_on"])
def test_history__a_column_without_moments(events: Table, sandbox: Sandbox, field: str) -> None:
    sandbox.add("u_event", {"u_number": "5", "u_on": "2026-03-01"})
    with pytest.raises(QueryIgnored, match=field):
        list(events.history(datetime(1, 1, 1, tzinfo=UTC), START + 9 * DAY, field))


def test_history__arguments_stay_as_they_are(events: Table, planted: int) -> None:
    query, fields = {"u_number": "1"}, ["u_number"]
    list(events.history(START, START + DAY, query=query, fields=fields))
    assert (query, fields) == ({"u_number": "1"}, ["u_number"])
