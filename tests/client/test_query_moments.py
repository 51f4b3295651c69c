"""The same moment in every spelling of a query: which rows it finds, over real HTTP, for accounts of several zones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow import Client, F, QueryBuilder
from pysnow.sandbox import Sandbox

ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")

# Where clocks go forward and back, in one of the zones above.
CHANGES = [
    datetime(2026, 3, 8, 10, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 9, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
]
ROWS = [change + timedelta(minutes=30 * step) for change in CHANGES for step in range(-30, 31)]

Spelling = Callable[[str, datetime], object]

COMPARED: Mapping[str, tuple[Callable[[Any, Any], bool], tuple[Spelling, ...]]] = {
    "gt": (
        operator.gt,
        (
            lambda name, moment: F(name) > moment,
            lambda name, moment: F(name).gt(moment),
            lambda name, moment: F(name) > moment.isoformat(),
            lambda name, moment: F(name, tz=ZoneInfo("Asia/Tokyo")) > moment,
            lambda name, moment: QueryBuilder().field(name).greater_than(moment),
            lambda name, moment: QueryBuilder().field(name).greater_than(moment.isoformat(" ")),
            lambda name, moment: QueryBuilder(tz=ZoneInfo("Asia/Tokyo")).field(name).greater_than(moment),
        ),
    ),
    "ge": (
        operator.ge,
        (
            lambda name, moment: F(name) >= moment,
            lambda name, moment: F(name).gte(moment),
            lambda name, moment: QueryBuilder().field(name).greater_than_or_equal(moment),
        ),
    ),
    "lt": (
        operator.lt,
        (
            lambda name, moment: F(name) < moment,
            lambda name, moment: F(name).lt(moment.isoformat()),
            lambda name, moment: QueryBuilder().field(name).less_than(moment),
        ),
    ),
    "le": (
        operator.le,
        (
            lambda name, moment: F(name) <= moment,
            lambda name, moment: F(name).lte(moment),
            lambda name, moment: QueryBuilder().field(name).less_than_or_equal(moment),
        ),
    ),
    "eq": (
        operator.eq,
        (
            lambda name, moment: F(name) == moment,
            lambda name, moment: F(name).eq([moment]),
            lambda name, moment: F(name).is_in([moment]),
            lambda name, moment: QueryBuilder().field(name).equals(moment),
            lambda name, moment: QueryBuilder().field(name).in_list([moment]),
            lambda name, moment: {name: moment},
            lambda name, moment: {name: [moment]},
        ),
    ),
    "ne": (
        operator.ne,
        (
            lambda name, moment: F(name) != moment,
            lambda name, moment: F(name).not_in([moment]),
            lambda name, moment: QueryBuilder().field(name).not_equals(moment),
        ),
    ),
}
BETWEEN: tuple[Callable[[str, datetime, datetime], object], ...] = (
    lambda name, start, end: F(name).between(start, end),
    lambda name, start, end: F(name, tz=ZoneInfo("Asia/Tokyo")).between(start, end),
    lambda name, start, end: F(name).between(start.isoformat(), end),
    lambda name, start, end: QueryBuilder().field(name).between(start, end),
    lambda name, start, end: QueryBuilder().field(name).between(start, end.isoformat()),
    lambda name, start, end: QueryBuilder(tz=ZoneInfo("Asia/Tokyo")).field(name).between(start, end),
)

# Half of them hit a row to the second, which is where the operators differ.
MOMENTS = st.builds(
    lambda moment, seconds, zone: (moment + timedelta(seconds=seconds)).astimezone(ZoneInfo(zone)),
    st.sampled_from(ROWS),
    st.just(0) | st.integers(-40_000, 40_000),
    st.sampled_from(ZONES),
)


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, Client]]:
    """A client for an account of each zone."""
    with Sandbox() as sandbox:
        sandbox.create_table("u_moment", columns={"u_when": "glide_date_time"})
        for moment in ROWS:
            sandbox.add("u_moment", {"u_when": f"{moment:%Y-%m-%d %H:%M:%S}"})
        clients = {}
        for number, zone in enumerate(ZONES):
            sandbox.add_user(f"user{number}", roles=["admin"], time_zone=zone)
            clients[zone] = Client(instance=sandbox.url, user=f"user{number}", password=f"user{number}")
        yield clients
        for client in clients.values():
            client.close()


def _found(client: Client, query: Any) -> list[datetime]:
    rows = client.table("u_moment").get(query, fields=["u_when"]).all()
    return sorted(datetime.fromisoformat(row["u_when"]).replace(tzinfo=UTC) for row in rows)


@pytest.mark.parametrize("comparison", COMPARED)
@settings(max_examples=40, deadline=None)
@given(zone=st.sampled_from(ZONES), moment=MOMENTS, choice=st.data())
def test_aware_moment__finds_what_python_finds(
    accounts: dict[str, Client], comparison: str, zone: str, moment: datetime, choice: st.DataObject
) -> None:
    holds, spellings = COMPARED[comparison]
    query = choice.draw(st.sampled_from(spellings))("u_when", moment)
    # In UTC: Python holds a moment of the hour that comes twice to equal none of another zone (PEP 495).
    instant = moment.astimezone(UTC)
    assert _found(accounts[zone], query) == sorted(row for row in ROWS if holds(row, instant))


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), ends=st.tuples(MOMENTS, MOMENTS), spelling=st.sampled_from(BETWEEN))
def test_aware_ends__find_what_python_finds(
    accounts: dict[str, Client],
    zone: str,
    ends: tuple[datetime, datetime],
    spelling: Callable[[str, datetime, datetime], object],
) -> None:
    start, end = sorted(ends, key=datetime.timestamp)
    assert _found(accounts[zone], spelling("u_when", start, end)) == sorted(
        row for row in ROWS if start.timestamp() <= row.timestamp() <= end.timestamp()
    )


def test_naive_ends__are_on_the_clock_of_the_account(accounts: dict[str, Client]) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 4)
    found = _found(accounts["Europe/Berlin"], QueryBuilder().field("u_when").between(start, end))
    assert found == [row for row in ROWS if start.replace(tzinfo=berlin) <= row <= end.replace(tzinfo=berlin)]
