"""The steps of the demonstration. Each code is shown, and executed, exactly as it stands here."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["STEPS", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the demonstration does.

    Attributes:
        title: What is done.
        code: Python that does it; its last line is an expression, whose value is the result.
    """

    title: str
    code: str


STEPS: tuple[Step, ...] = (
    Step(
        "Sign in",
        """\
import pysnow
client = pysnow.Client(instance=sandbox.url, user="admin", password="admin")
incidents = client.table("incident")
client.base_url + incidents.path""",
    ),
    Step(
        "List open incidents, the most urgent first",
        """\
query = pysnow.QueryBuilder().field("active").equals("true").AND().field("state").not_equals("6")
query = query.AND().field("priority").order_ascending()
fields = ["number", "priority", "short_description"]
found = incidents.get(query, fields=fields, limit=5, display_value=True).all()
found""",
    ),
    Step(
        "Read one by its number",
        """\
fields = ["number", "state", "caller_id.name", "assignment_group.name", "opened_at"]
incidents.get({"number": found[0]["number"]}, fields=fields, display_value=True).one()""",
    ),
    Step(
        "Create one",
        """\
created = incidents.create({"short_description": "The printer on floor 3 is on fire", "urgency": "1", "impact": "2"})
{name: created[name] for name in ("number", "short_description", "state", "priority")}""",
    ),
    Step(
        "Update it",
        """\
updated = incidents.update({"number": created["number"]}, {"state": "2", "work_notes": "The fire brigade is here"})
{name: updated[name] for name in ("number", "state", "sys_mod_count")}""",
    ),
    Step(
        "Attach a file to it",
        """\
content = bytes(range(256)) * 256
attached = incidents.attachments.upload(created["sys_id"], data=content, name="floor-3.bin")
{name: attached[name] for name in ("file_name", "size_bytes", "content_type")}""",
    ),
    Step(
        "Download the file, and compare it byte by byte",
        """\
copy = incidents.attachments.content(attached["sys_id"])
if copy != content: raise ValueError("the file came back changed")
f"{len(copy)} bytes, the same as were sent\"""",
    ),
    Step(
        "Stream a filtered table, record by record, and count",
        """\
from collections import Counter
unresolved = incidents.get({"state": ["1", "2", "3"]}, fields=["category"], display_value=True, stream=True)
dict(Counter(incident["category"] for incident in unresolved.all()).most_common())""",
    ),
    Step(
        "Delete the record",
        """\
incidents.delete({"number": created["number"]})""",
    ),
    Step(
        "See that it is gone",
        """\
gone = incidents.get({"number": created["number"]}).one_or_none()
if gone is not None: raise ValueError("the record is still there")
client.close()
gone""",
    ),
)
