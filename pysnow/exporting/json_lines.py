"""A JSON document on each line, a record each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pysnow.exporting.target_file import Target, opened_text

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["json_line", "write_jsonl"]


def json_line(row: Mapping[str, JSON]) -> str:
    """A record as it came, on a line of its own.

    Unlike a reader that goes by ``str.splitlines``, the format knows one end of a line; what else might be taken for
    one is escaped.
    """
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085") + "\n"


def write_jsonl(rows: Iterable[Mapping[str, JSON]], target: Target) -> int:
    """Write records; see :meth:`~pysnow.exporting.exports.Exports.to_jsonl`."""
    count = 0
    with opened_text(target, "utf-8") as file:
        for row in rows:
            file.write(json_line(row))
            count += 1
    return count
