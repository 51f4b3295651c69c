"""Schema files: reading and writing them, and laying one over another.

A document is ``{"release": .., "tables": {..}}``; an overlay has ``extends_release`` instead, and everything in it is
optional. What an overlay says of a column or a relation goes over what is there, member by member.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from pysnow.exceptions import InvalidUsage
from pysnow.schema.near_misses import refuse_misspelt

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["Document", "checked_document", "laid_over", "read_document", "write_document"]

Document: TypeAlias = dict[str, Any]
"""A schema file as JSON."""

_MEMBERS = frozenset({"release", "extends_release", "tables", "partial", "unread"})
_PARTS = ("fields", "relationships")


def read_document(path: str | os.PathLike[str]) -> Document:
    """Read a schema file.

    Args:
        path: Where it is.

    Raises:
        InvalidUsage: There is no such file, or it is no schema.
    """
    where = os.fspath(path)
    try:
        with open(where, encoding="utf-8-sig") as file:
            document = json.load(file)
    except OSError as error:
        raise InvalidUsage(f"The schema {where} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidUsage(f"The schema {where} is not JSON: {error}") from error
    return checked_document(document, where)


def checked_document(document: JSON, where: str = "The schema") -> Document:
    """Give a document a copy of its own, if it is one.

    Args:
        document: What was read, or made by hand.
        where: What to call it in an error.

    Raises:
        InvalidUsage: It is no schema.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("tables", {}), Mapping):
        raise InvalidUsage(f"{where} is no schema: it must be an object with 'tables'")
    refuse_misspelt(where, document, _MEMBERS)
    if "tables" not in document and "extends_release" not in document:
        raise InvalidUsage(f"{where} is no schema: it must be an object with 'tables'")
    for name in ("release", "extends_release"):
        if not isinstance(document.get(name, ""), str):
            raise InvalidUsage(f"{where} is no schema: its {name!r} must be a text, not {document[name]!r}")
    return copy.deepcopy(dict(document))


def write_document(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a schema file, whole or not at all.

    Args:
        document: What to write.
        path: Where to; a file there is replaced.

    Raises:
        InvalidUsage: It cannot be written there.
    """
    where = os.fspath(path)
    passing = f"{where}.{os.getpid()}.part"
    try:
        with open(passing, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, ensure_ascii=False)
            file.write("\n")
        os.replace(passing, where)
    except OSError as error:
        raise InvalidUsage(f"The schema cannot be written to {where}: {error.strerror}") from error


def laid_over(base: Document, overlay: Document) -> Document:
    """Give the document that results when one is laid over another; neither is changed.

    Args:
        base: What is below.
        overlay: What wins.
    """
    result = copy.deepcopy(base)
    tables = result.setdefault("tables", {})
    for name, members in overlay.get("tables", {}).items():
        table = tables.setdefault(name, {})
        table.update({key: copy.deepcopy(value) for key, value in members.items() if key not in _PARTS})
        for part, title, about in _entries(members):
            table.setdefault(part, {}).setdefault(title, {}).update(copy.deepcopy(about))
    return result


def _entries(members: Mapping[str, JSON]) -> Iterator[tuple[str, str, Mapping[str, JSON]]]:
    for part in _PARTS:
        for title, about in (members.get(part) or {}).items():
            yield part, title, about
