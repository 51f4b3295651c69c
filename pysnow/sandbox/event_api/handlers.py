"""Receiving events ("Send events via web service")."""

from __future__ import annotations

from pysnow.sandbox.event_api.alerts import EVENT_TABLE
from pysnow.sandbox.http.answer import Answer, Record
from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.json_reader import Fields
from pysnow.sandbox.http.negotiation import Format, body_format
from pysnow.sandbox.http.record_list import read_records
from pysnow.sandbox.instance.payload import WriteOptions

_WRITABLE = frozenset(
    {
        *("source", "event_class", "node", "resource", "metric_name", "type", "message_key", "severity", "description"),
        *("additional_info", "time_of_event", "resolution_state", "ci_type", "ci_identifier"),
    }
)


def push_events(exchange: Exchange) -> Answer:
    """Take events in: ``POST /api/global/em/jsonv2`` with ``{"records":[{...}]}``; all of them or none.

    The answer counts them, under a name recorded by other tools' connectors, and says nothing about alerts.

    Raises:
        AccessDenied: The caller may not create events: the role ``evt_mgmt_integration`` may.
    """
    if body_format(exchange.request.headers.get("Content-Type", "")) is Format.XML:
        raise not_emulated("XML bodies of the event web service")
    records = read_records(exchange.fields())
    events = exchange.records
    with exchange.instance.store.transaction():
        for record in records:
            events.create(EVENT_TABLE, _writable(record), WriteOptions())
    message = f"{len(records)} events were inserted"
    return exchange.written(Answer(200, Record({"Default Bulk Endpoint": message})))


def _writable(record: Fields) -> Fields:
    return {name: value for name, value in record.items() if name in _WRITABLE}
