"""Encryption contexts: attachments that only users with the context of their file may read.

A role may have an encryption context (``sys_user_role.encryption_context``), and its users have it; being an
administrator is not enough (documentation "Encryption support", and ``encryption_context`` of the Attachment API).
Nothing is encrypted here. What a caller without the context sees, 404, is our default: that of a hidden record.
"""

from __future__ import annotations

from collections.abc import Collection

from pysnow.sandbox.acl import Subject
from pysnow.sandbox.instance.attachment_chunks import CHUNK_TABLE
from pysnow.sandbox.instance.platform import ATTACHMENT_TABLE, Platform

CONTEXT = "encryption_context"

_ROLES = "sys_user_role"
# Tables with content that may be encrypted, and where their rows say with which context.
_PATHS = {ATTACHMENT_TABLE: CONTEXT, CHUNK_TABLE: f"sys_attachment.{CONTEXT}"}


def may_be_encrypted(table: str) -> bool:
    """Tell whether rows of a table may have an encryption context."""
    return table in _PATHS


def encrypted_for_others(platform: Platform, subject: Subject, table: str, sys_ids: Collection[str]) -> frozenset[str]:
    """Give those of some rows whose encryption context a user does not have.

    Args:
        platform: The instance's store.
        subject: The user.
        table: Table of the rows.
        sys_ids: Their keys.
    """
    path = _PATHS.get(table)
    if path is None or CONTEXT not in platform.dictionary.columns(ATTACHMENT_TABLE):
        return frozenset()
    rows = platform.store.get_many(table, sys_ids, columns=("sys_id", path))
    encrypted = {row["sys_id"] or "": row.get(path) or "" for row in rows if row.get(path)}
    if not encrypted:
        return frozenset()
    own = contexts_of(platform, subject)
    return frozenset(sys_id for sys_id, context in encrypted.items() if context not in own)


def contexts_of(platform: Platform, subject: Subject) -> frozenset[str]:
    """Give the keys of the encryption contexts that a user has by a role; not those of roles an administrator lacks."""
    if CONTEXT not in platform.dictionary.columns(_ROLES):
        return frozenset()
    rows = platform.rows_with_keys(_ROLES, "name", subject.roles, columns=(CONTEXT,))
    return frozenset(row[CONTEXT] or "" for row in rows) - {""}
