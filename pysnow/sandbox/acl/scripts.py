"""Scripts of access control rules, as far as they can be understood without running any code. Pure.

Read are ``answer = true;``, ``answer = false;`` and ``answer = [!]GlideFilter.checkRecord(current, "<query>");``, the
platform's own way to match a record against an encoded query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCRIPT = re.compile(
    r"""\s*answer\s*=\s*(?:(?P<constant>true|false)
    |(?P<not>!)?\s*GlideFilter\.checkRecord\(\s*current\s*,\s*(?P<quote>["'])(?P<query>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)\s*\)
    )\s*;?\s*""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script answers.

    Attributes:
        value: The answer, for a record that matches the query if there is one.
        query: Encoded query; empty for a constant answer.
    """

    value: bool
    query: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether the answer is the same for every record."""
        return not self.query


def read_script(text: str) -> Answer | None:
    """Read the script of a rule; None when it is not one of the forms that are understood."""
    found = _SCRIPT.fullmatch(text)
    if found is None:
        return None
    if found["constant"]:
        return Answer(found["constant"] == "true")
    # An empty query matches every record.
    return Answer(not found["not"], _ESCAPED.sub(r"\1", found["query"]))


def write_mismatch(query: str) -> str:
    """Write the script that answers true for the records which do not match an encoded query."""
    quoted = query.replace("\\", "\\\\").replace('"', '\\"')
    return f'answer = !GlideFilter.checkRecord(current, "{quoted}");'
