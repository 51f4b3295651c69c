"""Values as files and the environment have them, made into what a client takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pysnow.auth import Secret
from pysnow.config.settings import Kind

__all__ = ["converted"]

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def converted(kind: Kind, raw: Any, folder: Path | None) -> Any:
    """A value of a kind.

    Args:
        kind: What it is to be.
        raw: What a file has; or a text, from the environment.
        folder: Folder of the file, which relative paths begin at; None for the environment, where numbers and truth
            are written as texts.

    Raises:
        ValueError: It is no such value; the text says what is needed, and never holds the value of a secret.
    """
    return _KINDS[kind](raw, folder)


def _text(raw: Any, folder: Path | None) -> str:
    if not isinstance(raw, str):
        raise ValueError(f"must be a text, not {raw!r}")
    return raw


def _secret(raw: Any, folder: Path | None) -> Secret[str]:
    if not isinstance(raw, str):
        raise ValueError(f"must be a text, not {type(raw).__name__}")  # a number may be a PIN
    return Secret(raw)


def _number(raw: Any, folder: Path | None) -> float:
    if folder is None:
        try:
            return float(raw)
        except ValueError:
            raise ValueError(f"must be a number, not {raw!r}") from None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise ValueError(f"must be a number, not {raw!r}")
    return raw


def _count(raw: Any, folder: Path | None) -> int:
    number = _number(raw, folder)
    if number < 0 or not float(number).is_integer():
        raise ValueError(f"must be a whole number, 0 or more, not {raw!r}")
    return int(number)


def _flag(raw: Any, folder: Path | None) -> bool:
    if folder is not None:
        if not isinstance(raw, bool):
            raise ValueError(f"must be true or false, not {raw!r}")
        return raw
    word = str(raw).lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"must be true or false, not {raw!r}")
    return word in _TRUE


def _timeout(raw: Any, folder: Path | None) -> float | tuple[float, float]:
    parts = raw.split(",") if isinstance(raw, str) and folder is None else raw if isinstance(raw, list) else [raw]
    if len(parts) not in (1, 2):
        raise ValueError(f"must be seconds, or two numbers to connect and to read, not {raw!r}")
    numbers = [_number(part, folder) for part in parts]
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def _path(raw: Any, folder: Path | None) -> str:
    path = Path(_text(raw, folder)).expanduser()
    return str(path if folder is None else folder / path)


def _path_or_flag(raw: Any, folder: Path | None) -> bool | str:
    if isinstance(raw, bool):
        return raw
    if folder is None and str(raw).lower() in _TRUE | _FALSE:
        return _flag(raw, folder)
    return _path(raw, folder)


def _paths(raw: Any, folder: Path | None) -> str | tuple[str, str]:
    parts = raw.split(",") if isinstance(raw, str) and folder is None else raw if isinstance(raw, list) else [raw]
    if len(parts) not in (1, 2):
        raise ValueError("must be a path, or two: certificate and key")
    paths = [_path(part.strip() if isinstance(part, str) else part, folder) for part in parts]
    return paths[0] if len(paths) == 1 else (paths[0], paths[1])


_KINDS: dict[Kind, Callable[[Any, Path | None], Any]] = {
    "text": _text,
    "secret": _secret,
    "number": _number,
    "count": _count,
    "flag": _flag,
    "timeout": _timeout,
    "path": _path,
    "path or flag": _path_or_flag,
    "paths": _paths,
}
