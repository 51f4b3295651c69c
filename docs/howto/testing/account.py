# ruff: noqa: D100, D103
import pytest


@pytest.fixture
def servicenow(servicenow):
    """The instance of each test, with the user that the program signs in as."""
    servicenow.add_user("svc.helpdesk", password="s3cret", roles=["itil"])
    return servicenow
