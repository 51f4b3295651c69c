"""What a table and a column are: plain values, the way ``sys_db_object`` and ``sys_dictionary`` describe them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a choice list (``sys_choice``).

    Attributes:
        value: What is stored.
        label: What people read.
        dependent: Value of the column this choice depends on (``dependent_value``); empty for always.
    """

    value: str
    label: str
    dependent: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table (a row of ``sys_dictionary``).

    Attributes:
        element: Column name.
        label: Column label in English.
        type: ``internal_type``: ``string``, ``integer``, ``glide_date_time``, ``reference`` ...
        max_length: Characters kept of a text; 0 means the type's own default.
        reference: Table a ``reference`` or ``glide_list`` points to.
        reference_key: Column of that table the value holds (``sys_id``, or ``name`` for a few dictionary columns).
        cascade: ``reference_cascade_rule``: what deleting the target does to this row: ``clear``, ``delete``,
            ``restrict``, ``none``; empty means ``clear``.
        display: Whether this is the table's display column.
        mandatory: The dictionary's flag; forms enforce it, the Table API does not.
        read_only: The dictionary's flag; forms enforce it, the Table API does not.
        unique: Whether two rows may not share a value.
        default: Value of a new row; ``javascript:gs.getUserID()`` and ``gs.nowDateTime()`` are understood.
        choices: The column's own choice list.
        dependent_on: Column whose value decides which choices apply.
        attributes: The dictionary's attribute string, such as ``no_attachment``.
    """

    element: str
    label: str
    type: str = "string"
    max_length: int = 0
    reference: str = ""
    reference_key: str = "sys_id"
    cascade: str = ""
    display: bool = False
    mandatory: bool = False
    read_only: bool = False
    unique: bool = False
    default: str = ""
    choices: tuple[Choice, ...] = ()
    dependent_on: str = ""
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table (a row of ``sys_db_object``), with the columns that it adds to its parent's.

    Attributes:
        name: Table name.
        label: Table label in English.
        columns: The table's own columns; a column with a parent's name overrides it (default, choices, flags).
        extends: Parent table (``super_class``), empty for none.
        prefix: Prefix of its numbers (``sys_number``), such as ``INC``; empty for tables that are not numbered.
        system_columns: Which of ``sys_created_*``, ``sys_updated_*`` and ``sys_mod_count`` exist: ``all``, or
            ``created`` for log tables such as ``syslog``.
        domain: Whether rows carry ``sys_domain`` and ``sys_domain_path``.
        is_view: Whether it is a read-only database view.
        attributes: The dictionary's attribute string of the table, such as ``no_audit_delete``.
    """

    name: str
    label: str
    columns: tuple[Column, ...] = ()
    extends: str = ""
    prefix: str = ""
    system_columns: str = "all"
    domain: bool = False
    is_view: bool = False
    attributes: str = ""
