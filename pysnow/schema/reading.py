"""Reading the dictionary of an instance into a schema document.

A table's rows of ``sys_dictionary`` are the columns that it adds. What it says otherwise of an inherited one stands in
``sys_dictionary_override``, ``sys_choice`` and ``sys_documentation``: such a column is written down once more with the
child table, whole, because in a schema file the nearest definition wins.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pysnow.caller import callers_level
from pysnow.exceptions import InvalidUsage, NoResults, SchemaWarning
from pysnow.schema.assembling import Rows, tables_of
from pysnow.schema.dictionary_reader import DictionaryReader

if TYPE_CHECKING:
    from pysnow._types import Record
    from pysnow.schema.dictionary_reader import Instance
    from pysnow.schema.documents import Document

__all__ = ["build_of", "checked_names", "read_incoming", "read_instance"]

_TABLE: Final = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_BUILD: Final = ("glide.buildname", "glide.buildtag")
_COLUMNS: Final = (
    "name,element,column_label,internal_type,max_length,reference,reference_key,reference_qual,mandatory,read_only,"
    "display,default_value,choice,choice_table,choice_field,dependent,dependent_on_field,virtual,attributes"
)
_OVERRIDES: Final = (
    "name,element,default_value_override,default_value,mandatory_override,mandatory,read_only_override,read_only,"
    "display_override,reference_qual_override,reference_qual,dependent_override,dependent,attributes_override,"
    "attributes"
)
_CHOICES: Final = "name,element,value,label,language,sequence"
_LINKS: Final = "from_table,to_table,m2m_table,m2m_from_field,m2m_to_field"


def checked_names(tables: Iterable[str]) -> tuple[str, ...]:
    """Give names of tables, each once.

    Args:
        tables: The names; a text is one of them.

    Raises:
        InvalidUsage: One is no such name, or there are none.
    """
    names: tuple[Any, ...] = (tables,) if isinstance(tables, str) else tuple(tables)
    wrong = [name for name in names if not isinstance(name, str) or not _TABLE.fullmatch(name)]
    if wrong or not names:
        raise InvalidUsage(f"tables must be names such as 'incident', not {wrong[0] if wrong else names!r}")
    return tuple(dict.fromkeys(names))


def read_instance(client: Instance, tables: Sequence[str] | None, language: str = "en") -> Document:
    """Read what a schema file holds from an instance.

    Args:
        client: Who asks which instance.
        tables: Which tables, with those that they extend; None for all.
        language: Language of labels and choices.

    Raises:
        InvalidUsage: There is no such table.
        NoResults: This user may not see a single column in ``sys_dictionary``.
        PysnowException: The instance refuses, or does not answer.
    """
    if not re.fullmatch(r"[A-Za-z_-]{2,8}", language):
        raise InvalidUsage(f"language must be a code such as 'en', not {language!r}")
    reader = DictionaryReader(client)
    objects = _table_rows(reader, tables)
    names = None if tables is None else sorted(objects)
    columns = reader.rows("sys_dictionary", "active=true^elementISNOTEMPTY", _COLUMNS, names)
    if not columns:
        raise NoResults("No column may be seen: reading a schema takes an account that may read sys_dictionary")
    borrowed = {row["choice_table"] for row in columns if row.get("choice_table")}
    chosen = None if names is None else sorted({*names, *borrowed})
    spoken = f"languageIN{','.join(dict.fromkeys((language, 'en')))}"
    labels = "name,element,label,language"
    rows = Rows(
        objects=objects,
        columns=columns,
        overrides=reader.rows("sys_dictionary_override", "", _OVERRIDES, names, is_optional=True),
        choices=reader.rows("sys_choice", f"inactive=false^{spoken}", _CHOICES, chosen, is_optional=True),
        labels=reader.rows("sys_documentation", f"elementISNOTEMPTY^{spoken}", labels, names, is_optional=True),
        links=DictionaryReader(client).rows("sys_m2m", "", _LINKS, names, key="from_table", is_optional=True),
        language=language,
    )
    unread = sorted(reader.unread)
    if unread:
        _warn(unread)
    build = build_of(client)
    return {
        "release": build.get("glide.buildname", "").lower(),
        "instance": client.base_url,
        "build": build.get("glide.buildtag", ""),
        **({"unread": unread} if unread else {}),
        "tables": tables_of(rows),
    }


def read_incoming(client: Instance, tables: Sequence[str]) -> list[Record]:
    """Read the columns that refer to tables: rows with ``name``, ``element`` and ``reference``.

    Args:
        client: Who asks which instance.
        tables: What is referred to.

    Raises:
        PysnowException: The instance refuses, or does not answer.
    """
    condition = "active=true^internal_type=reference"
    rows = DictionaryReader(client).rows("sys_dictionary", condition, "name,element,reference", tables, key="reference")
    return [row for row in rows if row.get("reference") in tables]


def build_of(client: Instance) -> dict[str, str]:
    """Ask which build an instance runs: ``glide.buildname`` and ``glide.buildtag``, as far as this user may know."""
    rows = DictionaryReader(client).rows("sys_properties", "", "name,value", _BUILD, is_optional=True)
    return {row["name"]: row.get("value", "") for row in rows}


def _table_rows(reader: DictionaryReader, tables: Sequence[str] | None) -> dict[str, Record]:
    """Rows of ``sys_db_object`` by name: of all tables, or of some and those that they extend."""
    fields = "name,label,super_class.name"
    if tables is None:
        return {row["name"]: row for row in reader.rows("sys_db_object", "", fields, None)}
    found: dict[str, Record] = {}
    wanted = set(tables)
    while wanted:
        asked = sorted(wanted)
        found.update({row["name"]: row for row in reader.rows("sys_db_object", "", fields, asked)})
        wanted = {row["super_class.name"] for row in found.values() if row.get("super_class.name")} - {*found, *asked}
    missing = [name for name in tables if name not in found]
    if missing:
        raise InvalidUsage(f"The instance has no table {missing[0]!r}, or this user may not see it in sys_db_object")
    return found


def _warn(unread: Sequence[str]) -> None:
    warnings.warn(
        f"This user may not read all of {', '.join(unread)}: the schema is without what is said there",
        SchemaWarning,
        stacklevel=callers_level(),
    )
