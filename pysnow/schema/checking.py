"""Whether a payload fits the schema of its table, told before it is sent."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from pysnow.caller import callers_level
from pysnow.exceptions import InvalidUsage, SchemaMismatch, SchemaWarning
from pysnow.field_value import raw_value
from pysnow.schema.near_misses import did_you_mean

if TYPE_CHECKING:
    from pysnow._types import JSON
    from pysnow.schema.definitions import Field
    from pysnow.schema.schema import Schema

__all__ = ["Kind", "Mode", "Problem", "checked_mode", "problems", "tell"]

Mode: TypeAlias = Literal["warn", "strict"] | None
"""What to do about a payload that does not fit."""

Kind: TypeAlias = Literal["unknown", "read_only", "too_long", "choice", "mandatory", "reference"]
"""What can be wrong with a column of a payload."""

_TEXTS: Final = frozenset({"string", "email", "url", "phone", "html", "script", "conditions", "json", "choice"})
_KEY: Final = "sys_id"
"""Read-only, and still sent with a new record, so that it is known by it."""

_SYS_ID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_TABLE_OF_LINK: Final = re.compile(r"/table/([A-Za-z0-9_]+)/", re.ASCII)
_NOT_BY_SYS_ID: Final = frozenset({"sys_scope", "sys_package", "sys_db_object", "sys_glide_object"})
"""Tables that have records with other keys than 32 digits, such as ``global``."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a payload; ``str()`` says it in a line.

    Attributes:
        kind: What it is.
        field: The column.
        message: What to do about it.
    """

    kind: Kind
    field: str
    message: str

    def __str__(self) -> str:
        return self.message


def checked_mode(mode: object) -> Mode:
    """Give a mode back, if it is one.

    Raises:
        InvalidUsage: It is something else.
    """
    if mode is None:
        return None
    for known in get_args(get_args(Mode)[0]):
        if mode == known:
            found: Mode = known
            return found
    raise InvalidUsage(f"The mode of a schema must be 'warn', 'strict' or None, not {mode!r}")


def problems(
    schema: Schema, table: str, payload: Mapping[str, JSON], *, operation: str, display_values: bool
) -> tuple[Problem, ...]:
    """Tell what is wrong with a payload; see :meth:`pysnow.Schema.check`."""
    if not isinstance(payload, Mapping):
        raise InvalidUsage(f"A payload is checked as a dict of columns, not as {type(payload).__name__}")
    if not schema.has_table(table):
        return ()
    known = schema.all_fields(table)
    found = [
        problem
        for name, value in payload.items()
        for problem in _of_column(schema, table, known, str(name), value, display_values)
        if not (name == _KEY and operation == "create")
    ]
    return (*found, *_missing(known, payload, operation))


def tell(table: str, found: Sequence[Problem], mode: Mode) -> None:
    """Raise or warn about what is wrong with a payload.

    Raises:
        SchemaMismatch: That was asked for, and there is something.
    """
    if checked_mode(mode) is None or not found:
        return
    text = f"The payload does not fit {table}: {'; '.join(problem.message.rstrip('.?') for problem in found)}"
    if mode == "warn":
        warnings.warn(text, SchemaWarning, stacklevel=callers_level())
        return
    error = SchemaMismatch(text, table=table, committed=False)
    error.problems = tuple(map(str, found))
    raise error


def _of_column(
    schema: Schema, table: str, known: Mapping[str, Field], name: str, value: object, display_values: bool
) -> Iterator[Problem]:
    field = known.get(name.lower())
    if field is None:
        if schema.knows_all_of(table):
            yield Problem("unknown", name, f"{table} has no column {name!r}{did_you_mean(name, known)}")
        return
    if field.read_only:
        yield Problem("read_only", name, f"{name} is read-only: the instance ignores what is sent for it")
        return
    text = _text(value)
    if not text:
        return
    if field.max_length and field.type in _TEXTS and len(text) > field.max_length:
        yield Problem("too_long", name, f"{name} takes {field.max_length} characters, not {len(text)}")
    if not display_values:
        yield from _choice(field, text)
        yield from _reference(schema, field, value, text)


def _text(value: object) -> str:
    """What is stored of a value; empty for one that says nothing, or that becomes a text only later."""
    stored = raw_value(value)
    if isinstance(stored, bool):
        return "true" if stored else "false"
    return str(stored) if isinstance(stored, (str, int, float)) else ""


def _choice(field: Field, text: str) -> Iterator[Problem]:
    if not field.choices or field.suggests or text in field.choices:
        return
    named = [value for value, label in field.choices.items() if label.casefold() == text.casefold()]
    if named:
        hint = f": that is the label of {' or '.join(map(repr, named))}"
    elif len(field.choices) <= 12:
        hint = f": choose from {', '.join(f'{value!r} ({label})' for value, label in field.choices.items())}"
    else:
        hint = did_you_mean(text, field.choices)
    yield Problem("choice", field.name, f"{field.name} has no choice {text!r}{hint}")


def _reference(schema: Schema, field: Field, value: object, text: str) -> Iterator[Problem]:
    target = field.reference_table
    if not field.is_reference or not target:
        return
    link = value.get("link") if isinstance(value, Mapping) else None
    linked = _TABLE_OF_LINK.search(link) if isinstance(link, str) else None
    if linked and not _is_kind_of(schema, linked[1], target):
        yield Problem("reference", field.name, f"{field.name} refers to {target}, not to {linked[1]}")
    elif field.reference_key == "sys_id" and target not in _NOT_BY_SYS_ID and not _SYS_ID.fullmatch(text):
        yield Problem("reference", field.name, f"{field.name} refers to {target} by sys_id, which {text[:40]!r} is not")


def _is_kind_of(schema: Schema, table: str, ancestor: str) -> bool:
    """Whether records of a table are such of another, or may be; references to a table reach what extends it."""
    if table == ancestor or not schema.has_table(table):
        return True
    return ancestor in schema.lineage(table) or (schema.has_table(ancestor) and table in schema.lineage(ancestor))


def _missing(known: Mapping[str, Field], payload: Mapping[str, JSON], operation: str) -> Iterator[Problem]:
    sent = {str(name).lower(): value for name, value in payload.items()}
    for name, field in known.items():
        if not field.mandatory or field.read_only:
            continue
        is_emptied = name in sent and raw_value(sent[name]) in ("", None)
        is_absent = operation == "create" and name not in sent and field.default is None
        if is_emptied or is_absent:
            yield Problem("mandatory", name, f"{name} is mandatory")
