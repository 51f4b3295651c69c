"""What tests put into an instance, and look at in it, past its REST API."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pysnow.sandbox.dictionary.declaration import Columns, declared_column, declared_table
from pysnow.sandbox.instance import access_rules
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.platform import Row
from pysnow.sandbox.loading import Loaded, LoadedSchema, load, load_schema
from pysnow.sandbox.schema_changes import NewColumn, NewTable, change_schema


@dataclass(frozen=True, slots=True, repr=False)
class SandboxTable:
    """One table of a sandbox, seen past its REST API.

    Attributes:
        name: Table name.
    """

    name: str
    instance: Instance

    @property
    def rows(self) -> list[Row]:
        """All rows as stored, by ascending ``sys_id``; None stands for an empty value."""
        return list(self.instance.store.select(self.name, limit=None))

    def __repr__(self) -> str:
        return f"<SandboxTable {self.name}>"


class Contents:
    """Records, users, tables and rights of an instance, changed as its system and not as a caller.

    Attributes:
        instance: The instance.
    """

    def __init__(self, instance: Instance) -> None:
        """Take an instance.

        Args:
            instance: What is looked at and changed.
        """
        self.instance = instance

    def add(self, table: str, values: Mapping[str, object]) -> Row:
        """Create a record past the REST API, as the system: rules run, system stamps in ``values`` are kept.

        Raises:
            ValueError: There is no such table, or it has no such column; the REST API ignores those.
            Refusal: The instance refuses the record.
        """
        _refuse_unknown(f"table {table!r} has no column", values, self._columns(table), "add_columns()")
        return self.instance.create(table, values, self.instance.system, suppress_auto_sys_field=True)

    def add_user(self, user_name: str, *, password: str = "", roles: Iterable[str] = (), **values: object) -> Row:
        """Create a user who can sign in, such as the one that the program under test is set up with.

        Args:
            user_name: Login name.
            password: Password; the login name unless given.
            roles: Names of roles.
            **values: Further columns of ``sys_user``.

        Raises:
            ValueError: There is no such role.
            Refusal: The instance refuses the record, for there is a user of that name.
        """
        with self.instance.store.transaction():
            named = {"user_name": user_name, "user_password": password or user_name}
            user = self.add("sys_user", {"last_name": user_name, **values, **named})
            self.grant(user_name, *roles)
        return user

    def create_table(
        self, name: str, *, label: str = "", columns: Columns | None = None, extends: str = "", prefix: str = ""
    ) -> None:
        """Create a table: ``sandbox.create_table("u_thing", columns={"u_name": "string"}, extends="task")``.

        The instance describes it in ``sys_db_object``, ``sys_dictionary`` and ``sys_choice`` from then on.

        Args:
            name: Table name.
            label: Label; made from the name unless given.
            columns: Its own columns by name: a field type such as ``"integer"``, or attributes such as
                ``{"type": "reference", "reference": "sys_user", "label": "Owner"}``; see
                :class:`~pysnow.sandbox.dictionary.Column`. ``choices`` maps values to labels.
            extends: Table that it extends.
            prefix: Prefix of its numbers, such as ``THG``; a table that extends none gets a column ``number``.

        Raises:
            UnknownTable: There is no table to extend.
            ValueError: The table exists, a name is malformed, or a type or an attribute is unknown.
        """
        table = declared_table(name, label=label, columns=columns, extends=extends, prefix=prefix)
        for _, error in change_schema(self.instance.platform, [NewTable(table)]):
            raise error

    def add_columns(self, table: str, columns: Columns) -> None:
        """Add columns to a table, such as ``u_`` ones to ``incident``; or change those that it has.

        Args:
            table: Table name.
            columns: As for :meth:`create_table`.

        Raises:
            UnknownTable: There is no such table.
            ValueError: A name is malformed, a type or an attribute is unknown, or a column that is there, or one of a
                table below, holds values of another kind.
        """
        declared = [NewColumn(table, declared_column(element, given)) for element, given in columns.items()]
        for _, error in change_schema(self.instance.platform, declared):
            raise error

    def load(self, path: str | os.PathLike[str], *, table: str | None = None) -> Loaded:
        """Load records from what an instance exported: all of them, or none.

        They are kept as they are: no rules run, system stamps and states stay. A row whose ``sys_id`` is there already
        is changed. What a row does not say has its default value.

        Args:
            path: A file, or a folder of files: JSON (an answer of the Table API, or ``{"incident": [...]}``), CSV as
                lists are exported (names or labels of columns, then display values; dates in the zone of the instance),
                or XML as forms and lists are exported.
            table: Table of rows that do not name theirs; the name of the file tells it unless given.

        Returns:
            How many rows were loaded, and what had to be left out.

        Raises:
            LoadError: A file cannot be read, or one of its rows cannot be stored. Document types in XML, deep nesting
                and files above 100 MB are refused.
        """
        return load(self.instance, path, table=table)

    def load_schema(self, path: str | os.PathLike[str]) -> LoadedSchema:
        """Load tables and columns from the dictionary that an instance exported.

        What the export says counts over the tables of the sandbox, except for the kind of values that a column holds.

        Args:
            path: A JSON or XML file with rows of ``sys_db_object``, ``sys_dictionary``, and as far as wanted
                ``sys_choice``, ``sys_dictionary_override`` and ``sys_number``; or a folder of such files.

        Returns:
            What was added and changed, and what had to be left out.

        Raises:
            LoadError: A file cannot be read, there is no dictionary in them, or a table extends one that is not there.
        """
        return load_schema(self.instance, path)

    def allow(self, name: str, *operations: str, roles: str | Iterable[str] = (), where: str = "") -> list[Row]:
        """Let users do what they may not yet: ``sandbox.allow("u_widget", "read", roles="itil")``.

        Adds rules to ``sys_security_acl`` ("Allow If") and returns them. Of several such rules on a name, one must be
        met; rules on a more specific name (``incident`` before ``task``) take the place of the others.

        Args:
            name: Table, ``table.column``, or either with ``*`` for all.
            operations: ``read``, ``create``, ``write``, ``delete``; on a column also ``query_match``, ``query_range``.
            roles: Names of roles, one of which is needed; none lets everybody but guests.
            where: Encoded query that the record must match; ``caller_id=javascript:gs.getUserID()`` means one's own.

        Raises:
            ValueError: There is no such table, column, operation or role, or the query cannot be meant.
        """
        return access_rules.allow(self.instance.platform, name, operations, roles=roles, where=where)

    def deny(self, name: str, *operations: str, where: str = "", admins_too: bool = False) -> list[Row]:
        """Keep users from what they may, whatever other rules say; administrators only if asked for.

        Adds rules to ``sys_security_acl`` ("Deny Unless") and returns them::

            sandbox.deny("incident", "read", where="category=network")  # rows missing from pages, but not from counts
            sandbox.deny("incident.description", "read")                # a member missing from every row
            sandbox.deny("incident.state", "create", "write")           # a column ignored in bodies
            sandbox.deny("problem", "create")                           # 403

        Args:
            name: Table, ``table.column``, or either with ``*`` for all.
            operations: ``read``, ``create``, ``write``, ``delete``; on a column also ``query_match``, ``query_range``.
            where: Encoded query on the records concerned; empty for all.
            admins_too: Whether it binds administrators as well.

        Raises:
            ValueError: There is no such table, column or operation, or the query cannot be meant.
        """
        return access_rules.deny(self.instance.platform, name, operations, where=where, admins_too=admins_too)

    def grant(self, user_name: str, *roles: str) -> None:
        """Give a user roles (rows of ``sys_user_has_role``): ``sandbox.grant("employee", "knowledge")``.

        Raises:
            ValueError: There is no such user or role.
        """
        access_rules.grant(self.instance.platform, user_name, roles)

    def table(self, name: str) -> SandboxTable:
        """Look at a table past the REST API.

        Raises:
            ValueError: There is no such table.
        """
        self._columns(name)
        return SandboxTable(name, self.instance)

    def _columns(self, table: str) -> Collection[str]:
        dictionary = self.instance.dictionary
        _refuse_unknown("there is no table", [table], dictionary.names(), "create_table()")
        return dictionary.columns(table)


def _refuse_unknown(what: str, names: Iterable[str], known: Collection[str], maker: str) -> None:
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=3)
            advice = f"did you mean {' or '.join(close)}?" if close else f"make it with {maker}"
            raise ValueError(f"{what} {name!r}: {advice}")
