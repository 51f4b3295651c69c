"""The data dictionary of the local instance: tables, inherited columns, choices, and where values are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

from pysnow.sandbox.dictionary.model import Choice, Column, Table
from pysnow.sandbox.dictionary.physical import PhysicalColumn, PhysicalColumns
from pysnow.sandbox.dictionary.types import Kind, kind_of

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CLASS_NAME = Column("sys_class_name", "Class", "sys_class_name", max_length=80, read_only=True)
_CREATED = (
    Column("sys_created_on", "Created", "glide_date_time", read_only=True),
    Column("sys_created_by", "Created by", "string", max_length=40, read_only=True),
)
_UPDATED = (
    Column("sys_updated_on", "Updated", "glide_date_time", read_only=True),
    Column("sys_updated_by", "Updated by", "string", max_length=40, read_only=True),
    Column("sys_mod_count", "Updates", "integer", read_only=True),
)
_SYS_ID = Column("sys_id", "Sys ID", "GUID", max_length=32, read_only=True)
_TAGS = Column("sys_tags", "Tags", "related_tags", read_only=True)
_DOMAIN = (
    Column("sys_domain", "Domain", "domain_id", max_length=32, default="global"),
    Column("sys_domain_path", "Domain Path", "domain_path", max_length=255, default="/"),
)


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a table or a column."""
    return _NAME.fullmatch(text) is not None


class UnknownTable(KeyError):
    """A table that the dictionary does not hold.

    Attributes:
        table: The name asked for.
    """

    def __init__(self, table: str) -> None:
        """Remember the name asked for."""
        super().__init__(table)
        self.table = table

    def __str__(self) -> str:
        """Say it in one line."""
        return f"unknown table {self.table!r}: define it in the dictionary first"


@dataclass(frozen=True, slots=True)
class _View:
    """What is visible at one table: its columns, their names without regard to case, their SQL columns."""

    columns: Mapping[str, Column]
    folded: Mapping[str, str]
    physical: Mapping[str, PhysicalColumn]


class Dictionary:
    """Tables and columns of an instance (``sys_db_object``, ``sys_dictionary``, ``sys_choice``).

    System columns (``sys_id``, ``sys_created_on`` ...) are added here; definitions leave them out. Threads may read it
    together; whoever adds tables or columns does so while nobody else does.

    Attributes:
        revision: Grows with every change, so that a store knows when to follow.
    """

    def __init__(self, tables: Iterable[Table] | None = None) -> None:
        """Take in the tables, in any order.

        Args:
            tables: The tables; None takes the stock definitions of the sandbox.

        Raises:
            UnknownTable: a parent is missing.
            ValueError: a name is malformed or given twice, or a column changes the kind of an inherited one.
        """
        if tables is None:
            # Imported here: the stock definitions are large, and a dictionary of one's own does not need them.
            from pysnow.sandbox.dictionary.definitions import TABLES

            tables = TABLES
        self.revision = 0
        self._tables: dict[str, Table] = {}
        self._children: dict[str, list[str]] = {}
        self._physical: dict[str, PhysicalColumns] = {}
        self._views: dict[str, _View] = {}
        # Lists that differ from the definitions; replaced as a whole, so that readers need no lock.
        self._choices: Mapping[tuple[str, str], tuple[Choice, ...]] = {}
        for table in _parents_first(tables):
            self.add_table(table)

    # -- tables ---------------------------------------------------------------------------------------------------

    def __contains__(self, name: object) -> bool:
        """Tell whether a table exists."""
        return name in self._tables

    def names(self) -> list[str]:
        """List the table names, parents before children."""
        return list(self._tables)

    def table(self, name: str) -> Table:
        """Give a table as it was defined, without inherited columns.

        Raises:
            UnknownTable: there is none of that name.
        """
        try:
            return self._tables[name]
        except KeyError:
            raise UnknownTable(name) from None

    def parent(self, name: str) -> str | None:
        """Name the table that this one extends (``super_class``)."""
        return self.table(name).extends or None

    def ancestors(self, name: str) -> list[str]:
        """List the line of parents: the table itself first, the root last."""
        line = [self.table(name).name]
        while parent := self._tables[line[-1]].extends:
            line.append(parent)
        return line

    def root(self, name: str) -> str:
        """Name the topmost table of the hierarchy."""
        return self.ancestors(name)[-1]

    def descendants(self, name: str) -> list[str]:
        """List the table itself and every table below it."""
        found = [self.table(name).name]
        for each in found:
            found.extend(self._children[each])
        return found

    def is_in_hierarchy(self, name: str) -> bool:
        """Tell whether a table extends another or is extended; such tables show ``sys_class_name``."""
        return bool(self.table(name).extends or self._children[name])

    # -- columns --------------------------------------------------------------------------------------------------

    def columns(self, name: str) -> Mapping[str, Column]:
        """Give the columns visible at a table, by element: system columns, inherited ones, its own.

        Raises:
            UnknownTable: there is no such table.
        """
        return self._view(name).columns

    def column(self, table: str, element: str) -> Column | None:
        """Find a column without regard to the case of its name; None when the table has none."""
        view = self._view(table)
        column = view.columns.get(element)
        if column is None:
            found = view.folded.get(element.lower())
            column = view.columns[found] if found else None
        return column

    def display_column(self, table: str) -> str | None:
        """Name the column whose value stands for a record of a table; None when it has none.

        The flag of the nearest ancestor decides; without one it is ``name`` or ``u_name`` (product documentation
        "Display values").
        """
        for ancestor in self.ancestors(table):
            for column in self._tables[ancestor].columns:
                if column.display:
                    return column.element
        columns = self.columns(table)
        return next((element for element in ("name", "u_name") if element in columns), None)

    def choices(self, table: str, element: str) -> tuple[Choice, ...]:
        """Give the choice list of a column: the nearest one up the hierarchy, empty when there is none."""
        lists = (self._choices_at(ancestor, element) for ancestor in self.ancestors(table))
        return next(filter(None, lists), ())

    # -- where values are kept ------------------------------------------------------------------------------------

    def physical(self, table: str, element: str) -> PhysicalColumn | None:
        """Give the SQL column behind a visible column, by its exact name; None when the row holds no value for it."""
        return self._view(table).physical.get(element)

    def physical_columns(self, root: str) -> list[PhysicalColumn]:
        """List the SQL columns of a hierarchy, those of all its classes together."""
        return list(self._physical[self.root(root)].by_name.values())

    # -- growing --------------------------------------------------------------------------------------------------

    def add_table(self, table: Table) -> None:
        """Add a table, whose parent must be there already.

        Raises:
            UnknownTable: the parent is missing.
            ValueError: the table exists, a name is malformed, or a column changes the kind of an inherited one.
        """
        self._check_new(table)
        inherited = self._view(table.extends).columns if table.extends else {}
        columns = (*_system_columns(table, inherited), *table.columns)
        for column in columns:
            self._check_column(table.name, column, inherited)
        self._tables[table.name] = table
        self._children[table.name] = []
        if table.extends:
            self._children[table.extends].append(table.name)
        places = self._physical.setdefault(self.root(table.name), PhysicalColumns())
        # Every row knows its class, even where no column shows it: a table may get its first child later.
        places.place(table.name, _CLASS_NAME.element, kind=Kind.TEXT, unique=False)
        for column in columns:
            if column.element not in inherited:
                _place(places, table.name, column)
        self._changed()

    def add_column(self, table: str, column: Column) -> None:
        """Add a column to a table, visible at once in the tables below it.

        Raises:
            UnknownTable: there is no such table.
            ValueError: the name is malformed, or the table or one below it has such a column.
        """
        for name in self.descendants(table):
            if self.column(name, column.element):
                raise ValueError(f"table {name!r} has a column {column.element!r} already: choose another name")
        self._check_column(table, column, {})
        self._tables[table] = replace(self._tables[table], columns=(*self._tables[table].columns, column))
        _place(self._physical[self.root(table)], table, column)
        self._changed()

    def define_column(self, table: str, column: Column) -> None:
        """Put a column in the place of the one that a table has, or add it; an inherited one is overridden.

        Raises:
            UnknownTable: there is no such table.
            ValueError: the name is malformed, the column there holds values of another kind or is unique and this one
                is not (or the reverse), or a table below has a column of that name.
        """
        present = self.columns(table).get(column.element)
        if present is None:
            self.add_column(table, column)
            return
        self._check_column(table, column, {column.element: present})
        if column.unique != present.unique:
            raise ValueError(f"column {table}.{column.element}: whether values are unique cannot change any more")
        own = [each for each in self._tables[table].columns if each.element != column.element]
        self._tables[table] = replace(self._tables[table], columns=(*own, column))
        self._changed()

    def describe_table(self, name: str, *, label: str, attributes: str) -> None:
        """Give a table another label and other attributes.

        Raises:
            UnknownTable: there is no such table.
        """
        self._tables[name] = replace(self.table(name), label=label, attributes=attributes)
        self._changed()

    def remove_column(self, table: str, element: str) -> None:
        """Take a column away from the table that declares it, and from those below.

        Raises:
            UnknownTable: there is no such table.
            ValueError: the table declares no such column itself.
        """
        columns = self.table(table).columns
        kept = tuple(column for column in columns if column.element != element)
        if len(kept) == len(columns):
            raise ValueError(f"table {table!r} declares no column {element!r}: name the table that declares it")
        self._tables[table] = replace(self._tables[table], columns=kept)
        self._forget_choices(table, element)
        self._changed()

    def remove_table(self, name: str) -> None:
        """Take a table away that no other extends.

        Raises:
            UnknownTable: there is no such table.
            ValueError: another table extends it.
        """
        table = self.table(name)
        if self._children[name]:
            raise ValueError(f"table {name!r} is extended by {', '.join(self._children[name])}: remove those first")
        self._tables = {each: kept for each, kept in self._tables.items() if each != name}
        self._children = {
            each: [child for child in kept if child != name] for each, kept in self._children.items() if each != name
        }
        for column in table.columns:
            self._forget_choices(name, column.element)
        self._changed()

    def keep_choices(self, table: str, element: str, choices: Iterable[Choice]) -> None:
        """Put a choice list of one table's own in the place of the defined one; an empty one leaves it to the parent.

        Raises:
            UnknownTable: there is no such table.
        """
        self._choices = {**self._choices, (self.table(table).name, element): tuple(choices)}

    @contextmanager
    def tentative(self) -> Iterator[None]:
        """Undo what a block changes here if it fails, as the store undoes the transaction around it."""
        kept = self.copy()
        try:
            yield
        except BaseException:
            if self.revision != kept.revision:
                self._tables, self._children, self._choices = kept._tables, kept._children, kept._choices
                self._physical = kept._physical
                self._changed()
            raise

    def copy(self) -> Dictionary:
        """Give an independent copy, which grows on its own."""
        twin = Dictionary(())
        twin.revision = self.revision
        twin._tables = dict(self._tables)
        twin._children = {name: list(children) for name, children in self._children.items()}
        twin._physical = {root: places.copy() for root, places in self._physical.items()}
        twin._views = dict(self._views)
        twin._choices = self._choices
        return twin

    # -- inside ---------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._views = {}
        self.revision += 1

    def _forget_choices(self, table: str, element: str) -> None:
        self._choices = {place: kept for place, kept in self._choices.items() if place != (table, element)}

    def _choices_at(self, table: str, element: str) -> tuple[Choice, ...]:
        kept = self._choices.get((table, element))
        if kept is not None:
            return kept
        return next((column.choices for column in self._tables[table].columns if column.element == element), ())

    def _check_new(self, table: Table) -> None:
        if not is_name(table.name):
            raise ValueError(f"table name {table.name!r}: use letters, digits and _ after a letter")
        if table.name in self._tables:
            raise ValueError(f"table {table.name!r} is defined twice")
        elements = [column.element.lower() for column in table.columns]
        twice = {element for element in elements if elements.count(element) > 1}
        if twice:
            raise ValueError(f"table {table.name!r} defines columns twice: {sorted(twice)}")
        if table.extends and table.extends not in self._tables:
            raise UnknownTable(table.extends)

    def _check_column(self, table: str, column: Column, inherited: Mapping[str, Column]) -> None:
        if not is_name(column.element):
            raise ValueError(f"column {table}.{column.element!r}: use letters, digits and _ after a letter")
        above = inherited.get(column.element)
        if above is not None and kind_of(above.type) is not kind_of(column.type):
            raise ValueError(f"column {table}.{column.element}: {column.type} cannot override inherited {above.type}")

    def _view(self, name: str) -> _View:
        # Whoever builds a view while somebody changes the tables puts it among the views that the change throws away.
        views = self._views
        view = views.get(name)
        if view is None:
            view = views[name] = self._build_view(name)
        return view

    def _build_view(self, name: str) -> _View:
        columns: dict[str, Column] = {}
        physical: dict[str, PhysicalColumn] = {}
        places = self._physical[self.root(name)]
        for table in reversed(self.ancestors(name)):
            definition = self._tables[table]
            for column in (*_system_columns(definition, columns), *definition.columns):
                if column.element not in columns and (place := _place(places, table, column)):
                    physical[column.element] = place
                columns[column.element] = column
        if self.is_in_hierarchy(name) and _CLASS_NAME.element not in columns:
            columns[_CLASS_NAME.element] = _CLASS_NAME
            physical[_CLASS_NAME.element] = places.by_name[_CLASS_NAME.element]
        folded = {element.lower(): element for element in columns}
        return _View(MappingProxyType(columns), folded, physical)


def _place(places: PhysicalColumns, table: str, column: Column) -> PhysicalColumn | None:
    # Placing is idempotent: asking again for the same table and element gives the column given first.
    kind = kind_of(column.type)
    return None if kind is Kind.NOTHING else places.place(table, column.element, kind=kind, unique=column.unique)


def _system_columns(table: Table, inherited: Mapping[str, Column]) -> list[Column]:
    """Give the system columns that a table adds itself: those it neither inherits nor defines in its own words."""
    if table.system_columns not in ("all", "created"):
        raise ValueError(f"table {table.name!r}: system_columns is {table.system_columns!r}, use 'all' or 'created'")
    updated = _UPDATED if table.system_columns == "all" else ()
    wanted = (_SYS_ID, *_CREATED, *updated, _TAGS, *(_DOMAIN if table.domain else ()))
    own = {column.element for column in table.columns}
    return [column for column in wanted if column.element not in inherited and column.element not in own]


def _parents_first(tables: Iterable[Table]) -> list[Table]:
    """Order tables, each parent before its children; a missing parent is left for ``add_table`` to name."""
    given = list(tables)
    waiting = {table.name for table in given}
    ordered: list[Table] = []
    while given:
        ready = [table for table in given if table.extends not in waiting]
        if not ready:
            raise ValueError(f"tables extend each other in a circle: {sorted(waiting)}")
        ordered += ready
        waiting -= {table.name for table in ready}
        given = [table for table in given if table.name in waiting]
    return ordered
