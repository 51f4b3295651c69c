"""The dictionary of an instance as one value: what tables there are, and what their columns are like."""

from __future__ import annotations

import copy
import os
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Self

from pysnow.caller import callers_level
from pysnow.exceptions import InvalidUsage, SchemaWarning
from pysnow.schema import bundled, checking, documents, queries, reading, typed_dicts
from pysnow.schema.definitions import Field, Relationship, TableDefinition, read_table
from pysnow.schema.describing import TableDescription
from pysnow.schema.difference import Difference, differences
from pysnow.schema.near_misses import did_you_mean

if TYPE_CHECKING:
    from pysnow._types import JSON, Query
    from pysnow.schema.cache import SchemaCache
    from pysnow.schema.checking import Mode, Problem
    from pysnow.schema.dictionary_reader import Instance

__all__ = ["Schema"]


class Schema:
    """Tables, columns, choices and relations of an instance, or of a file. It never changes; threads may share it.

    What is asked about a table holds for what it inherits, too: look-ups go up the tables that it extends, and the
    nearest definition wins.

    Args:
        document: What a schema file holds, see :meth:`load`.

    Raises:
        InvalidUsage: It is no schema, or tables extend each other in a circle.
    """

    def __init__(self, document: Mapping[str, JSON]) -> None:
        self._document = documents.checked_document(document)
        tables = self._document.get("tables", {})
        self._tables = {name: read_table(name, members) for name, members in tables.items()}
        self._lines = {name: _line(name, self._tables) for name in self._tables}
        self._fields: dict[str, dict[str, Field]] = {}

    # -- where it comes from -------------------------------------------------------------------------------------------

    @classmethod
    def load(cls, path: str | os.PathLike[str], *overlays: str | os.PathLike[str]) -> Self:
        """Read a schema file, and lay others over it.

        The format is that of servicenow_rs, releases and overlays alike.

        Args:
            path: The file.
            overlays: Files with what is different, see :meth:`apply_overlay`.

        Raises:
            InvalidUsage: A file cannot be read, or is no schema.
        """
        schema = cls(documents.read_document(path))
        if schema._is_overlay:
            schema._warn(
                f"{os.fspath(path)} is an overlay: it says only what is different from a release. Name that first"
            )
        for overlay in overlays:
            schema = schema.apply_overlay(overlay)
        for name in schema.table_names():
            parent = schema.parent_table(name)
            if parent is not None and not schema.has_table(parent) and not schema.is_partial:
                near = did_you_mean(parent, schema._tables) or ": its inherited columns are not known"
                schema._warn(f"{name} extends {parent!r}, which {os.fspath(path)} does not have{near}")
        return schema

    @classmethod
    def bundled(cls) -> Self:
        """Give the small schema that comes along: relations, references and journals of the usual tables, by name.

        It needs no instance, and knows nothing else: payloads and queries are not checked for unknown columns with it.
        """
        return cls(bundled.document())

    @classmethod
    def from_instance(
        cls,
        client: Instance,
        tables: Iterable[str] | None = None,
        *,
        language: str = "en",
        cache: SchemaCache | None = None,
    ) -> Self:
        """Read the dictionary of an instance: ``sys_db_object``, ``sys_dictionary``, ``sys_choice`` and their kin.

        Every row is read, page by page. A part that this user may not read is left out, with a warning; without
        ``sys_dictionary`` there is no schema.

        Args:
            client: Who asks which instance.
            tables: Which tables; those that they extend come along. All of them when not given, which is some hundred
                thousand rows on an instance that is in use.
            language: Language of labels and choices.
            cache: Where schemas are kept for a time, see :class:`~pysnow.schema.cache.SchemaCache`; when not given, the
                instance is asked, and nothing is kept.

        Raises:
            InvalidUsage: There is no such table, or this user may not see it.
            PysnowException: The instance refuses, or does not answer.
        """
        names = None if tables is None else reading.checked_names(tables)
        if cache is None:
            return cls(reading.read_instance(client, names, language))
        return cls(cache.document(client, names, language))

    def apply_overlay(self, overlay: Schema | Mapping[str, JSON] | str | os.PathLike[str]) -> Self:
        """Give a schema with another one laid over it: what the other says wins, member by member.

        Args:
            overlay: A schema, what a schema file holds, or the path of one. Made for another release
                (``extends_release``), it is applied with a warning.

        Raises:
            InvalidUsage: It is no schema.
        """
        if isinstance(overlay, Schema):
            above = overlay._document
        elif isinstance(overlay, (str, os.PathLike)):
            above = documents.read_document(overlay)
        else:
            above = documents.checked_document(overlay)
        made_for = above.get("extends_release", "")
        if made_for and self.release and made_for != self.release:
            self._warn(f"The overlay was made for release {made_for!r}, and is laid over {self.release!r}")
        return type(self)(documents.laid_over(self._document, above))

    # -- where it goes -------------------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, which is replaced at once or not at all.

        Args:
            path: The file.

        Raises:
            InvalidUsage: It cannot be written there.
        """
        documents.write_document(self._document, path)

    def to_document(self) -> dict[str, JSON]:
        """Give a copy of what a file of it would hold."""
        return copy.deepcopy(self._document)

    def typed_dicts(self, tables: Iterable[str]) -> str:
        """Give Python code with ``TypedDict`` classes: for each table one for its records, and one for payloads.

        Args:
            tables: Names of tables.

        Raises:
            InvalidUsage: It has no such table.
        """
        return typed_dicts.module_text(self, reading.checked_names(tables))

    # -- what it says --------------------------------------------------------------------------------------------------

    @property
    def release(self) -> str:
        """The release it is of, such as ``xanadu``; of an overlay, the one that it was made for. Empty for any."""
        return str(self._document.get("release") or self._document.get("extends_release", ""))

    @property
    def is_partial(self) -> bool:
        """Whether tables have more columns than it knows, so that unknown ones are no mistakes; so with an overlay."""
        return bool(self._document.get("partial", False)) or self._is_overlay

    def knows_all_of(self, table: str) -> bool:
        """Tell whether it has all columns of a table: it is not partial, and has all tables that this one extends.

        Args:
            table: The table; False for one that it does not have.
        """
        return not self.is_partial and self.has_table(table) and self.has_table(self.lineage(table)[-1])

    @property
    def unread(self) -> tuple[str, ...]:
        """Tables of the dictionary that the user who read it from an instance may not read."""
        return tuple(self._document.get("unread", ()))

    def table_names(self) -> list[str]:
        """Give the names of all tables, sorted."""
        return sorted(self._tables)

    def has_table(self, name: str) -> bool:
        """Tell whether it has a table."""
        return name in self._tables

    def table(self, name: str) -> TableDefinition:
        """Give what a table adds to the one that it extends.

        Raises:
            InvalidUsage: It has no such table; near ones are named.
        """
        if name not in self._tables:
            raise InvalidUsage(f"The schema has no table {name!r}{did_you_mean(str(name), self._tables)}")
        return self._tables[name]

    def lineage(self, table: str) -> tuple[str, ...]:
        """Give a table and those that it extends, nearest first.

        Raises:
            InvalidUsage: It has no such table.
        """
        return self._lines[self.table(table).name]

    def parent_table(self, name: str) -> str | None:
        """Give the table that a table extends, or None.

        Raises:
            InvalidUsage: It has no such table.
        """
        return self.table(name).extends

    def has_field(self, table: str, name: str) -> bool:
        """Tell whether a table has a column, its own or inherited; False when there is no such table."""
        return table in self._tables and queries.find(self, table, name) is not None

    def field(self, table: str, name: str) -> Field:
        """Give a column, its own or inherited.

        Args:
            table: The table.
            name: The column; dot-walked, the one at the end.

        Raises:
            InvalidUsage: It has no such table or column; near ones are named.
        """
        found = queries.find(self, table, name)
        if found is None:
            raise InvalidUsage(queries.unknown(self, table, name))
        return found

    def all_fields(self, table: str) -> dict[str, Field]:
        """Give all columns of a table by name, inherited ones included.

        Raises:
            InvalidUsage: It has no such table.
        """
        known = self._fields.get(table)
        if known is None:
            known = {}
            for name in reversed(self.lineage(table)):
                if name in self._tables:
                    known.update(self._tables[name].fields)
            self._fields[table] = known
        return dict(known)

    def writable_fields(self, table: str) -> dict[str, Field]:
        """Give the columns that can be sent; see :meth:`all_fields`."""
        return {name: field for name, field in self.all_fields(table).items() if field.is_writable}

    def read_only_fields(self, table: str) -> dict[str, Field]:
        """Give the columns that the instance sets by itself; see :meth:`all_fields`."""
        return {name: field for name, field in self.all_fields(table).items() if field.read_only}

    def mandatory_fields(self, table: str) -> dict[str, Field]:
        """Give the columns that a new record needs; see :meth:`all_fields`."""
        return {name: field for name, field in self.all_fields(table).items() if field.mandatory}

    def journal_fields(self, table: str) -> dict[str, Field]:
        """Give the journals, which are written to and read as empty; see :meth:`all_fields`."""
        return {name: field for name, field in self.all_fields(table).items() if field.is_journal}

    def reference_fields(self, table: str) -> dict[str, Field]:
        """Give the columns that refer to one record; see :meth:`all_fields`."""
        return {name: field for name, field in self.all_fields(table).items() if field.is_reference}

    def relationships(self, table: str) -> dict[str, Relationship]:
        """Give the named relations that start from a table, inherited ones included.

        Raises:
            InvalidUsage: It has no such table.
        """
        found: dict[str, Relationship] = {}
        for name in reversed(self.lineage(table)):
            if name in self._tables:
                found.update(self._tables[name].relationships)
        return found

    def relationship(self, table: str, name: str) -> Relationship:
        """Give one relation that starts from a table.

        Args:
            table: The table.
            name: Of a relation; of a column that refers to a record; or of what refers to the table, as
                ``"change_task.change_request"``, or ``"change_task"`` where that has but one column that does.

        Raises:
            InvalidUsage: There is no such table or relation; near ones, or those that are meant, are named.
        """
        return queries.relationship(self, table, name)

    def parent_of(self, table: str) -> tuple[Relationship, ...]:
        """Give the relations by which each record of a table leads to one other: its references, many to one."""
        return queries.parents(self, table)

    def children_of(self, table: str) -> tuple[Relationship, ...]:
        """Give the relations by which records of other tables refer to those of a table, one to many."""
        return queries.children(self, table)

    def diff(self, other: Schema) -> tuple[Difference, ...]:
        """Tell what is different in another schema.

        Args:
            other: The newer one, say.
        """
        return tuple(differences(self._tables, other._tables))

    def describe(self, table: str) -> TableDescription:
        """Describe a table for people: print it, or show it in a notebook.

        Raises:
            InvalidUsage: It has no such table.
        """
        return TableDescription(self.table(table), self.lineage(table), self.all_fields(table), self.children_of(table))

    # -- what it is used for -------------------------------------------------------------------------------------------

    def check(
        self,
        table: str,
        payload: Mapping[str, JSON],
        mode: Mode = "strict",
        *,
        operation: Literal["create", "update"] = "update",
        display_values: bool = False,
    ) -> tuple[Problem, ...]:
        """Check a payload before it is sent.

        Found are columns that do not exist, are read-only or too long, values that are no choice, references to
        something else than a sys_id, or to another table, and mandatory columns that are missing or emptied.

        Args:
            table: Where it is to go; a table that is not known is not checked.
            payload: Names of columns with values.
            mode: ``"strict"`` to raise, ``"warn"`` to warn, None to do neither.
            operation: A new record must have its mandatory columns.
            display_values: Whether values are what people read (``sysparm_input_display_value``).

        Returns:
            What is wrong with it.

        Raises:
            SchemaMismatch: ``mode="strict"``, and something is wrong with it; its ``problems`` say what.
        """
        found = checking.problems(self, table, payload, operation=operation, display_values=display_values)
        checking.tell(table, found, mode)
        return found

    def unknown_columns(self, table: str, query: Query = "", fields: Iterable[str] = ()) -> tuple[str, ...]:
        """Name the columns of a query that a table does not have, with near ones; an instance would ignore them.

        Args:
            table: The table; one that is not known is not checked.
            query: The query, in any spelling.
            fields: Further columns.

        Returns:
            A text for each of them.

        Raises:
            QueryTypeError: The query cannot be read, so its columns are not known.
        """
        return queries.unknown_columns(self, table, query, fields)

    @property
    def _is_overlay(self) -> bool:
        return "extends_release" in self._document and "release" not in self._document

    def _warn(self, text: str) -> None:
        warnings.warn(text, SchemaWarning, stacklevel=callers_level())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._document == other._document

    __hash__ = None  # type: ignore[assignment]  # documents are compared, which takes a while

    def __repr__(self) -> str:
        release = f" of {self.release}" if self.release else ""
        count = len(self._tables)
        return f"<Schema{release}, {count} {'table' if count == 1 else 'tables'}>"


def _line(name: str, tables: Mapping[str, TableDefinition]) -> tuple[str, ...]:
    """A table and those that it extends; the last one may be missing from the schema."""
    line: list[str] = []
    step: str | None = name
    while step is not None:
        if step in line:
            raise InvalidUsage(f"Tables of the schema extend each other in a circle: {' > '.join([*line, step])}")
        line.append(step)
        step = tables[step].extends if step in tables else None
    return tuple(line)
