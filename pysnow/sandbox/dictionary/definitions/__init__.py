"""The tables of the sandbox: a small stock instance, described area by area.

Labels and columns that no recording shows are those of a stock instance to the best of our knowledge (our default).

A column that repeats a parent's name overrides it (choices, default, flags); the dictionary adds the system columns.
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions import (
    assets,
    authentication,
    catalog,
    change,
    cmdb,
    cmdb_classes,
    events,
    imports,
    incident,
    integration,
    interface,
    knowledge,
    metadata,
    organization,
    platform,
    problem,
    records,
    scripting,
    sla,
    task,
    users,
)
from pysnow.sandbox.dictionary.model import Table

__all__ = ["TABLES"]

TABLES: tuple[Table, ...] = (
    *metadata.TABLES,
    *records.TABLES,
    *platform.TABLES,
    *authentication.TABLES,
    *users.TABLES,
    *organization.TABLES,
    *task.TABLES,
    *incident.TABLES,
    *problem.TABLES,
    *change.TABLES,
    *catalog.TABLES,
    *sla.TABLES,
    *cmdb.TABLES,
    *assets.TABLES,
    *knowledge.TABLES,
    *events.TABLES,
    *imports.TABLES,
    *scripting.TABLES,
    *interface.TABLES,
    *integration.TABLES,
    *cmdb_classes.TABLES,
)
