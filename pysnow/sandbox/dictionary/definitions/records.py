"""What the platform keeps about records of any table: files, journal entries, history, deletions."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    integer,
    reference,
    same,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Table

ATTACHMENT = Table(
    "sys_attachment",
    "Attachment",
    (
        # Plain text on an instance: the API answers no link object for it.
        string("table_name", "Table name", 80),
        string("table_sys_id", "Table sys ID", 32),
        string("file_name", "File name", 255, display=True),
        string("content_type", "Content type", 255),
        integer("size_bytes", "Size bytes"),
        integer("size_compressed", "Size compressed"),
        boolean("compressed", "Compressed", default="true"),
        integer("chunk_size_bytes", "Chunk size bytes", default="700000"),
        string(
            "state",
            "State",
            choices=same("pending", "available", "available_conditionally", "not_available"),
            default="available",
        ),
        string("hash", "Hash", 64),
        column("average_image_color", "Average image color", "color", max_length=40),
        integer("image_width", "Image width"),
        integer("image_height", "Image height"),
        string("encryption_context", "Encryption context", 32),
    ),
)

ATTACHMENT_CHUNK = Table(
    "sys_attachment_doc",
    "Attachment Document",
    (
        reference("sys_attachment", "Attachment", "sys_attachment", cascade="delete"),
        integer("position", "Position"),
        integer("length", "Length"),
        string("data", "Data", 1000000),
    ),
)

JOURNAL_ENTRY = Table(
    "sys_journal_field",
    "Journal Entry",
    (
        # Plain text, as everywhere in these registers: what is shown are the names and the key, not labels.
        string("name", "Name", 80),
        string("element", "Element", 80),
        string("element_id", "Element ID", 32),
        string("value", "Value", 4000, display=True),
    ),
    # An entry is never changed, only added.
    system_columns="created",
)

AUDIT = Table(
    "sys_audit",
    "Audit",
    (
        string("tablename", "Table name", 80, display=True),
        string("documentkey", "Document key", 32),
        string("fieldname", "Field name", 80),
        string("oldvalue", "Old value", 4000),
        string("newvalue", "New value", 4000),
        string("reason", "Reason", 255),
        string("user", "User", 40),
        integer("record_checkpoint", "Update count"),
        string("internal_checkpoint", "Internal checkpoint", 40),
    ),
    system_columns="created",
)

DELETED_RECORD = Table(
    "sys_audit_delete",
    "Deleted Record",
    (
        string("tablename", "Table name", 80),
        string("documentkey", "Document key", 32),
        string("display_value", "Display value", 255, display=True),
        column("payload", "Payload", "xml", max_length=16000000),
    ),
)

UPDATE_SET = Table(
    "sys_update_set",
    "Update Set",
    (
        string("name", "Name", 80, display=True),
        string("state", "State", choices=same("in progress", "complete", "ignore"), default="in progress"),
        string("description", "Description", 4000),
        reference("application", "Application", "sys_scope", default="global"),
        boolean("is_default", "Default set"),
        reference("parent", "Parent", "sys_update_set"),
        reference("base_update_set", "Batch Base", "sys_update_set"),
        string("remote_sys_id", "Remote sys ID", 32),
        date_time("release_date", "Release date"),
        date_time("install_date", "Install date"),
        date_time("completed_on", "Completed on"),
        reference("completed_by", "Completed by", "sys_user"),
    ),
)

UPDATE = Table(
    "sys_update_xml",
    "Customer Update",
    (
        string("name", "Name", 250, display=True),
        reference("update_set", "Update set", "sys_update_set", cascade="delete"),
        string("type", "Type"),
        string("target_name", "Target name", 255),
        string("action", "Action", choices=same("INSERT_OR_UPDATE", "DELETE"), default="INSERT_OR_UPDATE"),
        string("category", "Category", default="customer"),
        table_name("table", "Table"),
        reference("application", "Application", "sys_scope", default="global"),
        string("update_guid", "Update GUID", 255),
        boolean("replace_on_upgrade", "Replace on upgrade"),
        column("payload", "Payload", "xml", max_length=16000000),
    ),
)

TABLES = (ATTACHMENT, ATTACHMENT_CHUNK, JOURNAL_ENTRY, AUDIT, DELETED_RECORD, UPDATE_SET, UPDATE)
