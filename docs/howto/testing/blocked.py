# ruff: noqa: D100, D103
import pytest
import requests

from pysnow.testing import RequestBlocked


def test_nothing_leaves_this_machine(servicenow):
    with pytest.raises(RequestBlocked, match=r"hooks\.example\.com"):
        requests.post("https://hooks.example.com/alert", json={}, timeout=10)


@pytest.mark.servicenow(hosts=["dev12345", "itsm.example.com"])
def test_of_two_instances(servicenow):
    assert servicenow.url == "https://dev12345.service-now.com"
