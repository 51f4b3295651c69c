"""A file that is there as a whole, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pysnow.exceptions import InvalidUsage

__all__ = ["Target", "checked_path", "opened_text", "replaced_by"]

Target = str | os.PathLike[str] | IO[str]
"""Where an export goes: a path, or an open text file, which stays open."""


def checked_path(target: Any) -> Path:
    """Give the path of a file.

    Raises:
        InvalidUsage: It is none.
    """
    if not isinstance(target, (str, os.PathLike)) or not os.fspath(target):
        raise InvalidUsage(f"Pass the path of a file, or an open text file, not {target!r}")
    return Path(target)


@contextmanager
def opened_text(target: Target, encoding: str) -> Iterator[IO[str]]:
    """Give a text file to write to. A path gets it when all was written; before, nothing of it changes.

    Args:
        target: Path or open file.
        encoding: Encoding of a path's file.

    Raises:
        InvalidUsage: It is neither.
    """
    if not isinstance(target, (str, os.PathLike)) and hasattr(target, "write"):
        yield target
        return
    # UTF-8 can write anything but half a surrogate pair, which is valid in JSON all the same.
    errors = "backslashreplace" if encoding.lower().startswith("utf") else "strict"
    with replaced_by(target) as fresh, open(fresh, "w", encoding=encoding, errors=errors, newline="") as file:
        yield file


@contextmanager
def replaced_by(target: Any) -> Iterator[Path]:
    """Give the path of a new file beside the target, which takes its place in the end; after an error it is gone.

    What is there and is no file, such as a pipe, is written to as it is.

    Raises:
        InvalidUsage: The target is no path.
        OSError: The file cannot be written.
    """
    path = checked_path(target).resolve()
    if path.exists() and not path.is_file():
        yield path
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target))
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield fresh
        if path.exists():
            shutil.copymode(path, fresh)
        os.replace(fresh, path)
    except BaseException as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(fresh):
            error.filename, error.filename2 = str(target), None  # the one that the caller knows
        raise
