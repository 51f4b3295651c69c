"""Configuration items, their models, assets and relations."""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.seed.groups import group_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.organization import HOME_COMPANY
from pysnow.sandbox.seed.people import LOCATION_OF, user_id
from pysnow.sandbox.seed.rows import DemoRows, moment_text


class Item(NamedTuple):
    """One configuration item: its class, name, model, location, support group, and columns of its class."""

    table: str
    name: str
    model: str
    location: str
    group: str
    extra: tuple[tuple[str, str], ...] = ()


# name, manufacturer, model number
MODELS = (
    ("Halden Rack 740", "Halden Computers", "HR-740"),
    ("Halden Blade 12", "Halden Computers", "HB-12"),
    ("Halden Notebook 14", "Halden Computers", "HN-14"),
    ("Halden Workstation Z", "Halden Computers", "HW-Z"),
    ("Orbix Switch 48", "Orbix Networks", "OS-48"),
    ("Orbix Router 9", "Orbix Networks", "OR-9"),
    ("Pellucid LaserJot 600", "Pellucid Printing", "LJ-600"),
)

_LINUX = (
    ("os", "Linux Red Hat"),
    ("os_version", "9.4"),
    ("cpu_count", "2"),
    ("ram", "65536"),
    ("cpu_core_count", "32"),
)
_WINDOWS = (("os", "Windows 2022"), ("os_version", "10.0.20348"), ("cpu_count", "2"), ("ram", "32768"))
_UNIX = (("os", "AIX"), ("os_version", "7.3"), ("cpu_count", "4"), ("ram", "131072"))
_RETIRED = (("operational_status", "6"), ("install_status", "7"))
_REPAIR = (("operational_status", "3"), ("install_status", "3"))
_STANDBY = (("operational_status", "4"),)
_TEST = (("used_for", "Test"), ("classification", "Test"))
_CRITICAL = (("busines_criticality", "1 - most critical"), ("service_classification", "Business Service"))
_LESS_CRITICAL = (("busines_criticality", "3 - less critical"), ("service_classification", "Business Service"))

ITEMS = (
    Item("cmdb_ci_linux_server", "lnx-web-01", "Halden Rack 740", "San Diego", "Server Operations", _LINUX),
    Item("cmdb_ci_linux_server", "lnx-web-02", "Halden Rack 740", "San Diego", "Server Operations", _LINUX),
    Item("cmdb_ci_linux_server", "lnx-app-01", "Halden Blade 12", "Denver", "Server Operations", _LINUX),
    Item("cmdb_ci_linux_server", "lnx-app-02", "Halden Blade 12", "Denver", "Server Operations", _LINUX + _STANDBY),
    Item("cmdb_ci_linux_server", "lnx-db-01", "Halden Rack 740", "Denver", "Database", _LINUX),
    Item("cmdb_ci_linux_server", "lnx-db-02", "Halden Rack 740", "Köln", "Database", _LINUX),
    Item("cmdb_ci_linux_server", "lnx-test-01", "Halden Blade 12", "Boston", "Server Operations", _LINUX + _TEST),
    Item("cmdb_ci_win_server", "win-mail-01", "Halden Rack 740", "San Diego", "Server Operations", _WINDOWS),
    Item("cmdb_ci_win_server", "win-mail-02", "Halden Rack 740", "London", "Server Operations", _WINDOWS + _REPAIR),
    Item("cmdb_ci_win_server", "win-file-01", "Halden Blade 12", "Köln", "Server Operations", _WINDOWS),
    Item("cmdb_ci_win_server", "win-ad-01", "Halden Blade 12", "Boston", "Server Operations", _WINDOWS),
    Item("cmdb_ci_unix_server", "aix-erp-01", "Halden Rack 740", "Denver", "Server Operations", _UNIX),
    Item("cmdb_ci_unix_server", "aix-old-01", "Halden Rack 740", "London", "Server Operations", _UNIX + _RETIRED),
    Item("cmdb_ci_ip_switch", "sw-sd-core-1", "Orbix Switch 48", "San Diego", "Network", (("ports", "48"),)),
    Item("cmdb_ci_ip_switch", "sw-den-core-1", "Orbix Switch 48", "Denver", "Network", (("ports", "48"),)),
    Item("cmdb_ci_ip_switch", "sw-cgn-core-1", "Orbix Switch 48", "Köln", "Network", (("ports", "24"),)),
    Item("cmdb_ci_ip_router", "rt-sd-edge-1", "Orbix Router 9", "San Diego", "Network", (("ports", "8"),)),
    Item("cmdb_ci_ip_router", "rt-tyo-edge-1", "Orbix Router 9", "Tokyo", "Network Asia Pacific", (("ports", "8"),)),
    Item("cmdb_ci_printer", "prn-bos-2f", "Pellucid LaserJot 600", "Boston", "Hardware", (("print_type", "Laser"),)),
    Item("cmdb_ci_printer", "prn-ldn-1f", "Pellucid LaserJot 600", "London", "Hardware", (("print_type", "Laser"),)),
    Item("cmdb_ci_service", "Email", "", "", "Server Operations", _CRITICAL),
    Item("cmdb_ci_service", "Retail Web Shop", "", "", "Software", _CRITICAL),
    Item("cmdb_ci_service", "Payroll", "", "", "Software", _LESS_CRITICAL),
    Item("cmdb_ci_service", "Enterprise Resource Planning", "", "", "Software", _CRITICAL),
    Item("cmdb_ci_service_auto", "Corporate Network", "", "", "Network", _CRITICAL),
    Item("service_offering", "Email - Standard Mailbox", "", "", "Server Operations"),
    Item("service_offering", "Payroll - Monthly Run", "", "", "Software"),
    Item("cmdb_ci_database", "erp-prod", "", "Denver", "Database", (("type", "Oracle"), ("version", "19c"))),
    Item("cmdb_ci_database", "shop-prod", "", "Denver", "Database", (("type", "PostgreSQL"), ("version", "16"))),
    Item("cmdb_ci_database", "payroll-prod", "", "Köln", "Database", (("type", "SQL Server"), ("version", "2022"))),
    Item("cmdb_ci_app_server", "shop-backend", "", "Denver", "Software", (("tcp_port", "8443"), ("version", "5.2"))),
    Item("cmdb_ci_web_server", "nginx@lnx-web-01", "", "San Diego", "Software", (("tcp_port", "443"),)),
    Item("cmdb_ci_web_server", "nginx@lnx-web-02", "", "San Diego", "Software", (("tcp_port", "443"),)),
    Item("cmdb_ci_appl", "Order Tracker", "", "", "Software", (("version", "2.11"),)),
)

NOTEBOOK_OWNERS = (
    *("abel.tuter", "employee", "rosa.delgado", "patrick.nwosu", "hina.shimizu", "luca.bianchi", "mei.lin"),
    *("charlie.whitcombe", "annika.sorli", "tamsin.oleary", "oscar.tremblay", "dale.ostrowski"),
)

# name = "<parent descriptor>::<child descriptor>"
RELATION_TYPES = (
    "Depends on::Used by",
    "Runs on::Runs",
    "Hosted on::Hosts",
    "Connects to::Connected by",
    "Contains::Contained by",
)

# parent, type, child
RELATIONS = (
    ("Email", "Depends on::Used by", "win-mail-01"),
    ("Email", "Depends on::Used by", "win-mail-02"),
    ("Email", "Depends on::Used by", "Corporate Network"),
    ("Retail Web Shop", "Depends on::Used by", "shop-backend"),
    ("Retail Web Shop", "Depends on::Used by", "nginx@lnx-web-01"),
    ("Retail Web Shop", "Depends on::Used by", "nginx@lnx-web-02"),
    ("Retail Web Shop", "Depends on::Used by", "shop-prod"),
    ("Payroll", "Depends on::Used by", "payroll-prod"),
    ("Enterprise Resource Planning", "Depends on::Used by", "erp-prod"),
    ("Enterprise Resource Planning", "Depends on::Used by", "aix-erp-01"),
    ("Corporate Network", "Depends on::Used by", "sw-sd-core-1"),
    ("Corporate Network", "Depends on::Used by", "sw-den-core-1"),
    ("Corporate Network", "Depends on::Used by", "sw-cgn-core-1"),
    ("Corporate Network", "Depends on::Used by", "rt-sd-edge-1"),
    ("Corporate Network", "Depends on::Used by", "rt-tyo-edge-1"),
    ("nginx@lnx-web-01", "Runs on::Runs", "lnx-web-01"),
    ("nginx@lnx-web-02", "Runs on::Runs", "lnx-web-02"),
    ("shop-backend", "Runs on::Runs", "lnx-app-01"),
    ("shop-prod", "Hosted on::Hosts", "lnx-db-01"),
    ("erp-prod", "Hosted on::Hosts", "aix-erp-01"),
    ("payroll-prod", "Hosted on::Hosts", "lnx-db-02"),
    ("lnx-web-01", "Connects to::Connected by", "sw-sd-core-1"),
    ("lnx-web-02", "Connects to::Connected by", "sw-sd-core-1"),
    ("lnx-app-01", "Connects to::Connected by", "sw-den-core-1"),
    ("rt-sd-edge-1", "Connects to::Connected by", "sw-sd-core-1"),
    ("Email", "Contains::Contained by", "Email - Standard Mailbox"),
    ("Payroll", "Contains::Contained by", "Payroll - Monthly Run"),
)

_CLASS_OF = {item.name: item.table for item in ITEMS} | {f"nb-{owner}": "cmdb_ci_computer" for owner in NOTEBOOK_OWNERS}
_OFFERED_BY = {"Email - Standard Mailbox": "Email", "Payroll - Monthly Run": "Payroll"}


def item_id(name: str) -> str:
    """Return the ``sys_id`` of a demo configuration item."""
    return sys_id_of(_CLASS_OF[name], name)


def add_configuration(rows: DemoRows) -> None:
    """Add product models, configuration items, notebooks with their assets, and relations."""
    _add_models(rows)
    for position, item in enumerate(ITEMS):
        _add_item(rows, item, position)
    for position, owner in enumerate(NOTEBOOK_OWNERS):
        _add_notebook(rows, owner, position)
    _add_relations(rows)


def _add_models(rows: DemoRows) -> None:
    for name, manufacturer, number in MODELS:
        values = {
            "name": name,
            "display_name": name,
            "manufacturer": sys_id_of("core_company", manufacturer),
            "model_number": number,
        }
        rows.add("cmdb_model", name, values, created=rows.ago(850))


def _add_item(rows: DemoRows, item: Item, position: int) -> None:
    created, seen = rows.ago(600 - position), rows.ago(1, hours=position)
    values: dict[str, str | None] = {
        "name": item.name,
        "support_group": group_id(item.group),
        "owned_by": user_id("david.loo"),
        "company": sys_id_of("core_company", HOME_COMPANY),
    }
    if item.location:
        values["location"] = sys_id_of("cmn_location", item.location)
    if item.model:
        values |= _device_values(item, position) | {"last_discovered": moment_text(seen)}
        values["first_discovered"] = moment_text(created)
    if item.name in _OFFERED_BY:
        values["parent"] = item_id(_OFFERED_BY[item.name])
    if item.table.endswith("_server") and "os" in dict(item.extra):
        values["host_name"] = item.name
    if "number" in rows.blank(item.table):
        values |= {"number": f"SNSVC{position:07d}", "service_status": "operational"}
    rows.add(item.table, item.name, values | dict(item.extra), created=created, updated=seen, mod_count=position)


def _device_values(item: Item, position: int) -> dict[str, str | None]:
    manufacturer = next(maker for name, maker, _ in MODELS if name == item.model)
    return {
        "model_id": sys_id_of("cmdb_model", item.model),
        "manufacturer": sys_id_of("core_company", manufacturer),
        "serial_number": f"SN-{4711 + 37 * position}",
        "asset_tag": f"P{1000 + position}",
        "ip_address": f"10.20.{position // 8}.{10 + position}",
        "mac_address": f"02:42:0A:14:{position // 8:02X}:{10 + position:02X}",
        "dns_domain": "corp.example.com",
        "fqdn": f"{item.name}.corp.example.com",
        "discovery_source": "ServiceNow",
        "category": "Hardware",
        "cost": f"{2500 + 125 * position}",
    }


def _add_notebook(rows: DemoRows, owner: str, position: int) -> None:
    name, created = f"nb-{owner}", rows.ago(300 - position)
    bought = rows.ago(320 - position).date().isoformat()
    both: dict[str, str | None] = {
        "asset_tag": f"P{2000 + position}",
        "serial_number": f"HN14-{90210 + 7 * position}",
        "assigned_to": user_id(owner),
        "location": sys_id_of("cmn_location", LOCATION_OF[owner]),
        "company": sys_id_of("core_company", HOME_COMPANY),
        "cost": "1499.99",
        "purchase_date": bought,
    }
    model = sys_id_of("cmdb_model", "Halden Notebook 14")
    item = both | {
        "name": name,
        "model_id": model,
        "manufacturer": sys_id_of("core_company", "Halden Computers"),
        "asset": sys_id_of("alm_hardware", name),
        "support_group": group_id("Hardware"),
        "install_date": created.date().isoformat(),
        "os": "Windows 11",
        "os_version": "10.0.22631",
        "os_address_width": "64",
        "ram": "16384",
        "disk_space": "512",
        "cpu_count": "1",
        "cpu_core_count": "8",
        "form_factor": "Laptop",
        "chassis_type": "Notebook",
        "discovery_source": "SG-SCCM",
        "category": "Hardware",
        "subcategory": "Computer",
    }
    rows.add("cmdb_ci_computer", name, item, created=created, mod_count=1)
    asset = both | {"display_name": f"{both['asset_tag']} - Halden Notebook 14", "model": model}
    asset |= {"ci": sys_id_of("cmdb_ci_computer", name), "warranty_expiration": "2028-12-31"}
    rows.add("alm_hardware", name, asset, created=created)


def _add_relations(rows: DemoRows) -> None:
    for name in RELATION_TYPES:
        parent, _, child = name.partition("::")
        values = {"name": name, "parent_descriptor": parent, "child_descriptor": child}
        rows.add("cmdb_rel_type", name, values, created=rows.ago(1000))
    for parent, kind, child in RELATIONS:
        link = {"parent": item_id(parent), "type": sys_id_of("cmdb_rel_type", kind), "child": item_id(child)}
        rows.add("cmdb_rel_ci", f"{parent}/{kind}/{child}", link, created=rows.ago(500))
