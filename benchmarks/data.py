"""Pages as an instance sends them, made up: the same bytes from the same seed, on every machine."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["SHAPES", "Page", "make_page"]

Record: TypeAlias = "dict[str, str | dict[str, str]]"

ADDRESS = "https://dev00000.service-now.com/api/now/table"
SENTENCE = (
    "server network printer laptop user reports that the mail client stops responding after login please check access"
    " über für größer naïve café señor 日本 ✓ restart outage database query slow since yesterday again ticket priority"
)
WORDS = SENTENCE.split(" ")
PEOPLE = ("caller_id", "assigned_to", "opened_by", "closed_by", "resolved_by", "sys_domain", "parent", "location")
THINGS = ("assignment_group", "cmdb_ci", "company", "problem_id", "business_service", "service_offering")
REFERENCES = PEOPLE + THINGS
TEXTS = ("short_description", "description", "close_notes", "comments_and_work_notes")
STAMPS = ("opened_at", "sys_created_on", "sys_updated_on", "closed_at", "resolved_at", "due_date")
CHOICES = ("state", "priority", "urgency", "impact", "severity", "category", "contact_type", "approval", "escalation")
FILLERS = 57  # columns of the task table that most rows leave empty or at their default; 92 in all


@dataclass(frozen=True)
class Page:
    """One answer, prepared."""

    identity: bytes
    gzipped: bytes
    records: int


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _stamp(chance: random.Random) -> str:
    return f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02} {chance.randint(0, 23):02}:31:07"


def _words(chance: random.Random, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(0, most)))


def _wide(chance: random.Random, people: list[str], number: int) -> Record:
    """All 92 columns, references with their links."""
    row: Record = {"sys_id": _id(chance), "number": f"INC{number:07d}"}
    for name in REFERENCES:
        person = chance.choice(people)
        row[name] = {"link": f"{ADDRESS}/sys_user/{person}", "value": person} if chance.random() < 0.8 else ""
    row |= {name: _words(chance, 18) for name in TEXTS}
    row |= {name: _stamp(chance) for name in STAMPS}
    row |= {name: str(chance.randint(1, 5)) for name in CHOICES}
    row |= {f"u_column_{index:02d}": chance.choice(("", "", "false", "0")) for index in range(FILLERS)}
    return row


def _narrow(chance: random.Random, people: list[str], number: int) -> Record:
    """Seven columns, as ``sysparm_fields`` asks for them."""
    names = ("sys_id", "number", "caller_id", "short_description", "sys_updated_on", "state", "priority")
    row = _wide(chance, people, number)
    return {name: row[name] for name in names}


def _both(chance: random.Random, people: list[str], number: int) -> Record:
    """All columns with ``sysparm_display_value=all``."""
    row = _wide(chance, people, number)
    return {
        name: {"display_value": "Some Person", **value} if isinstance(value, dict) else _twice(value)
        for name, value in row.items()
    }


def _twice(value: str) -> dict[str, str]:
    return {"display_value": value, "value": value}


SHAPES: dict[str, Callable[[random.Random, list[str], int], Record]] = {"wide": _wide, "narrow": _narrow, "both": _both}


def make_page(shape: str, records: int, seed: int = 1) -> Page:
    """Make one page.

    Args:
        shape: ``wide``, ``narrow`` or ``both``.
        records: How many it holds.
        seed: Another one gives other records.
    """
    chance = random.Random(seed)
    people = [_id(chance) for _ in range(300)]
    rows = [SHAPES[shape](chance, people, number) for number in range(records)]
    body = json.dumps({"result": rows}, separators=(",", ":"), ensure_ascii=False).encode()
    return Page(body, gzip.compress(body, 6, mtime=0), records)
