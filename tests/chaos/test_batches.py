"""Batches under the faults of the matrix: each row has one outcome, which is true, and none is written twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysnow import AmbiguousWrite, Client, Outcome, RecordNotFound
from pysnow.sandbox import Sandbox
from tests.chaos.test_matrix import ONCE
from tests.client.writing import notes_of, row_of, rows_of

ROWS = 3
OF_TOKENS = ("bad-expiry", "rotated-refresh-token", "revoked-refresh-token")
OF_LISTS = ("rows-then-error", "row-", "huge-field", "many-members", "url-limit")
FAULTS = [line.split()[0] for line in ONCE.strip().splitlines() if not line.startswith((*OF_TOKENS, *OF_LISTS))]
FAULTS.append("batch-unserviced")


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        yield sandbox


Way = Callable[[Client, Sandbox, str], tuple[list[Outcome], list[int]]]
"""Does something to some rows; gives the outcomes, and how often each was done."""


def create(client: Client, instance: Sandbox, text: str) -> tuple[list[Outcome], list[int]]:
    rows = [{"short_description": f"{text} {number}"} for number in range(ROWS)]
    outcomes = client.table("incident").create_many(rows)
    return list(outcomes), [len(rows_of(instance, row["short_description"])) for row in rows]


def create_under_keys(client: Client, instance: Sandbox, text: str) -> tuple[list[Outcome], list[int]]:
    rows = [{"short_description": f"{text} {number}"} for number in range(ROWS)]
    outcomes = client.table("incident").create_many(rows, key="short_description")
    return list(outcomes), [len(rows_of(instance, row["short_description"])) for row in rows]


def note(client: Client, instance: Sandbox, text: str) -> tuple[list[Outcome], list[int]]:
    made = _made(instance, text)
    outcomes = client.table("incident").update_many([{"sys_id": sys_id, "work_notes": text} for sys_id in made])
    return list(outcomes), [len(notes_of(instance, sys_id)) for sys_id in made]


def delete(client: Client, instance: Sandbox, text: str) -> tuple[list[Outcome], list[int]]:
    made = _made(instance, text)
    outcomes = client.table("incident").delete_many(made)
    return list(outcomes), [int(row_of(instance, sys_id) is None) for sys_id in made]


def _made(instance: Sandbox, text: str) -> list[str]:
    return [str(instance.add("incident", {"short_description": text})["sys_id"]) for _ in range(ROWS)]


@pytest.mark.parametrize("way", [create, create_under_keys, note, delete], ids=lambda way: way.__name__)
@pytest.mark.parametrize("fault", FAULTS)
def test_batch_under_fault__each_outcome_is_true(
    fault: str, way: Way, instance: Sandbox, patient: Callable[..., Client]
) -> None:
    client = patient(instance)
    # A table that is known to keep sys_ids has its rows batched under keys, too.
    client.table("incident").create({"short_description": "known"}, key=f"{way.__name__} {fault}")
    conditions = f"{',' if ':' in fault else ':'}operation=batch,times=1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rule = instance.faults.add(fault + conditions)
        try:
            outcomes, done = way(client, instance, f"{way.__name__} {fault}")
        finally:
            instance.faults.clear()
    assert rule.strikes > 0
    assert [_is_true(outcome, times) for outcome, times in zip(outcomes, done, strict=True)] == [True] * ROWS


def _is_true(outcome: Outcome, times: int) -> bool:
    is_gone = isinstance(outcome.error, RecordNotFound)  # says that there is none, which is true of a deleted one
    told: dict[str, Any] = {"done": times == 1, "failed": times == 0 or is_gone, "not_executed": times == 0}
    return bool(told.get(outcome.status, times <= 1 and isinstance(outcome.error, AmbiguousWrite)))
