# ruff: noqa: D100, D103
import pytest

PRINTERS = {
    "u_printer": {
        "u_name": "string",
        "u_pages": "integer",
        "u_owner": {"type": "reference", "reference": "sys_user", "label": "Owner"},
        "u_state": {"type": "string", "choices": {"1": "Ready", "2": "On fire"}},
    }
}


@pytest.mark.servicenow(tables=PRINTERS)
def test_printer_shows_its_state(servicenow, servicenow_client):
    servicenow.add("u_printer", {"u_name": "Third floor", "u_state": "2"})
    printers = servicenow_client.table("u_printer")
    assert printers.get({"u_name": "Third floor"}, display_value=True).one()["u_state"] == "On fire"


@pytest.mark.servicenow(seed="exports/incident.json")
def test_report_of_last_month(servicenow, servicenow_client):
    numbers = [record["number"] for record in servicenow_client.table("incident").get(fields=["number"])]
    assert sorted(numbers) == ["INC0020001", "INC0020002"]
