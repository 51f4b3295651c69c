# ruff: noqa: D100, D103
import helpdesk
import pytest


@pytest.mark.servicenow(faults="server-error:status=503,method=POST")
def test_ticket_is_not_opened_during_maintenance(servicenow):
    assert helpdesk.open_ticket("Printer on fire") is None
    assert not servicenow.requests[-1].committed


@pytest.mark.servicenow(faults="maintenance-page")
def test_nothing_is_counted_while_a_page_stands_in(servicenow):
    assert helpdesk.count_open() is None


def test_answer_is_lost(servicenow):
    with servicenow.fault("drop-after", method="POST") as fault:
        assert helpdesk.open_ticket("Printer on fire") is None

    assert fault.strikes == 1
    assert servicenow.requests[-1].committed  # the incident is there, though nobody told us
