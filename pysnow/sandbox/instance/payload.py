"""The body of a create or update, sorted into values for the row and entries for the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pysnow.sandbox.dictionary.model import Column
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.coercion import stored_value, text_of
from pysnow.sandbox.instance.display_input import raw_value
from pysnow.sandbox.instance.forms import Form, form_of
from pysnow.sandbox.instance.journals import is_writable
from pysnow.sandbox.instance.platform import Platform, Row
from pysnow.sandbox.instance.properties import ALLOW_NON_EXISTING_CHOICE, is_on

# Set by the platform alone, whatever the request says; sys_id and sys_class_name decide about the row as a whole.
_UNTOUCHABLE = frozenset({"sys_id", "sys_class_name", "sys_domain_path", "sys_tags"})
_STAMPS = frozenset({"sys_created_on", "sys_created_by", "sys_updated_on", "sys_updated_by", "sys_mod_count"})


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How the values of a write are meant.

    Attributes:
        input_display_value: Values are display values (``sysparm_input_display_value``).
        suppress_auto_sys_field: System stamps given in the body are kept (``sysparm_suppress_auto_sys_field``).
    """

    input_display_value: bool = False
    suppress_auto_sys_field: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """What a body asks for.

    Attributes:
        values: Stored form of each value.
        entries: Text to append, by journal column.
    """

    values: Row = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)


def read_payload(
    platform: Platform, table: str, payload: Mapping[str, object], caller: Caller, options: WriteOptions
) -> Intake:
    """Read a body against the columns of the table that the request addresses.

    Unknown and dot-walked names are ignored, as instances do.

    Raises:
        NotEmulated: A value needs something this sandbox does not know.
    """
    intake = Intake()
    columns = platform.dictionary.columns(table)
    kept = _UNTOUCHABLE if options.suppress_auto_sys_field else _UNTOUCHABLE | _STAMPS
    for name, value in payload.items():
        column = columns.get(name)
        if column is None or name in kept:
            continue
        text = text_of(value)
        if form_of(column.type) is Form.JOURNAL:
            if text and is_writable(column):
                intake.entries[name] = text
            continue
        if text and options.input_display_value:
            text = raw_value(platform, table, column, text, caller)
        if _is_accepted(platform, table, column, text):
            intake.values[name] = stored_value(column, text)
    return intake


def _is_accepted(platform: Platform, table: str, column: Column, text: str) -> bool:
    """Tell whether a choice column takes a value: any, unless the instance drops those that are no choice."""
    if not text or is_on(platform.properties, ALLOW_NON_EXISTING_CHOICE):
        return True
    choices = platform.dictionary.choices(table, column.element)
    return not choices or any(choice.value == text for choice in choices)
