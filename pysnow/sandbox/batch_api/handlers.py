"""Running a batch: its requests one after another, as long as its limits allow."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from pysnow.sandbox.batch_api.items import BatchItem, read_batch
from pysnow.sandbox.batch_api.limits import DURATION, Limits
from pysnow.sandbox.batch_api.service import Serviced, run_item
from pysnow.sandbox.http.answer import Answer, Document, Members
from pysnow.sandbox.http.errors import ApiError, not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.negotiation import Format, body_format
from pysnow.sandbox.http.routing import Router


class BatchHandlers:
    """Serves the Batch API; threads may share it.

    Args:
        router: The routes that the requests of a batch may use.
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    def run_batch(self, exchange: Exchange) -> Answer:
        """Run a batch: ``POST /batch``, always 200, whatever its requests are answered with.

        Requests run in order and each on its own: what one of them wrote stays, whatever becomes of the next.

        Raises:
            ApiError: 400, the document is no batch; 501, it is XML.
        """
        if body_format(exchange.request.headers.get("Content-Type", "")) is Format.XML:
            raise not_emulated("XML bodies of the Batch API")
        batch = read_batch(exchange.fields())
        serviced, left = self._run_items(exchange, batch.items)
        members = {
            "batch_request_id": batch.batch_request_id,
            "serviced_requests": serviced,
            "unserviced_requests": [item.item_id for item in left],
        }
        return exchange.written(Answer(200, Document(members)))

    def _run_items(
        self, exchange: Exchange, items: tuple[BatchItem, ...]
    ) -> tuple[list[Members], tuple[BatchItem, ...]]:
        """Run requests until a limit is hit; give the answers, and the requests that were not run.

        The answer that is too long is cut and still listed, because its request did run; the others never did.
        """
        limits = Limits.of(exchange)
        clock = exchange.instance.platform.clock
        started = begun = clock()
        answers: list[Members] = []
        for position, item in enumerate(items):
            if begun - started >= DURATION or len(item.body or b"") > limits.input_bytes:
                return answers, items[position:]
            serviced = run_item(self._router, exchange, item, limits.output_bytes)
            ended = clock()
            answers.append(_members(item, serviced, _milliseconds(begun, ended)))
            if serviced.is_cut:
                return answers, items[position + 1 :]
            begun = ended
        return answers, ()


def refuse_batch(exchange: Exchange) -> Answer:
    """Refuse a batch inside a batch (our default for status and texts).

    Raises:
        ApiError: 400, always.
    """
    raise ApiError(400, "Invalid batch request", "A batch may not contain another batch")


def _members(item: BatchItem, serviced: Serviced, execution_time: int) -> Members:
    headers = () if item.excludes_headers else serviced.headers
    members: dict[str, object] = {
        "id": item.item_id,
        "status_code": serviced.status,
        "status_text": serviced.status_text,
        "execution_time": execution_time,
        "body": base64.b64encode(serviced.body).decode("ascii"),
        "headers": [{"name": name, "value": value} for name, value in headers],
    }
    optional = {"error_message": serviced.error_message, "redirect_url": serviced.redirect_url}
    return members | {name: value for name, value in optional.items() if value}


def _milliseconds(begun: datetime, ended: datetime) -> int:
    return max(ended - begun, timedelta()) // timedelta(milliseconds=1)
