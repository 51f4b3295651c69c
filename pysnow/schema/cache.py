"""Schemas that were read from instances, kept for a time: in memory, and in a folder that the user names."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage, TransportError
from pysnow.fork import renew_after_fork
from pysnow.schema.documents import read_document, write_document
from pysnow.schema.reading import build_of, read_instance

if TYPE_CHECKING:
    from pysnow.schema.dictionary_reader import Instance
    from pysnow.schema.documents import Document

__all__ = ["SchemaCache"]

DAY_SECONDS: Final = 86_400.0


class SchemaCache:
    """Keeps schemas, one for each instance, choice of tables and language. Threads may share it.

    Without a folder nothing is written anywhere. A file holds names, labels and choices of the tables, as far as the
    user who read them may see them: users with other rights need a folder of their own.

    Args:
        folder: Where to keep files; None for memory alone.
        lifetime_seconds: How long one is good. A file of another build than the instance runs by now is not; when the
            instance cannot be reached, it is all the same.
        clock: Gives the time in seconds.

    Raises:
        InvalidUsage: The folder cannot be made, or the lifetime is no number above 0.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        lifetime_seconds: float = DAY_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if type(lifetime_seconds) not in (int, float) or lifetime_seconds <= 0:
            raise InvalidUsage(f"lifetime_seconds must be a number above 0, not {lifetime_seconds!r}")
        self._folder = None if folder is None else _made(folder)
        self._lifetime = lifetime_seconds
        self._clock = clock
        self._kept: dict[str, tuple[float, Document]] = {}
        self.part_from_parent()
        renew_after_fork(self)

    def part_from_parent(self) -> None:
        """Have a lock of one's own in a forked process."""
        self._lock = threading.Lock()

    def document(self, client: Instance, tables: Sequence[str] | None, language: str = "en") -> Document:
        """Give what is kept, or read it.

        Args:
            client: Who asks which instance.
            tables: Which tables; None for all.
            language: Language of labels and choices.

        Raises:
            InvalidUsage: There is no such table.
            PysnowException: The instance refuses, or does not answer.
        """
        name = _name(client.base_url, tables, language)
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or self._clock() - kept[0] >= self._lifetime:
                kept = self._kept[name] = self._from_file(name, client) or self._read(name, client, tables, language)
        return kept[1]

    def clear(self) -> None:
        """Forget what is kept, and remove the files."""
        with self._lock:
            self._kept.clear()
            if self._folder is not None:
                for name in os.listdir(self._folder):
                    if _FILE.fullmatch(name):
                        os.unlink(os.path.join(self._folder, name))

    def _read(self, name: str, client: Instance, tables: Sequence[str] | None, language: str) -> tuple[float, Document]:
        now = self._clock()
        document = read_instance(client, tables, language)
        if self._folder is not None:
            write_document({**document, "read_at": now}, os.path.join(self._folder, name))
        return now, document

    def _from_file(self, name: str, client: Instance) -> tuple[float, Document] | None:
        """What a file holds, if it is still good."""
        if self._folder is None:
            return None
        try:
            document = read_document(os.path.join(self._folder, name))
            read_at = float(document.pop("read_at"))
        except (InvalidUsage, KeyError, TypeError, ValueError):
            return None
        try:
            build = build_of(client).get("glide.buildtag", "")
        except TransportError:
            return read_at, document
        is_good = self._clock() - read_at < self._lifetime and build == document.get("build", "")
        return (read_at, document) if is_good else None


_FILE: Final = re.compile(r"[a-z0-9.-]+-[0-9a-f]{16}\.schema\.json", re.ASCII)


def _name(instance: str, tables: Sequence[str] | None, language: str) -> str:
    asked = "\n".join((instance, language, *(["*"] if tables is None else sorted(tables))))
    host = re.sub(r"[^a-z0-9.-]", "-", instance.partition("://")[2].lower())
    return f"{host}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.schema.json"


def _made(folder: str | os.PathLike[str]) -> str:
    try:
        where = os.fspath(folder)
        os.makedirs(where, exist_ok=True)
    except (OSError, TypeError) as error:
        raise InvalidUsage(f"The folder of a schema cache cannot be used: {error}") from error
    return where
