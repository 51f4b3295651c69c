"""One group on its way: what is sent again, what is not, and what is known of each in the end."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pysnow import Client
from pysnow.batching.batch_sender import Alone, Answered, BatchSender, Lost, NotExecuted
from pysnow.batching.part import Part
from tests.client.writing import Hands
from tests.unit.canned_server import Canned, CannedServer, http

PARTS = [Part("create", "POST", f"/api/now/table/t{number}", body=b"{}") for number in range(3)]


def answer(*statuses: int | None, name: str = "pysnow-1") -> Canned:
    """An answer to a batch: a status for each request, None for one that was not serviced."""
    body = base64.b64encode(b'{"result":{"sys_id":"x"}}').decode()
    places = list(enumerate(statuses))
    serviced = [{"id": str(place), "status_code": status, "body": body} for place, status in places if status]
    left = [str(place) for place, status in places if status is None]
    members = {"batch_request_id": name, "serviced_requests": serviced, "unserviced_requests": left}
    return http(json.dumps(members).encode())


def fates(*answers: Canned, parts: Any = PARTS) -> tuple[list[Any], int]:
    """What became of the requests, and how many batches there were."""
    with (
        CannedServer(*answers) as server,
        Client(instance=server.url.partition("/api")[0], user="a", password="b") as client,
    ):
        client._clockwork = Hands().clockwork
        resource = client.resource("/v1/batch")
        request = resource._request
        sender = BatchSender(request, resource._transport, client.base_url, lambda: request.deadline("batch"))
        found = sender.run(parts)
        return list(found), len(server.requests)


def kinds(found: list[Any]) -> list[type]:
    return [type(fate) for fate in found]


def test_run__all_serviced__is_one_batch() -> None:
    found, batches = fates(answer(201, 403, 500))
    assert (kinds(found), [fate.answer.status for fate in found], batches) == ([Answered] * 3, [201, 403, 500], 1)


def test_run__unserviced__are_sent_again_and_keep_their_places() -> None:
    found, batches = fates(answer(201, None, None), answer(202, None, name="pysnow-2"), answer(203, name="pysnow-3"))
    assert ([fate.answer.status for fate in found], batches) == ([201, 202, 203], 3)


def test_run__sent_again__is_told() -> None:
    found, _ = fates(answer(201, None, None), answer(202, 203, name="pysnow-2"))
    assert [fate.is_first for fate in found] == [True, False, False]


def test_run__where_nothing_is_serviced__they_go_by_themselves() -> None:
    found, batches = fates(answer(None, None, None))
    assert (kinds(found), batches) == ([Alone] * 3, 1)


def test_run__unserviced__that_must_be_looked_at__goes_by_itself() -> None:
    parts = [PARTS[0], Part("update", "PUT", "/x", may_repeat=False), PARTS[2]]
    found, batches = fates(answer(201, None, None), answer(201, name="pysnow-2"), parts=parts)
    assert (kinds(found), batches) == ([Answered, Alone, Answered], 2)


def test_run__answered_with_429__is_sent_again_after_a_pause() -> None:
    found, batches = fates(answer(201, 429, 201), answer(201, name="pysnow-2"))
    assert ([fate.answer.status for fate in found], batches) == ([201, 201, 201], 2)


def test_run__answered_with_429_for_ever__is_not_executed() -> None:
    found, batches = fates(answer(429, 429, 429), *(answer(429, 429, 429, name=f"pysnow-{n}") for n in range(2, 9)))
    assert (kinds(found), {fate.error.committed for fate in found}, batches) == ([NotExecuted] * 3, {False}, 4)


def test_run__one_that_is_not_mentioned__is_lost_alone() -> None:
    found, _ = fates(answer(201, 0, 201))
    assert kinds(found) == [Answered, Lost, Answered]


@pytest.mark.parametrize(
    "broken",
    [
        http(b"{}"),
        http(b""),
        http(b'{"batch_request_id":"pysnow-1","serviced_requests":['),
        http(b"<html>busy</html>", "503 Service Unavailable", [("Content-Type", "text/html")]),
        http(b"", "202 Accepted"),
        http(b"", "204 No Content"),
        http(b"<html>no</html>", "403 Forbidden", [("Content-Type", "text/html")]),
        answer(201, 201, 201, name="another"),
    ],
)
def test_run__an_answer_that_tells_nothing__loses_them_all(broken: Canned) -> None:
    found, batches = fates(broken)
    assert (kinds(found), batches) == ([Lost] * 3, 1)


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "405 Method Not Allowed"])
def test_run__where_the_platform_refuses_batches__they_go_by_themselves(status: str) -> None:
    found, _ = fates(http(b'{"error":{"message":"no","detail":"none"},"status":"failure"}', status))
    assert kinds(found) == [Alone] * 3


def test_run__with_wrong_credentials__is_not_executed() -> None:
    found, batches = fates(http(b'{"error":{"message":"no","detail":"no user"}}', "401 Unauthorized"))
    assert (kinds(found), batches) == ([NotExecuted] * 3, 1)


def test_run__with_a_page_of_status_401__is_lost() -> None:
    found, batches = fates(http(b"<html>no</html>", "401 Unauthorized"))
    assert (kinds(found), batches) == ([Lost] * 3, 1)
