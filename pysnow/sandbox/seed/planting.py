"""Writing the demo data into a store."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from pysnow.sandbox.seed.access_rules import add_access_rules
from pysnow.sandbox.seed.authentication import add_authentication
from pysnow.sandbox.seed.bare import bare_rows
from pysnow.sandbox.seed.catalog import add_catalog, add_orders
from pysnow.sandbox.seed.changes import add_changes
from pysnow.sandbox.seed.configuration import add_configuration
from pysnow.sandbox.seed.crowd import add_crowd
from pysnow.sandbox.seed.files import DemoFile, add_files, demo_files
from pysnow.sandbox.seed.groups import add_groups
from pysnow.sandbox.seed.incidents import add_incidents
from pysnow.sandbox.seed.knowledge import add_knowledge
from pysnow.sandbox.seed.levels import add_levels
from pysnow.sandbox.seed.organization import add_organization
from pysnow.sandbox.seed.people import add_people
from pysnow.sandbox.seed.platform import add_machine_rows, add_platform
from pysnow.sandbox.seed.problems import add_problems
from pysnow.sandbox.seed.rows import DemoRows, compact
from pysnow.sandbox.seed.schema_rows import add_schema
from pysnow.sandbox.seed.volume import generated_incidents

if TYPE_CHECKING:
    from pysnow.sandbox.dictionary.dictionary import Dictionary
    from pysnow.sandbox.store.store import Store

EPOCH = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""The demo's present unless another is given: morning in San Diego, where its admin lives."""

# Any number would do; it only has to stay the same.
_SEED = 20260302


def plant(
    store: Store, dictionary: Dictionary, *, records: int = 0, now: datetime | None = None, demo: bool = True
) -> None:
    """Write the demo data into an empty store, in one transaction.

    The same arguments always write the same rows. Passwords are written as hashes.

    Args:
        store: Where to write; it must not hold demo data yet.
        dictionary: The store's dictionary; the schema rows describe it.
        records: Incidents to generate beyond the stock ones, numbered from INC0010001 up.
        now: The demo's present (aware); all dates lie before it, save for what is planned. ``EPOCH`` unless given.
        demo: Whether there shall be records that people work on, beside the configuration and the base users.

    Raises:
        ValueError: ``records`` is negative or given without ``demo``, or ``now`` has no time zone.
    """
    if records < 0:
        raise ValueError(f"records is {records}, but must be 0 or more")
    if records and not demo:
        raise ValueError("generated incidents need the people of the demo data: leave records at 0 without it")
    if now is not None and now.tzinfo is None:
        raise ValueError("now has no time zone; pass an aware datetime such as datetime.now(UTC)")
    random = Random(_SEED)
    rows = demo_rows(dictionary, demo_files(), random, (now or EPOCH).astimezone(UTC), records)
    with store.transaction():
        for table, of_table in rows if demo else bare_rows(rows):
            store.insert_many(table, compact(of_table))
        if records:
            store.insert_many("incident", generated_incidents(rows, records, random))


def demo_rows(
    dictionary: Dictionary, files: tuple[DemoFile, ...], random: Random, now: datetime, records: int
) -> DemoRows:
    """Return the rows of the demo data, without the generated incidents but with a counter that knows of them."""
    rows = DemoRows(dictionary, now.replace(microsecond=0))
    add_schema(rows, records)
    add_platform(rows)
    add_organization(rows)
    add_people(rows)
    add_crowd(rows)
    add_authentication(rows)
    add_groups(rows)
    add_access_rules(rows)
    add_configuration(rows)
    add_incidents(rows, random)
    add_problems(rows)
    add_changes(rows)
    add_catalog(rows)
    add_orders(rows)
    add_knowledge(rows)
    add_levels(rows)
    add_machine_rows(rows, random)
    add_files(rows, files)
    return rows
