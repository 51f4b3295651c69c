"""The local instance: records with all their rules, users, attachments, on a dictionary and a store."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from pathlib import Path

from pysnow.sandbox.acl import Security
from pysnow.sandbox.dictionary.dictionary import Dictionary
from pysnow.sandbox.instance import (
    attachments,
    callers,
    child_incidents,
    choice_lists,
    deletion,
    overrides,
    records,
    search,
    sign_in,
    views,
)
from pysnow.sandbox.instance.api_policies import ApiPolicies
from pysnow.sandbox.instance.audited_tables import AuditedTables
from pysnow.sandbox.instance.business_rules import BusinessRules
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.payload import WriteOptions
from pysnow.sandbox.instance.platform import Platform, Row
from pysnow.sandbox.instance.properties import DEFAULTS
from pysnow.sandbox.instance.rules import RULES
from pysnow.sandbox.instance.search import Page
from pysnow.sandbox.instance.secured import SecuredRecords
from pysnow.sandbox.instance.sign_in import SignIn
from pysnow.sandbox.query.context import QueryContext
from pysnow.sandbox.store import Store

DEFAULT_BASE_URL = "https://dev00000.service-now.com"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


class Instance:
    """A ServiceNow instance without its HTTP side. Threads may share it.

    Attributes:
        platform: Dictionary, store, clock and properties, as the functions of this package take them.
        base_url: URL of the instance; links begin with it.
    """

    def __init__(
        self,
        dictionary: Dictionary | None = None,
        store: Store | None = None,
        *,
        path: str | Path | None = None,
        clock: Callable[[], datetime] = _utc_now,
        new_id: Callable[[], str] = _new_id,
        base_url: str = DEFAULT_BASE_URL,
    ) -> None:
        """Open an instance.

        Args:
            dictionary: Its tables; None for the store's, or for the stock definitions.
            store: Its rows; None opens one.
            path: File of the store to open; None keeps it in memory.
            clock: Gives the time, aware of its zone.
            new_id: Gives a sys_id: 32 hexadecimal digits.
            base_url: URL of the instance.
        """
        if dictionary is None:
            dictionary = store.dictionary if store else Dictionary()
        store = store or Store(dictionary, path)
        self.platform = Platform(
            dictionary=dictionary,
            store=store,
            properties=dict(DEFAULTS),
            clock=clock,
            new_id=new_id,
            sequence=itertools.count(),
            security=Security(store),
            api_policies=ApiPolicies(store),
            audited_tables=AuditedTables(store),
            business_rules=BusinessRules(store),
            rules=[*RULES, *child_incidents.RULES],
        )
        self.base_url = base_url
        self.platform.load_properties()
        choice_lists.load(self.platform)
        overrides.load(self.platform)

    @property
    def dictionary(self) -> Dictionary:
        """The tables."""
        return self.platform.dictionary

    @property
    def store(self) -> Store:
        """The rows."""
        return self.platform.store

    @property
    def properties(self) -> dict[str, str]:
        """System properties by name; changes take effect at once."""
        return self.platform.properties

    # -- callers --------------------------------------------------------------------------------------------------

    def caller(self, user_name: str) -> Caller | None:
        """Return the user with a login name, active or not; None if there is none."""
        return callers.find_caller(self.platform, user_name)

    def authenticate(self, user_name: str, password: str) -> Caller | None:
        """Return the user whom name and password identify; None as well for an inactive or locked one."""
        return self.sign_in(user_name, password).caller

    def sign_in(self, user_name: str, password: str, one_time_code: str = "") -> SignIn:
        """Try user name and password, with the one-time code of users who need one."""
        return sign_in.sign_in(self.platform, user_name, password, one_time_code)

    def may_log_in(self, user: str) -> bool:
        """Tell whether there is a user with this key, neither inactive nor locked out."""
        row = self.store.get("sys_user", user)
        return row is not None and callers.may_log_in(row)

    @property
    def system(self) -> Caller:
        """The platform itself as a caller, for writes that no user makes."""
        return callers.system_caller(self.properties)

    def context(self, caller: Caller) -> QueryContext:
        """Return what a query needs to know about its caller: clock, user and zone."""
        return self.platform.query_context(caller.sys_id, caller.user_name, caller.zone)

    def has_role(self, caller: Caller, name: str) -> bool:
        """Tell whether a user has a role; administrators have every one (``gs.hasRole``)."""
        return self.platform.security.subject(caller.sys_id, caller.user_name).has_role(name)

    def secured(self, caller: Caller) -> SecuredRecords:
        """Return the records as a caller may see and change them; the methods below ask nobody for a right."""
        return SecuredRecords(self.platform, caller)

    # -- records --------------------------------------------------------------------------------------------------

    def create(
        self,
        table: str,
        payload: Mapping[str, object],
        caller: Caller,
        *,
        input_display_value: bool = False,
        suppress_auto_sys_field: bool = False,
    ) -> Row:
        """Create a record and return it as stored.

        Args:
            table: Table name.
            payload: JSON values by column; unknown names are ignored.
            caller: Who creates it.
            input_display_value: Values are display values (``sysparm_input_display_value``).
            suppress_auto_sys_field: System stamps in the body are kept (``sysparm_suppress_auto_sys_field``).

        Raises:
            UnknownTable: There is no such table.
            AccessDenied: The table is a read-only view.
            DuplicateKey: The sys_id or another unique value exists already.
            OperationFailed: A data policy refuses the record.
        """
        options = WriteOptions(input_display_value, suppress_auto_sys_field)
        return records.create_record(self.platform, table, payload, caller, options)

    def update(
        self,
        table: str,
        sys_id: str,
        payload: Mapping[str, object],
        caller: Caller,
        *,
        input_display_value: bool = False,
        suppress_auto_sys_field: bool = False,
    ) -> Row | None:
        """Change the named columns of a record and return it as stored; None if there is none of that class.

        Raises:
            UnknownTable: There is no such table.
            AccessDenied: The table is a read-only view.
            DuplicateKey: A unique value exists already.
            OperationFailed: A data policy refuses the record.
        """
        options = WriteOptions(input_display_value, suppress_auto_sys_field)
        return records.update_record(self.platform, table, sys_id, payload, caller, options)

    def delete(self, table: str, sys_id: str, caller: Caller) -> bool:
        """Delete a record with its attachments, journal and cascades; False if there is none of that class.

        Raises:
            UnknownTable: There is no such table.
            AccessDenied: The table is a read-only view.
            OperationFailed: A reference with the rule ``restrict`` points to it.
        """
        return deletion.delete_record(self.platform, table, sys_id, caller)

    def get(self, table: str, sys_id: str) -> Row | None:
        """Return a record with the columns of a table; None if there is none of that class.

        Raises:
            UnknownTable: There is no such table.
        """
        self.platform.table(table)
        return self.store.get(table, sys_id)

    def find(
        self,
        table: str,
        query_text: str,
        caller: Caller,
        *,
        columns: Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        filters: Iterable[tuple[str, str]] = (),
        count: bool = True,
    ) -> Page:
        """Find records.

        Args:
            table: Table name.
            query_text: Encoded query (``sysparm_query``); empty matches all.
            caller: In whose name scripts and dates of the query are evaluated.
            columns: Columns and dot-walked paths the rows shall hold beside ``sys_id``; None for all columns.
            limit: Most rows to return (``sysparm_limit``); None for no limit.
            offset: Matching rows to skip first (``sysparm_offset``).
            filters: Pairs of the ``field=value`` shorthand, looked at only when ``query_text`` is empty.
            count: Whether to count all matches, which costs a query (``sysparm_no_count`` says no).

        Raises:
            UnknownTable: There is no such table.
        """
        wanted = search.Search(table, query_text, tuple(filters), columns)
        return search.find(self.platform, wanted, self.context(caller), search.Window(limit, offset, count))

    def view_columns(self, table: str, view: str) -> list[str] | None:
        """Return the columns of a form view (``sysparm_view``); None where all columns are meant."""
        return views.view_columns(self.dictionary, table, view)

    # -- attachments ----------------------------------------------------------------------------------------------

    def add_attachment(
        self, table: str, sys_id: str, name: str, content_type: str, chunks: Iterable[bytes], caller: Caller
    ) -> Row:
        """Attach a file to a record and return its row of ``sys_attachment``.

        Args:
            table: Table of the record.
            sys_id: Key of the record.
            name: File name.
            content_type: Media type.
            chunks: The content, read once and never whole in memory.
            caller: Who attaches it.

        Raises:
            UnknownTable: There is no such table.
            RecordNotFound: There is no such record.
            OperationFailed: The table takes no attachments, or the file is too large.
            InvalidRequest: The file's extension is not allowed.
        """
        return attachments.add_attachment(
            self.platform, table, sys_id, name=name, content_type=content_type, chunks=chunks, caller=caller
        )

    def attachment_chunks(self, sys_id: str) -> Iterator[bytes]:
        """Return the content of an attachment piece by piece.

        Raises:
            RecordNotFound: There is no such attachment.
        """
        return attachments.attachment_chunks(self.platform, sys_id)

    def reached_at(self, base_url: str) -> Instance:
        """Return the same instance under another URL, with which its links begin."""
        twin = copy(self)
        twin.base_url = base_url
        return twin

    def close(self) -> None:
        """Close the store."""
        self.store.close()
