"""Tables, columns and relations as values, read from the members of a schema file.

::

    {"label": .., "extends"?: .., "fields": {NAME: FIELD}, "relationships": {NAME: RELATIONSHIP}}

    FIELD         {"type", "label"?, "max_length"?, "read_only"?, "mandatory"?, "write_only"?, "choices"?,
                   "reference_table"?}, and from an instance also "internal_type", "default", "display", "suggestions",
                   "reference_key", "reference_qualifier", "dependent_on", "attributes"
    RELATIONSHIP  {"table", "foreign_key", "type", "filter"?}, for many to many also "through", "far_key"

That is the format of servicenow_rs; members that are not named here are kept, and written again, unless
one looks like a name misspelt.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from pysnow.exceptions import InvalidUsage
from pysnow.schema.column_types import COLUMN_TYPES, JOURNALS
from pysnow.schema.frozen_dict import FrozenDict
from pysnow.schema.near_misses import did_you_mean, refuse_misspelt

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["Cardinality", "Field", "Relationship", "TableDefinition", "read_relationship", "read_table"]

Cardinality: TypeAlias = Literal["one_to_many", "many_to_one", "many_to_many"]
"""How many rows there are on either side of a relation."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table.

    Attributes:
        name: Its name.
        table: The table that defines it, which may be an ancestor of the one that was asked about.
        type: One of the 28 types of a schema file.
        label: What people read.
        max_length: Most characters; None where that is not known.
        read_only: Whether the instance sets it, and ignores what is sent.
        mandatory: Whether a new record needs it.
        write_only: Whether it is always empty when it is read.
        choices: Values with their labels; empty where any value goes.
        reference_table: The table that it refers to.
        internal_type: Its type on the instance, where it is known.
        default: What a new record gets without it; None for nothing.
        display: Whether its value stands for the record in lists and references.
        suggests: Whether its choices are mere suggestions.
        reference_key: Column of the referred table that its values are of.
        reference_qualifier: Encoded query, or script, that says which records it may refer to.
        dependent_on: Column whose value decides which choices there are.
        attributes: Dictionary attributes.
    """

    name: str
    table: str
    type: str = "string"
    label: str = ""
    max_length: int | None = None
    read_only: bool = False
    mandatory: bool = False
    write_only: bool = False
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    reference_table: str | None = None
    internal_type: str = ""
    default: str | None = None
    display: bool = False
    suggests: bool = False
    reference_key: str = "sys_id"
    reference_qualifier: str = ""
    dependent_on: str = ""
    attributes: str = ""

    def __repr__(self) -> str:
        leads = f" -> {self.reference_table}" if self.reference_table else ""
        return f"<Field {self.table}.{self.name}: {self.type}{leads}>"

    @property
    def is_writable(self) -> bool:
        """Whether it can be sent; columns that are always empty when read can."""
        return not self.read_only

    @property
    def is_journal(self) -> bool:
        """Whether it is a journal: what is written to it is added, and reads as empty."""
        return self.type in JOURNALS

    @property
    def is_reference(self) -> bool:
        """Whether it refers to one record."""
        return self.type == "reference"


@dataclass(frozen=True, slots=True)
class Relationship:
    """How rows of one table lead to rows of another.

    Attributes:
        name: Its name.
        owner: The table that it starts from, or an ancestor of it.
        table: The table that it leads to.
        foreign_key: One to many: column of ``table`` that refers back. Many to one: column of the owner that refers to
            ``table``. Many to many: column of the link table that refers back.
        type: How many rows there are on either side.
        filter: Encoded query that the rows of ``table`` have to match, too.
        through: Link table, of a relation of many to many; without it, ``table`` is that link table.
        far_key: Column of the link table that refers to ``table``.
    """

    name: str
    owner: str
    table: str
    foreign_key: str
    type: Cardinality = "one_to_many"
    filter: str = ""
    through: str = ""
    far_key: str = ""


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """What one table adds to the table that it extends.

    Attributes:
        name: Its name.
        label: What people read.
        extends: The table that it extends.
        fields: Its own columns by name.
        relationships: Its own relations by name.
    """

    name: str
    label: str = ""
    extends: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict, hash=False)
    relationships: Mapping[str, Relationship] = field(default_factory=dict, hash=False)


def read_table(name: str, members: JSON) -> TableDefinition:
    """Read one table of a schema file.

    Args:
        name: The table.
        members: What the file says of it.

    Raises:
        InvalidUsage: It does not have this format.
    """
    of = _Members(f"tables.{name}", members, _OF_TABLE)
    fields = of.mapping("fields")
    relations = of.mapping("relationships")
    return TableDefinition(
        name,
        label=of.text("label"),
        extends=of.text("extends") or None,
        fields=FrozenDict({column: _read_field(name, column, about) for column, about in fields.items()}),
        relationships=FrozenDict({title: read_relationship(name, title, about) for title, about in relations.items()}),
    )


def _read_field(table: str, name: str, members: JSON) -> Field:
    of = _Members(f"tables.{table}.fields.{name}", members, _OF_FIELD)
    type_ = of.text("type") or "string"
    if type_ not in COLUMN_TYPES:
        near = did_you_mean(type_, COLUMN_TYPES) or f": it is one of {', '.join(sorted(COLUMN_TYPES))}"
        raise InvalidUsage(f"{of.where}.type of the schema is no type of columns, {type_!r}{near}")
    return Field(
        name,
        table,
        type_,
        label=of.text("label"),
        max_length=of.number("max_length"),
        read_only=of.flag("read_only"),
        mandatory=of.flag("mandatory"),
        write_only=of.flag("write_only"),
        choices=FrozenDict({value: str(label) for value, label in of.mapping("choices").items()}),
        reference_table=of.text("reference_table") or None,
        internal_type=of.text("internal_type"),
        default=of.text("default") or None,
        display=of.flag("display"),
        suggests=of.flag("suggestions"),
        reference_key=of.text("reference_key") or "sys_id",
        reference_qualifier=of.text("reference_qualifier"),
        dependent_on=of.text("dependent_on"),
        attributes=of.text("attributes"),
    )


def read_relationship(table: str, name: str, members: JSON) -> Relationship:
    """Read one relation of a schema file.

    Args:
        table: The table that it starts from.
        name: The relation.
        members: What is said of it.

    Raises:
        InvalidUsage: It does not have this format.
    """
    of = _Members(f"tables.{table}.relationships.{name}", members, _OF_RELATIONSHIP)
    kind: Any = of.text("type") or "one_to_many"
    if kind not in get_args(Cardinality):
        raise InvalidUsage(f"{of.where}.type must be one of {', '.join(get_args(Cardinality))}, not {kind!r}")
    if not of.text("table") or not of.text("foreign_key"):
        raise InvalidUsage(f"{of.where} needs a table and a foreign_key")
    if bool(of.text("through")) != bool(of.text("far_key")):
        raise InvalidUsage(f"{of.where} needs both through and far_key, or neither")
    return Relationship(
        name,
        table,
        of.text("table"),
        of.text("foreign_key"),
        kind,
        filter=of.text("filter"),
        through=of.text("through"),
        far_key=of.text("far_key"),
    )


_OF_TABLE: Final = frozenset({"label", "extends", "fields", "relationships"})
_OF_FIELD: Final = frozenset(
    {"type", "label", "max_length", "read_only", "mandatory", "write_only", "choices", "reference_table"}
    | {"internal_type", "default", "display", "suggestions", "reference_key", "reference_qualifier", "dependent_on"}
    | {"attributes"}
)
_OF_RELATIONSHIP: Final = frozenset({"table", "foreign_key", "type", "filter", "through", "far_key"})


class _Members:
    """Members of one object of a schema file, each checked as it is taken; None and absent ones are the same."""

    def __init__(self, where: str, members: JSON, known: Collection[str]) -> None:
        if not isinstance(members, Mapping):
            raise InvalidUsage(f"{where} of the schema must be an object, not {type(members).__name__}")
        refuse_misspelt(where, members, known)
        self.where = where
        self._members = members

    def text(self, name: str) -> str:
        value = self._members.get(name)
        return "" if value is None else str(self._checked(name, value, str, "a text"))

    def flag(self, name: str) -> bool:
        value = self._members.get(name)
        return value is not None and bool(self._checked(name, value, bool, "true or false"))

    def number(self, name: str) -> int | None:
        value = self._members.get(name)
        if value is None:
            return None
        if isinstance(value, bool):
            raise InvalidUsage(f"{self.where}.{name} of the schema must be a whole number, not {value!r}")
        return int(self._checked(name, value, int, "a whole number"))

    def mapping(self, name: str) -> Mapping[str, JSON]:
        value = self._members.get(name)
        found: Mapping[str, JSON] = {} if value is None else self._checked(name, value, Mapping, "an object")
        return found

    def _checked(self, name: str, value: JSON, kind: type, what: str) -> JSON:
        if not isinstance(value, kind):
            raise InvalidUsage(f"{self.where}.{name} of the schema must be {what}, not {value!r}")
        return value
