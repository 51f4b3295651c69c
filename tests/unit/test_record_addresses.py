"""Addresses of forms and lists, written and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow import InvalidUsage
from pysnow.records.addresses import Place, form_url, list_url, place_at

BASE = "https://dev1.service-now.com"
SYS_ID = "9c573169c611228700193229fff72400"
FORM = Place("incident", SYS_ID)


def test_form_url__is_read_back() -> None:
    assert place_at(BASE, form_url(BASE, "incident", SYS_ID)) == FORM


@given(st.text(min_size=1).filter(str.strip).filter(lambda text: text.isprintable()))
def test_list_url__any_query_is_read_back(query: str) -> None:
    assert place_at(BASE, list_url(BASE, "incident", query)) == Place("incident", query=query)


@pytest.mark.parametrize("query", ["a=1^b=2", "a=x^^y", "a=50%", "a=b&c=d", "a=x y", "a=ü+#?"])
def test_list_url__what_addresses_use_survives(query: str) -> None:
    assert place_at(BASE, list_url(BASE, "incident", query)).query == query


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}/incident.do?sys_id={SYS_ID}",
        f"{BASE}/incident.do?sys_id={SYS_ID}&sysparm_view=ess",
        f"{BASE}/nav_to.do?uri=%2Fincident.do%3Fsys_id%3D{SYS_ID}",
        f"{BASE}/nav_to.do?uri=incident.do?sys_id={SYS_ID}",
        f"{BASE}/now/nav/ui/classic/params/target/incident.do%3Fsys_id%3D{SYS_ID}%26sysparm_view%3D",
        f"{BASE}/now/sow/record/incident/{SYS_ID}",
        f"{BASE}/now/workspace/agent/record/incident/{SYS_ID}/sub/1",
        f"{BASE}/sp?id=ticket&table=incident&sys_id={SYS_ID}",
        f"{BASE}/api/now/table/incident/{SYS_ID}",
        f"{BASE}/api/now/v2/table/incident/{SYS_ID}?sysparm_fields=number",
        f"https://DEV1.service-now.com:443/incident.do?sys_id={SYS_ID}",
        f"/incident.do?sys_id={SYS_ID}",
        f"incident.do?sys_id={SYS_ID}",
    ],
)
def test_place_at__reads_what_people_paste(address: str) -> None:
    assert place_at(BASE, address) == FORM


def test_place_at__reads_a_link_that_is_a_query() -> None:
    address = f"{BASE}/api/now/table/incident?sysparm_query=number%3DINC1"
    assert place_at(BASE, address) == Place("incident", query="number=INC1")


@pytest.mark.parametrize(
    "address",
    [
        f"https://dev2.service-now.com/incident.do?sys_id={SYS_ID}",
        f"http://dev1.service-now.com/incident.do?sys_id={SYS_ID}",
        f"https://dev1.service-now.com:8443/incident.do?sys_id={SYS_ID}",
        f"https://dev1.service-now.com.evil.example/incident.do?sys_id={SYS_ID}",
        f"https://dev1.service-now.com@evil.example/incident.do?sys_id={SYS_ID}",
        f"https://user@dev1.service-now.com/incident.do?sys_id={SYS_ID}",
        f"//evil.example/incident.do?sys_id={SYS_ID}",
    ],
)
def test_place_at__another_origin_is_refused(address: str) -> None:
    with pytest.raises(InvalidUsage, match="another instance"):
        place_at(BASE, address)


def test_place_at__a_password_is_not_repeated() -> None:
    with pytest.raises(InvalidUsage) as caught:
        place_at(BASE, "https://ada:hunter2@dev1.service-now.com/incident.do")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        BASE,
        f"{BASE}/incident.do?sys_id=-1",
        f"{BASE}/incident_list.do",
        f"{BASE}/nav_to.do",
        f"{BASE}/nav_to.do?uri=nav_to.do%3Furi%3Dnav_to.do%253Furi%253Dx",
        f"{BASE}/api/now/table/incident",
        f"{BASE}/../incident.do?sys_id={SYS_ID}",
    ],
)
def test_place_at__what_points_to_no_record_is_refused(address: str) -> None:
    with pytest.raises(InvalidUsage, match="points to no record"):
        place_at(BASE, address)


@pytest.mark.parametrize("address", ["https://[::1/incident.do", "https://dev1.service-now.com:port/incident.do"])
def test_place_at__what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidUsage):
        place_at(BASE, address)
