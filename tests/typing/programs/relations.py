"""What a program that reads records with what belongs to them sees of our types."""

from typing import Any, assert_type

import pysnow
from pysnow.exceptions import PysnowException
from pysnow.records.record import Record
from pysnow.relations.related_record import RelatedRecord, RelationError
from pysnow.relations.related_walk import RelatedWalk
from pysnow.walking.record_iterator import RecordIterator

client = pysnow.Client(instance="dev1", user="admin", password="secret")
changes = client.table("change_request")

walk = changes.iterate("active=true", ["number"], related=["change_task"], page_size=100)
assert_type(walk, RelatedWalk)
assert_type(walk.related_errors, tuple[RelationError, ...])
for error in walk.related_errors:
    assert_type((error.relation, error.parents, error.error), tuple[str, tuple[str, ...], PysnowException])
for change in walk:
    assert_type(change, RelatedRecord)
    assert_type(change.related_errors, dict[str, PysnowException])
    assert_type(change.related("change_task"), list[Record])
with walk as entered:
    assert_type(next(entered), RelatedRecord)

sys_id = "a" * 32
assert_type(changes.one({"number": "CHG1"}, related=["change_task"]), RelatedRecord)
assert_type(changes.first("active=true", related={"tasks": ("change_task", "change_request")}), RelatedRecord)
assert_type(changes.one_or_none({"number": "CHG1"}, related=["change_task"]), RelatedRecord | None)
assert_type(changes.first_or_none(related=["change_task"]), RelatedRecord | None)
assert_type(changes.get_by_id(sys_id, related=["change_task"]), RelatedRecord)
assert_type(changes.get_by_id(sys_id, default=None, related=["change_task"]), RelatedRecord | None)

# Without relations, all is as it was.
assert_type(changes.iterate(), RecordIterator)
assert_type(changes.one({"number": "CHG1"}), Record)
assert_type(changes.one_or_none({"number": "CHG1"}), Record | None)
assert_type(changes.first_or_none(related=None), Record | None)
assert_type(changes.get_by_id(sys_id), Record)
assert_type(changes.get_by_id(sys_id, default=0), Record | int)


def tasks(related: list[str] | None) -> dict[str, Any]:
    return dict(changes.one({"number": "CHG1"}, related=related))


changes.iterate().related_errors  # type: ignore[attr-defined]
changes.iterate(related=5)  # type: ignore[call-overload]
