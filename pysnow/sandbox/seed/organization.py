"""Companies, locations, departments, schedules of the demo data."""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows

HOME_COMPANY = "Brightwater Industries"


class _Location(NamedTuple):
    name: str
    street: str
    city: str
    state: str
    zip: str
    country: str
    latitude: str
    longitude: str
    time_zone: str
    parent: str = ""


REGIONS = ("Americas", "EMEA", "APJ")

LOCATIONS = (
    _Location(
        "San Diego",
        "2400 Harbor View Road",
        "San Diego",
        "CA",
        "92101",
        "USA",
        "32.7157",
        "-117.1611",
        "US/Pacific",
        "Americas",
    ),
    _Location(
        "Denver", "815 Larimer Plaza", "Denver", "CO", "80204", "USA", "39.7392", "-104.9903", "US/Mountain", "Americas"
    ),
    _Location(
        "Boston", "77 Quay Street", "Boston", "MA", "02110", "USA", "42.3601", "-71.0589", "US/Eastern", "Americas"
    ),
    _Location(
        "London", "14 Fennel Lane", "London", "", "EC2A 4NE", "GBR", "51.5074", "-0.1278", "Europe/London", "EMEA"
    ),
    _Location("Köln", "Rheinauhafen 9", "Köln", "NRW", "50678", "DEU", "50.9375", "6.9603", "Europe/Berlin", "EMEA"),
    _Location(
        "Utrecht", "Oudegracht 212", "Utrecht", "", "3511 NR", "NLD", "52.0907", "5.1214", "Europe/Amsterdam", "EMEA"
    ),
    _Location("Tokyo", "3-7-1 Shibaura", "Tokyo", "", "108-0023", "JPN", "35.6762", "139.6503", "Asia/Tokyo", "APJ"),
    _Location(
        "Sydney", "58 Kestrel Street", "Sydney", "NSW", "2000", "AUS", "-33.8688", "151.2093", "Australia/Sydney", "APJ"
    ),
)

# name, roles of the company, city, stock symbol
COMPANIES = (
    (HOME_COMPANY, ("primary",), "San Diego", ""),
    ("Brightwater Europe GmbH", (), "Köln", ""),
    ("Brightwater Japan KK", (), "Tokyo", ""),
    ("Halden Computers", ("manufacturer", "vendor"), "Boston", "HLDN"),
    ("Orbix Networks", ("manufacturer", "vendor"), "Denver", "ORBX"),
    ("Pellucid Printing", ("manufacturer",), "Utrecht", ""),
    ("Quarry Software", ("vendor",), "London", "QRRY"),
    ("Larkspur Telecom", ("vendor",), "Sydney", "LKSP"),
    ("Fairmont & Sons", ("customer",), "London", ""),
    ("Nordlys Energi A/S", ("customer",), "Utrecht", ""),
)

# name, id, head (user name), parent department
DEPARTMENTS = (
    ("IT", "IT", "marta.quintero", ""),
    ("Service Management", "ITSM", "owen.hartley", "IT"),
    ("Infrastructure", "INFRA", "david.loo", "IT"),
    ("Development", "DEV", "priya.raman", "IT"),
    ("Finance", "FIN", "helena.brandt", ""),
    ("Human Resources", "HR", "joanna.pike", ""),
    ("Sales", "SALES", "marcus.oyelaran", ""),
    ("Product Management", "PM", "sofia.castellano", ""),
    ("Customer Support", "CS", "liam.okafor", ""),
)


def add_organization(rows: DemoRows) -> None:
    """Add companies, locations, departments, cost centers and schedules."""
    _add_locations(rows)
    _add_companies(rows)
    _add_departments(rows)
    _add_schedules(rows)


def _add_locations(rows: DemoRows) -> None:
    for region in REGIONS:
        rows.add("cmn_location", region, {"name": region, "full_name": region}, created=rows.ago(900))
    for place in LOCATIONS:
        values = {name: value or None for name, value in place._asdict().items()}
        values |= {
            "full_name": f"{place.parent}/{place.name}",
            "parent": sys_id_of("cmn_location", place.parent),
            "company": sys_id_of("core_company", HOME_COMPANY),
        }
        rows.add("cmn_location", place.name, values, created=rows.ago(900))


def _add_companies(rows: DemoRows) -> None:
    places = {place.city: place for place in LOCATIONS}
    for name, kinds, city, symbol in COMPANIES:
        place = places[city]
        values: dict[str, str | None] = {
            "name": name,
            "street": place.street,
            "city": city,
            "state": place.state or None,
            "zip": place.zip,
            "country": place.country,
            "stock_symbol": symbol or None,
            "publicly_traded": "true" if symbol else "false",
            "website": f"https://{name.split()[0].lower()}.example.com",
            **dict.fromkeys(kinds, "true"),
        }
        if name.startswith("Brightwater ") and name != HOME_COMPANY:
            values["parent"] = sys_id_of("core_company", HOME_COMPANY)
        rows.add("core_company", name, values, created=rows.ago(900))


def _add_departments(rows: DemoRows) -> None:
    for name, code, head, parent in DEPARTMENTS:
        cost_center = rows.add(
            "cmn_cost_center",
            name,
            {"name": f"{name} cost center", "account_number": f"CC-{code}", "manager": sys_id_of("sys_user", head)},
            created=rows.ago(880),
        )
        values = {
            "name": name,
            "id": code,
            "dept_head": sys_id_of("sys_user", head),
            "primary_contact": sys_id_of("sys_user", head),
            "company": sys_id_of("core_company", HOME_COMPANY),
            "parent": sys_id_of("cmn_department", parent) if parent else None,
            "cost_center": cost_center,
            "description": f"The {name} department",
        }
        rows.add("cmn_department", name, values, created=rows.ago(880))


def _add_schedules(rows: DemoRows) -> None:
    schedules = (("8-5 weekdays", "excl. weekends", "20260105T080000", "20260105T170000", "12345"),)
    for name, description, start, end, days in schedules:
        schedule = rows.add("cmn_schedule", name, {"name": name, "description": description}, created=rows.ago(800))
        span = {
            "name": "Working hours",
            "schedule": schedule,
            "start_date_time": start,
            "end_date_time": end,
            "repeat_type": "specific",
            "days_of_week": days,
        }
        rows.add("cmn_schedule_span", name, span, created=rows.ago(800))
    rows.add("cmn_schedule", "24x7", {"name": "24x7", "description": "Around the clock"}, created=rows.ago(800))
