"""Groups, roles and who has them."""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows


class _Group(NamedTuple):
    name: str
    description: str
    manager: str
    members: tuple[str, ...]
    roles: tuple[str, ...] = ()
    parent: str = ""


GROUPS = (
    _Group(
        "Service Desk",
        "First line for all callers",
        "owen.hartley",
        ("itil", "nadia.ferreira", "tobias.weller", "grace.mbeki", "owen.hartley"),
        ("itil",),
    ),
    _Group(
        "Network",
        "Routers, switches, wireless, VPN",
        "david.loo",
        ("don.goodliffe", "ivan.petrenko", "keiko.tanabe"),
        ("itil",),
    ),
    _Group("Hardware", "Desktops, laptops, printers", "david.loo", ("ruben.vandijk", "carla.mendes"), ("itil",)),
    _Group(
        "Software",
        "Business applications",
        "priya.raman",
        ("elliot.stroud", "wanjiru.kamau", "mikael.sandberg"),
        ("itil",),
    ),
    _Group("Database", "Database platforms", "david.loo", ("renee.dubois", "arjun.mehta", "david.loo"), ("itil",)),
    _Group("Server Operations", "Linux and Windows servers", "david.loo", ("soren.aagaard", "david.loo"), ("itil",)),
    _Group(
        "Network Asia Pacific", "Network, follow-the-sun shift", "david.loo", ("keiko.tanabe",), ("itil",), "Network"
    ),
    _Group(
        "Change Management",
        "Plans and coordinates changes",
        "bronwyn.tully",
        ("bronwyn.tully", "mikael.sandberg"),
        ("itil",),
    ),
    _Group(
        "CAB Approval", "Change advisory board", "bronwyn.tully", ("bronwyn.tully", "marta.quintero", "priya.raman")
    ),
    _Group("Problem Analysis", "Root causes", "hector.alvarado", ("hector.alvarado", "arjun.mehta"), ("itil",)),
    _Group("Security Operations", "Security incidents", "yusuf.demir", ("yusuf.demir",), ("itil",)),
    _Group(
        "Catalog Fulfillment", "Delivers what was ordered", "carla.mendes", ("carla.mendes", "ruben.vandijk"), ("itil",)
    ),
    _Group(
        "Knowledge Authors",
        "Write and review articles",
        "grace.mbeki",
        ("grace.mbeki", "nadia.ferreira"),
        ("knowledge",),
    ),
    _Group("Application Development", "Builds what is not bought", "priya.raman", ("elliot.stroud", "simon.kessler")),
    _Group("Capacity Management", "Plans what will be needed", "david.loo", ("soren.aagaard",)),
    _Group("Desktop Support", "Visits desks", "owen.hartley", ("carla.mendes",)),
    _Group("Event Management", "Watches alerts", "david.loo", ("soren.aagaard", "ivan.petrenko")),
    _Group("Facilities", "Buildings, badges, parking", "joanna.pike", ("felix.arnaud",)),
    _Group("Incident Management", "Major incidents", "owen.hartley", ("beth.anglin", "owen.hartley")),
    _Group("Legal", "Contracts and licences", "helena.brandt", ("juergen.koehler",)),
    _Group("Procurement", "Buys", "helena.brandt", ("charlie.whitcombe",)),
    _Group("Release Management", "Brings changes together", "priya.raman", ("mikael.sandberg",)),
    _Group("Storage", "Arrays, backups", "david.loo", ("arjun.mehta",), (), "Server Operations"),
    _Group("Telephony", "Desk and mobile phones", "david.loo", ("ivan.petrenko",), (), "Network"),
    _Group("Virtualization", "Hypervisors, containers", "david.loo", ("soren.aagaard",), (), "Server Operations"),
)

# role, description, roles that it contains
ROLES = (
    ("admin", "May do everything", ("itil", "knowledge", "catalog_admin", "rest_service")),
    ("security_admin", "Access rules; has to be elevated to", ()),
    ("itil", "Works on tasks of IT service management", ("approver_user",)),
    ("approver_user", "May approve", ()),
    ("catalog_admin", "Manages the service catalog", ()),
    ("knowledge", "Writes knowledge articles", ()),
    ("rest_service", "May use web services", ()),
    ("snc_platform_rest_api_access", "May use the platform's REST APIs", ()),
    ("snc_basic_auth_api_access", "May use Basic authentication where that is restricted", ()),
    ("evt_mgmt_integration", "Sends events", ()),
    ("import_transformer", "Manages import sets and transform maps", ()),
    ("snc_read_only", "Reads, never writes", ()),
    ("user_admin", "Manages users and groups", ()),
    ("personalize_dictionary", "Reads the dictionary", ()),
    ("public", "Everybody, guests included", ()),
    ("nobody", "No user at all; asked for by what is locked", ()),
)

# Roles that users have of themselves, not through a group.
DIRECT_ROLES = (
    ("admin", "admin"),
    ("admin", "security_admin"),
    ("itil", "itil"),
    ("svc.monitoring", "evt_mgmt_integration"),
    ("svc.warehouse", "rest_service"),
    ("svc.warehouse", "snc_read_only"),
    ("marta.quintero", "approver_user"),
    ("helena.brandt", "approver_user"),
    ("marcus.oyelaran", "approver_user"),
)

MEMBERS = {group.name: group.members for group in GROUPS}


def group_id(name: str) -> str:
    """Return the ``sys_id`` of a demo group."""
    return sys_id_of("sys_user_group", name)


def role_id(name: str) -> str:
    """Return the ``sys_id`` of a demo role."""
    return sys_id_of("sys_user_role", name)


def add_groups(rows: DemoRows) -> None:
    """Add roles, groups, memberships, and the user-role rows that follow from both."""
    _add_roles(rows)
    kind = rows.add("sys_user_group_type", "itil", {"name": "itil", "description": "Works on ITIL processes"})
    for group in GROUPS:
        values = {
            "name": group.name,
            "description": group.description,
            "manager": user_id(group.manager),
            "email": f"{group.name.lower().replace(' ', '.')}@example.com",
            "parent": group_id(group.parent) if group.parent else None,
            "type": kind if "itil" in group.roles else None,
        }
        rows.add("sys_user_group", group.name, values, created=rows.ago(780))
        _add_members(rows, group)
    granted = _granted_roles()
    for user, role, group_name in granted:
        _add_user_role(rows, user, role, group_name)


def _add_roles(rows: DemoRows) -> None:
    for name, description, contained in ROLES:
        values = {
            "name": name,
            "sys_name": name,
            "suffix": name,
            "description": description,
            "elevated_privilege": "true" if name == "security_admin" else "false",
            "includes_roles": ",".join(contained) or None,
        }
        rows.add("sys_user_role", name, values, created=rows.ago(1000))
        for inner in contained:
            link = {"role": role_id(name), "contains": role_id(inner)}
            rows.add("sys_user_role_contains", f"{name}/{inner}", link, created=rows.ago(1000))


def _add_members(rows: DemoRows, group: _Group) -> None:
    for member in group.members:
        link = {"user": user_id(member), "group": group_id(group.name)}
        rows.add("sys_user_grmember", f"{group.name}/{member}", link, created=rows.ago(700))
    for role in group.roles:
        link = {"group": group_id(group.name), "role": role_id(role)}
        rows.add("sys_group_has_role", f"{group.name}/{role}", link, created=rows.ago(770))


def _granted_roles() -> list[tuple[str, str, str]]:
    """Return user, role and granting group; the group is empty for roles given to the user directly."""
    direct = [(user, role, "") for user, role in DIRECT_ROLES]
    by_group = [(user, role, group.name) for group in GROUPS for role in group.roles for user in group.members]
    return direct + by_group


def _add_user_role(rows: DemoRows, user: str, role: str, group: str) -> None:
    values = {
        "user": user_id(user),
        "role": role_id(role),
        "inherited": "true" if group else "false",
        "granted_by": group_id(group) if group else None,
    }
    rows.add("sys_user_has_role", f"{user}/{role}/{group}", values, created=rows.ago(690))
    for inner in _contained(role):
        below = values | {"role": role_id(inner), "inherited": "true", "included_in_role": role_id(role)}
        rows.add("sys_user_has_role", f"{user}/{role}/{inner}/{group}", below, created=rows.ago(690))


def _contained(role: str) -> list[str]:
    """Return the roles that a role brings along, at any depth."""
    below = {name: contained for name, _, contained in ROLES}
    found: list[str] = []
    for inner in below[role]:
        found += [inner, *_contained(inner)]
    return found
