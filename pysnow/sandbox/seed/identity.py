"""Which ``sys_id`` each demo record has.

Ids are derived from table and key, not drawn at random: adding a record moves no other one, references can be
written before their target exists, and two plantings agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

# Ids that the vendor's documentation and public examples rely on, the same on every stock instance. Those of
# beth.anglin, fred.luddy and INC0000060 are from memory (our default).
WELL_KNOWN: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("sys_user", "admin"): "6816f79cc0a8016401c5a33be04be441",
        ("sys_user", "itil"): "681b365ec0a80164000fb0b05854a0cd",
        ("sys_user", "employee"): "681ccaf9c0a8016400b98a06818d57c7",
        ("sys_user", "guest"): "5136503cc611227c0183e96598c4f706",
        ("sys_user", "abel.tuter"): "62826bf03710200044e0bfc8bcbe5df1",
        ("sys_user", "david.loo"): "5137153cc611227c000bbd1bd8cd2007",
        ("sys_user", "beth.anglin"): "46d44a23a9fe19810012d100cca80666",
        ("sys_user", "fred.luddy"): "5137153cc611227c000bbd1bd8cd2005",
        ("sys_user", "don.goodliffe"): "9ee1b13dc6112271007f9d0efdb69cd0",
        ("sys_user_role", "admin"): "2831a114c611228501d4ea6c309d626d",
        ("sys_user_group", "Service Desk"): "d625dccec0a8016700a222a0f7900d06",
        ("sys_user_group", "Network"): "287ebd7da9fe198100f92cc8d1d2154e",
        ("sys_user_group", "Hardware"): "8a5055c9c61122780043563ef53438e3",
        ("sys_user_group", "Software"): "8a4dde73c6112278017a6a4baf547aa7",
        ("sys_user_group", "Database"): "287ee6fea9fe198100ada7950d0b1b73",
        ("incident", "INC0000001"): "9c573169c611228700193229fff72400",
        ("incident", "INC0000013"): "46cebb88a9fe198101aee93734f9768b",
        ("incident", "INC0000046"): "a9e30c7dc61122760116894de7bcc7bd",
        ("incident", "INC0000050"): "ef43c6d40a0a0b5700c77f9bf387afe3",
        # Lists without an order come by sys_id, and the first incident of a stock instance is this one.
        ("incident", "INC0000060"): "1c741bd70b2322007518478d83673af3",
        ("problem", "PRB0000050"): "04ce72c9c0a8016600b5b7f75ac67b5b",
        ("problem", "PRB0007601"): "62304320731823002728660c4cf6a7e8",
        ("change_request", "CHG0000023"): "70ad699e47410200e90d87e8dee4907d",
        # DYNAMIC conditions name these.
        ("sys_filter_option_dynamic", "Me"): "90d1921e5f510100a9ad2572f2b477fe",
        ("sys_filter_option_dynamic", "One of My Groups"): "d6435e965f510100a9ad2572f2b477fe",
        # Not every sys_id has 32 characters (recorded on a 2026 instance).
        ("sys_number", "task"): "4",
        ("sys_scope", "global"): "global",
        ("sys_package", "global"): "global",
    }
)

FIRST_INCIDENT = WELL_KNOWN["incident", "INC0000060"]

# Keeps every other incident behind FIRST_INCIDENT without favouring one leading digit much.
_BEHIND_FIRST = MappingProxyType({"0": "4", "1": "9"})


def sys_id_of(table: str, key: str) -> str:
    """Return the ``sys_id`` of a demo record.

    Args:
        table: Class of the record, such as ``incident`` (not ``task``).
        key: What identifies it among its kind: a number, a user name, a name.
    """
    known = WELL_KNOWN.get((table, key))
    if known is not None:
        return known
    sys_id = hashlib.md5(f"{table}:{key}".encode(), usedforsecurity=False).hexdigest()
    if table == "incident":
        return _BEHIND_FIRST.get(sys_id[0], sys_id[0]) + sys_id[1:]
    return sys_id
