"""Counting: what an answer must be to hold a count."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from pysnow import Client, MissingResult, PysnowException, Retry
from pysnow.exceptions import ErrorInResult, PartialResult
from tests.unit.canned_server import JSON_TYPE, Canned, CannedServer, http

CANCELLED = {"error": {"message": "Transaction cancelled", "detail": ""}, "status": "failure"}
SEVEN = http(b'{"result":{"stats":{"count":"7"}}}')

Counting: TypeAlias = Callable[..., int]


def _stats(count: object) -> dict[str, object]:
    return {"result": {"stats": {"count": count}}}


@pytest.fixture
def count() -> Iterator[Counting]:
    """Counts a table of an instance that gives these answers."""
    opened: list[CannedServer] = []

    def counted(*answers: Canned, retry: Retry | None = None) -> int:
        opened.append(CannedServer(*answers).__enter__())
        with Client(instance=opened[0].url.split("/api/")[0], user="a", password="b", retry=retry) as client:
            return client.table("incident").count()

    yield counted
    for server in opened:
        server.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (_stats("many"), MissingResult),
        (_stats("-3"), MissingResult),
        (_stats("1e3"), MissingResult),
        (_stats("\u0661\u0662"), MissingResult),
        (_stats("9" * 5000), MissingResult),
        (_stats(True), MissingResult),
        (_stats([1]), MissingResult),
        ({"result": {}}, MissingResult),
        ({"result": [_stats("1")["result"], _stats("2")["result"]]}, MissingResult),
        (None, MissingResult),
        (CANCELLED, ErrorInResult),
        ({**_stats("7"), **CANCELLED}, PartialResult),
        ({**_stats("7"), "status": "failure"}, PartialResult),
    ],
)
def test_count__answer_that_holds_none(count: Counting, document: object, error: type[PysnowException]) -> None:
    with pytest.raises(error):
        count(http(json.dumps(document).encode()))


def test_count__error_says_what_the_instance_says(count: Counting) -> None:
    with pytest.raises(ErrorInResult, match="Transaction cancelled"):
        count(http(json.dumps(CANCELLED).encode()))


@pytest.mark.parametrize("document", [CANCELLED, {**_stats("9"), **CANCELLED}])
def test_count__error_is_asked_once_more(count: Counting, document: object) -> None:
    assert count(http(json.dumps(document).encode()), SEVEN, retry=Retry(base=0.001)) == 7


def test_count__error_in_the_list_is_asked_once_more(count: Counting) -> None:
    total = http(b'{"result":[{"sys_id":"1"}]}', headers=[JSON_TYPE, ("X-Total-Count", "60")])
    failed = http(json.dumps(CANCELLED).encode())
    assert count(http(b"{}", "403 Forbidden"), failed, total, retry=Retry(base=0.001)) == 60
