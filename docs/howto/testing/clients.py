# ruff: noqa: D100, D103
import pytest

import pysnow


def test_administrators_open_problems(servicenow_client):
    assert servicenow_client.table("problem").create({"short_description": "Printers"})["number"]


@pytest.mark.servicenow(user="employee")
def test_employees_do_not(servicenow_client):
    with pytest.raises(pysnow.PermissionDenied):
        servicenow_client.table("problem").create({"short_description": "Printers"})
