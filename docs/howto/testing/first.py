# ruff: noqa: D100, D103
import helpdesk


def test_ticket_is_urgent(servicenow):
    number = helpdesk.open_ticket("Printer on fire")

    (incident,) = [row for row in servicenow.table("incident").rows if row["number"] == number]
    assert incident["short_description"] == "Printer on fire"
    assert incident["urgency"] == "1"


def test_open_tickets_are_counted(servicenow):
    before = helpdesk.count_open()
    servicenow.add("incident", {"short_description": "Another one"})
    assert helpdesk.count_open() == before + 1
