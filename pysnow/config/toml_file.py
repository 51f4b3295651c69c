"""Settings of a file: ``servicenow.toml``, with profiles, read strictly."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pysnow.auth import Secret
from pysnow.caller import callers_level
from pysnow.config.layer import Found, Layer, found
from pysnow.config.secret_places import is_reference
from pysnow.config.settings import IGNORED_KEYS, known_keys, nearest, setting_of_key
from pysnow.exceptions import InvalidUsage

__all__ = ["ConfigFile", "ExposedSecretWarning", "read_file"]

_HEADER: Final = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*(?P<name>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_OF_THE_FILE: Final = frozenset({"default_profile", "profiles"})
_READABLE_BY_OTHERS: Final = 0o044
_WRITABLE_BY_OTHERS: Final = 0o022


class ExposedSecretWarning(UserWarning):
    """Others on this machine can read a file that holds a secret."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file, read.

    Attributes:
        path: Where it is.
        base: What it sets for every profile.
        profiles: What each profile sets beside that.
        default_profile: The profile that holds when none is chosen; None without one.
    """

    path: Path
    base: Layer
    profiles: Mapping[str, Layer]
    default_profile: str | None

    def layer(self, profile: str | None) -> Layer:
        """What it sets.

        Args:
            profile: The profile chosen; None for none. One that the file does not have adds nothing.
        """
        return {**self.base, **self.profiles.get(profile or "", {})}


def read_file(path: Path) -> ConfigFile:
    """Read a file of settings.

    Args:
        path: Where it is.

    Raises:
        InvalidUsage: It cannot be read, is no TOML, or has a key or a value that cannot be; file, line and the nearest
            valid key are named.
    """
    text = _read(path)
    reader = _Reader(path, text, is_guarded=_is_guarded(path))
    read = reader.file()
    secrets = [name for layer in (read.base, *read.profiles.values()) for name, has in layer.items() if _is_plain(has)]
    if secrets and _mode(path) & _READABLE_BY_OTHERS:
        warnings.warn(
            f"{path} holds a secret ({secrets[0]}) and can be read by others: chmod 600 {path}, or keep the secret "
            "elsewhere and write env:, file:, cmd: or keyring:",
            ExposedSecretWarning,
            stacklevel=callers_level(),
        )
    return read


class _Reader:
    """Reads one file.

    Args:
        path: Where it is.
        text: What it holds.
        is_guarded: Whether nobody else can have written it.
    """

    def __init__(self, path: Path, text: str, *, is_guarded: bool) -> None:
        self._path = path
        self._lines = _lines_of_keys(text)
        self._is_guarded = is_guarded
        self._document = self._parsed(text)

    def file(self) -> ConfigFile:
        """The file as settings."""
        document = self._document
        chosen = document.get("default_profile")
        if chosen is not None and not isinstance(chosen, str):
            raise self._refusal("default_profile", f"must be a text, not {chosen!r}")
        profiles = document.get("profiles", {})
        if not isinstance(profiles, dict) or not all(isinstance(profile, dict) for profile in profiles.values()):
            raise self._refusal("profiles", "must be tables such as [profiles.dev]")
        base = self._layer({key: value for key, value in document.items() if key not in _OF_THE_FILE}, "")
        named = {name: self._layer(profile, f"profiles.{name}") for name, profile in profiles.items()}
        if chosen and chosen not in named:
            raise self._refusal("default_profile", f"names no profile of this file{nearest(chosen, named)}")
        return ConfigFile(self._path, base, named, chosen or None)

    def _layer(self, table: Mapping[str, Any], place: str) -> Layer:
        layer: dict[str, Found] = {}
        for key, raw in _flat(table):
            if key in IGNORED_KEYS:
                continue
            where = f"{place}.{key}" if place else key
            known = setting_of_key(key)
            if known is None:
                raise self._refusal(where, f"is no setting{nearest(key, known_keys() | (_OF_THE_FILE - {place}))}")
            setting, prefix = known
            if setting.name in layer:
                raise self._refusal(where, f"says once more what is said already ({layer[setting.name].origin})")
            if raw == "":
                continue
            value = f"{prefix}{_command(raw)}" if prefix and isinstance(raw, (str, list)) else raw
            origin = self._origin(where) + (f" [{place}]" if place else "")
            layer[setting.name] = found(setting, value, origin, self._path.parent, is_guarded=self._is_guarded)
        return layer

    def _parsed(self, text: str) -> dict[str, Any]:
        import tomllib  # here, as most programs have no file

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as exc:
            # What it says ends with "(at line 3, column 5)", and holds a character of the file at the most.
            line = re.search(r"at line (\d+)", str(exc))
            where = f"{self._path}:{line[1]}" if line else f"{self._path}, at its end"
            raise InvalidUsage(f"{where}: this is no TOML: {re.sub(r' [(]at .*[)]$', '', str(exc))}") from None

    def _origin(self, key: str) -> str:
        parts = key.split(".")
        for length in range(len(parts), 0, -1):
            if (line := self._lines.get(".".join(parts[:length]))) is not None:
                return f"{self._path}:{line}"
        return str(self._path)

    def _refusal(self, key: str, why: str) -> InvalidUsage:
        return InvalidUsage(f"{self._origin(key)}: {key} {why}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidUsage(f"The configuration {path} cannot be read: {exc.strerror or exc}") from exc
    except UnicodeDecodeError:
        raise InvalidUsage(f"The configuration {path} is not in UTF-8") from None


def _flat(table: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{place}.{name}" if place else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, value


def _lines_of_keys(text: str) -> dict[str, int]:
    """The line of each key and table. A line within a long text may look like one: an error may point there then."""
    lines: dict[str, int] = {}
    place = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            place = _plain_key(header["name"])
            lines.setdefault(place, number)
        elif key := _KEY.match(line):
            name = _plain_key(key["name"])
            lines.setdefault(f"{place}.{name}" if place else name, number)
    return lines


def _plain_key(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _is_plain(has: Found) -> bool:
    return isinstance(has.value, Secret) and not is_reference(has.value)


def _command(raw: str | list[Any]) -> str:
    import shlex

    return raw if isinstance(raw, str) else shlex.join(map(str, raw))


def _mode(path: Path) -> int:
    """Who may do what with a file; nobody else anything, where the platform does not tell."""
    return path.stat().st_mode if os.name == "posix" else 0


def _is_guarded(path: Path) -> bool:
    """Whether nobody but this user, and the machine's administrator, can have written a file."""
    if os.name != "posix":
        return True
    return not _mode(path) & _WRITABLE_BY_OTHERS and path.stat().st_uid in (os.getuid(), 0)
