"""From events to alerts: one alert for each message key, opened, updated and closed by its events.

"Clear: no alert is created from this event; existing alerts are closed" (Event Management, severities). All other
severities open an alert, or update the one with the same message key. A closed alert is reopened (our default: however
long ago it was closed).
"""

from __future__ import annotations

from pysnow.sandbox.instance.callers import system_caller
from pysnow.sandbox.instance.changes import Change
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.instance.records import create_record, update_record
from pysnow.sandbox.instance.rules.registry import WRITES, Rule

EVENT_TABLE = "em_event"
ALERT_TABLE = "em_alert"
CLEAR = "0"
SEVERITIES = frozenset({CLEAR, "1", "2", "3", "4", "5"})

_KEY_PARTS = ("source", "node", "type", "resource", "metric_name")
_COPIED = (*_KEY_PARTS, "severity", "description", "additional_info")
_WAITING = "Ready"
_CLOSED = "Closed"
_CI_NAMES = ("name", "fqdn", "ip_address")


def process_event(change: Change) -> None:
    """Let an event that waits to be processed open, update or close its alert, whichever way it came.

    An instance looks for such events every few seconds; here none waits (our default).
    """
    if change.entered("state", {_WAITING}):
        _update(change.platform, EVENT_TABLE, change.sys_id, _processed(change.platform, change.row))


RULES = (Rule(EVENT_TABLE, "after", WRITES, process_event),)


def _processed(platform: Platform, event: Row) -> Row:
    """Process an event, and give what to note in it.

    Events without a severity, or with an unknown one, become errors; the alert stays as it is.
    """
    severity = event["severity"]
    if severity not in SEVERITIES:
        message = "Severity is missing or unknown" if severity is None else f"Unknown severity {severity}"
        return {"state": "Error", "error_msg": message}
    noted: Row = {
        "state": "Processed",
        "message_key": event["message_key"] or message_key(event),
        "time_of_event": event["time_of_event"] or event["sys_created_on"] or "",
        "cmdb_ci": _find_ci(platform, event["node"]),
    }
    return noted | {"alert": _apply(platform, {**event, **noted})}


def message_key(event: Row) -> str:
    """Make the key of an event that came without one, from all that says what the event is about."""
    return "_".join(event[element] or "" for element in _KEY_PARTS)


def _apply(platform: Platform, event: Row) -> str:
    """Open, update or close the alert of an event and give its sys_id; empty when there is nothing to close."""
    alert = _find_alert(platform, event["message_key"] or "")
    if alert is None:
        return _open(platform, event)
    if alert["state"] == _CLOSED and _closes(event):
        return alert["sys_id"] or ""
    values: Row = {element: event[element] for element in _COPIED}
    values |= {
        "state": _next_state(alert, event),
        "event_count": str(int(alert["event_count"] or "0") + 1),
        "last_event_time": event["time_of_event"],
        "cmdb_ci": event["cmdb_ci"] or alert["cmdb_ci"],
    }
    _update(platform, ALERT_TABLE, alert["sys_id"] or "", values)
    return alert["sys_id"] or ""


def _open(platform: Platform, event: Row) -> str:
    if _closes(event):
        return ""
    values: Row = {element: event[element] for element in (*_COPIED, "message_key", "cmdb_ci")}
    values |= {
        "state": "Open",
        "event_count": "1",
        "initial_event_time": event["time_of_event"],
        "last_event_time": event["time_of_event"],
    }
    alert = create_record(platform, ALERT_TABLE, values, system_caller(platform.properties), WriteOptions())
    return alert["sys_id"] or ""


def _update(platform: Platform, table: str, sys_id: str, values: Row) -> None:
    update_record(platform, table, sys_id, values, system_caller(platform.properties), WriteOptions())


def _closes(event: Row) -> bool:
    return event["severity"] == CLEAR or event["resolution_state"] == "Closing"


def _next_state(alert: Row, event: Row) -> str | None:
    if _closes(event):
        return _CLOSED
    return "Reopen" if alert["state"] == _CLOSED else alert["state"]


def _find_alert(platform: Platform, key: str) -> Row | None:
    """Find the newest alert with a message key."""
    alerts = platform.rows_where(ALERT_TABLE, same("message_key", key), descending="number")
    return next((alert for alert in alerts if (alert["message_key"] or "").casefold() == key.casefold()), None)


def _find_ci(platform: Platform, node: str | None) -> str:
    """Find the configuration item that a node is the name, the host's full name or the address of."""
    if not node:
        return ""
    items = platform.rows_where_any("cmdb_ci", [same(element, node) for element in _CI_NAMES])
    return next((item["sys_id"] or "" for item in items), "")
