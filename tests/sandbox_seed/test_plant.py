"""Planting: the same every time, with as many incidents as wanted, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone

import pytest

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.seed import EPOCH, plant
from pysnow.sandbox.seed.identity import WELL_KNOWN
from pysnow.sandbox.store import DuplicateKey, Store

Plant = Callable[..., Store]


def test_plant__writes_the_same_twice(dictionary: Dictionary, planted: Store, fresh: Plant) -> None:
    again = fresh()
    assert [list(again.select(name)) for name in dictionary.names()] == [
        list(planted.select(name)) for name in dictionary.names()
    ]


def test_plant__moves_all_dates_with_now(planted: Store, fresh: Plant) -> None:
    moved = fresh(now=EPOCH + timedelta(days=100))
    first, second = (next(store.select("incident", limit=1))["opened_at"] or "" for store in (planted, moved))
    assert datetime.fromisoformat(second) - datetime.fromisoformat(first) == timedelta(days=100)


def test_plant__adds_so_many_incidents(fresh: Plant) -> None:
    assert fresh(records=50).count("incident") == 116


def test_plant__numbers_generated_incidents_from_10001_up(fresh: Plant) -> None:
    numbers = {row["number"] for row in fresh(records=50).select("incident")}
    assert {f"INC{number:07d}" for number in range(10001, 10051)} <= numbers


def test_plant__keeps_inc0000060_first_among_generated_ones(fresh: Plant) -> None:
    assert next(fresh(records=50).select("incident", limit=1))["number"] == "INC0000060"


def test_plant__does_not_number_generated_incidents_in_the_order_of_their_ids(fresh: Plant) -> None:
    numbers = [row["number"] or "" for row in fresh(records=50).select("incident")]
    assert numbers != sorted(numbers)


def test_plant__lets_the_counter_follow(fresh: Plant) -> None:
    counters = {row["category"]: row["number"] for row in fresh(records=50).select("sys_number")}
    assert (counters["incident"], counters["problem"]) == ("10050", "10000")


def test_plant__generates_incidents_that_lie_in_the_past(fresh: Plant) -> None:
    latest = max(row["sys_updated_on"] or "" for row in fresh(records=200).select("incident"))
    assert latest <= f"{EPOCH:%Y-%m-%d %H:%M:%S}"


def test_plant__refuses_a_negative_number_of_records(fresh: Plant) -> None:
    with pytest.raises(ValueError, match="records is -1"):
        fresh(records=-1)


def test_plant__refuses_a_now_without_zone(fresh: Plant) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        fresh(now=datetime(2026, 3, 2))


def test_plant__takes_now_in_any_zone(planted: Store, fresh: Plant) -> None:
    elsewhere = EPOCH.astimezone(timezone(timedelta(hours=-8)))
    assert list(fresh(now=elsewhere).select("incident")) == list(planted.select("incident"))


def test_plant__leaves_nothing_behind_when_it_fails(dictionary: Dictionary) -> None:
    with closing(Store(dictionary)) as store:
        store.insert("incident", {"sys_id": WELL_KNOWN["incident", "INC0000060"]})
        with pytest.raises(DuplicateKey):
            plant(store, dictionary)
        assert store.count("sys_user") == 0
