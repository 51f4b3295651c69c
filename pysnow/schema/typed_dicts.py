"""Python code that tells a type checker which columns the tables of an instance have."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from pysnow.schema.definitions import Field
    from pysnow.schema.schema import Schema

__all__ = ["module_text"]

_NUMBERS = frozenset({"integer", "long"})
_AMOUNTS = frozenset({"decimal", "float", "currency", "price"})
_WORD = re.compile(r"[a-zA-Z0-9]+")
_LINE = 120

_HEADER = '''"""Columns of ServiceNow tables{release}, made by pysnow; do not edit."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypedDict


class Reference(TypedDict, total=False):
    """A reference as it is read: sys_id, link, and with display values what people read."""

    link: str
    value: str
    display_value: str
'''


def module_text(schema: Schema, tables: Iterable[str]) -> str:
    """Write a module with two classes for each table: its records, and what can be sent for one.

    Args:
        schema: Knows the columns.
        tables: The tables.

    Raises:
        InvalidUsage: A table is not known, or two would make classes of the same name.
    """
    named: dict[str, str] = {}
    for table in tables:
        title = _class_name(schema.table(table).name)
        if named.setdefault(title, table) != table:
            raise InvalidUsage(f"{table} and {named[title]} would both make a class {title}: write them to two files")
    release = f" of {schema.release}" if schema.release else ""
    parts = [_HEADER.format(release=release.replace('"', "").replace("\\", ""))]
    for title, table in named.items():
        fields = sorted(schema.all_fields(table).items())
        parts.append(_class(title, f"A record of {table}.", [(name, _read(field)) for name, field in fields]))
        sent = [(name, _sent(field)) for name, field in fields if field.is_writable]
        parts.append(_class(f"{title}Payload", f"What can be sent for a record of {table}.", sent))
    return "\n\n".join(parts)


def _class(title: str, docstring: str, members: list[tuple[str, str]]) -> str:
    if any(not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__") for name, _ in members):
        # A name that Python has another use for can be a key all the same.
        body = "".join(f"        {name!r}: {type_!r},\n" for name, type_ in members)
        return f"{title} = TypedDict(\n    {title!r},\n    {{\n{body}    }},\n    total=False,\n)\n"
    lines = [line for name, type_ in members for line in _member(name, type_)]
    gap = "\n" if lines else ""
    body = "".join(f"    {line}\n" for line in lines)
    return f'class {title}(TypedDict, total=False):\n    """{docstring}"""\n{gap}{body}'


def _member(name: str, type_: str) -> Iterator[str]:
    line = f"{name}: {type_}"
    yield line if len(line) + 4 <= _LINE else f"{line}  # noqa: E501"


def _read(field: Field) -> str:
    return "Reference | str" if field.is_reference else "str"


def _sent(field: Field) -> str:
    if field.choices and not field.suggests:
        values = [repr(value) for value in field.choices]
        numbers = [value for value in field.choices if field.type in _NUMBERS and _is_number(value)]
        return f"Literal[{', '.join([*values, *numbers, repr('')])}]"
    if field.type == "boolean":
        return "bool | str"
    if field.type in _NUMBERS:
        return "int | str"
    if field.type in _AMOUNTS:
        return "int | float | Decimal | str"
    return "str"


def _is_number(text: str) -> bool:
    return text.isascii() and text.lstrip("-").isdecimal() and str(int(text)) == text


def _class_name(table: str) -> str:
    title = "".join(word[0].upper() + word[1:] for word in _WORD.findall(table))
    return f"T{title}" if title[:1].isdigit() or title in ("Decimal", "Literal", "Reference", "TypedDict") else title
