"""Generated incidents: ids in ascending order and spread, numbers complete, for any count."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.seed.files import demo_files
from pysnow.sandbox.seed.identity import FIRST_INCIDENT
from pysnow.sandbox.seed.planting import EPOCH, demo_rows
from pysnow.sandbox.seed.rows import DemoRows
from pysnow.sandbox.seed.volume import FIRST_NUMBER, generated_incidents

counts = st.integers(min_value=0, max_value=60)


@pytest.fixture(scope="module")
def rows(dictionary: Dictionary) -> DemoRows:
    return demo_rows(dictionary, demo_files(), Random(1), EPOCH, 0)


@given(count=counts)
def test_generated_incidents__have_ascending_ids_behind_the_first(rows: DemoRows, count: int) -> None:
    ids = [row["sys_id"] or "" for row in generated_incidents(rows, count, Random(2))]
    assert [FIRST_INCIDENT, *ids] == sorted({FIRST_INCIDENT, *ids})


@given(count=counts)
def test_generated_incidents__use_each_number_once(rows: DemoRows, count: int) -> None:
    numbers = {row["number"] for row in generated_incidents(rows, count, Random(2))}
    assert numbers == {f"INC{FIRST_NUMBER + index:07d}" for index in range(count)}


def test_generated_incidents__spread_over_all_leading_digits_behind_the_first(rows: DemoRows) -> None:
    leading = {(row["sys_id"] or "")[0] for row in generated_incidents(rows, 500, Random(2))}
    assert leading == set("123456789abcdef")


def test_generated_incidents__have_ids_of_the_usual_length(rows: DemoRows) -> None:
    assert {len(row["sys_id"] or "") for row in generated_incidents(rows, 500, Random(2))} == {32}


def test_generated_incidents__are_opened_in_the_order_of_their_numbers(rows: DemoRows) -> None:
    by_number = sorted(generated_incidents(rows, 200, Random(2)), key=lambda row: row["number"] or "")
    opened = [row["opened_at"] or "" for row in by_number]
    assert opened == sorted(opened)
