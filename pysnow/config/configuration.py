"""All settings of one client: arguments before the environment, that before files, those before defaults."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from pysnow.auth import Secret
from pysnow.config.environment import FILE_NAME, PREFIX, read_environment, user_file
from pysnow.config.layer import Found, Layer
from pysnow.config.secret_places import fetched, is_reference
from pysnow.config.settings import SETTINGS, nearest
from pysnow.config.sign_in import chosen_method, new_auth
from pysnow.config.toml_file import ConfigFile, read_file
from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from requests.auth import AuthBase

    from pysnow.config.sign_in import Method

__all__ = ["Configuration", "Explained", "Sources", "configure"]

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings are looked for that no argument says. Pass it to ``Client(config=...)``.

    Attributes:
        environ: The environment; None for that of the process.
        prefix: What the names of its variables begin with.
        path: The one file to read; None for ``servicenow.toml`` in the working directory, and then the user's own.
        files: Whether files are read at all.
        needs_file: Whether there must be one.
    """

    environ: Mapping[str, str] | None = None
    prefix: str = PREFIX
    path: Path | None = None
    files: bool = True
    needs_file: bool = False


Config: TypeAlias = str | os.PathLike[str] | Sources | Literal[False] | None
"""What ``Client(config=...)`` takes."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A setting, for people.

    Attributes:
        value: The value as a text; of a secret, ``***``, or the place where it is kept.
        origin: Where it was set: ``argument``, ``environment SERVICENOW_USERNAME``, file and line, or ``default``.
    """

    value: str
    origin: str

    def __str__(self) -> str:
        return f"{self.value}  ({self.origin})"


class Configuration:
    """The settings of one client, each with its origin. Made by :func:`configure`.

    Args:
        layers: What was found, the nearest place first.
        looked_at: Where it was looked for, for errors.
        environ: The environment, for secrets that are kept there.
        profile: The profile chosen.

    Attributes:
        profile: As given.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        looked_at: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        profile: str | None = None,
    ) -> None:
        self._layers = layers
        self._looked_at = looked_at
        self._environ = environ or {}
        self._defaults: dict[str, Any] = {}
        self._method: str | None = None
        self.profile = profile

    def __repr__(self) -> str:
        profile = f" of profile {self.profile}" if self.profile else ""
        return f"<Configuration{profile}: {', '.join(self.explain())}>"

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a setting that is no secret.

        Args:
            name: The setting.
            default: What holds when nobody says it.
        """
        has = self._found(name)
        if has is None:
            self._defaults[name] = default
        return default if has is None else has.value

    def checked(self, name: str, check: Callable[[Any], _Value], default: Any) -> _Value:
        """The value of a setting, checked; an error says where it was set, unless that was an argument.

        Args:
            name: The setting.
            check: Gives the value, or raises.
            default: What holds when nobody says it.

        Raises:
            InvalidUsage: The value cannot be used.
        """
        try:
            return check(self.get(name, default))
        except InvalidUsage as exc:
            origin = self.origin(name)
            raise exc if origin in ("argument", "default") else InvalidUsage(f"{origin}: {exc}") from None

    def origin(self, name: str) -> str:
        """Where a setting was set.

        Args:
            name: The setting.
        """
        has = self._found(name)
        return "default" if has is None else has.origin

    def secret(self, name: str) -> Secret[str]:
        """A secret, fetched from where it is kept.

        Args:
            name: The setting.

        Raises:
            InvalidUsage: Nobody says it, or it cannot be had.
        """
        has = self._found(name)
        if has is None:
            raise InvalidUsage(f"{name} is not set")
        return fetched(name, has, self._environ)

    def sign_in(self) -> AuthBase:
        """What puts credentials on requests, for the way of signing in that the settings are complete for.

        Raises:
            InvalidUsage: They are complete for none, or for two; or a secret cannot be had.
        """
        ranks, way = self._ranks(), self._way()
        if way is None:
            raise InvalidUsage(
                "You must provide either user and password, auth=, or a session; or set SERVICENOW_USERNAME and "
                f"SERVICENOW_PASSWORD{self._half_of_a_pair(ranks)}{self.places()}"
            )
        self._method = way.name
        return new_auth(way, ranks, self.get, self.secret)

    def method(self) -> str | None:
        """The way of signing in that the settings are complete for: ``basic``, ``token`` ...; None for none.

        Raises:
            InvalidUsage: They are complete for two.
        """
        way = self._way()
        return way.name if way else None

    def places(self) -> str:
        """Where a missing setting could have been set, as the end of a sentence."""
        if not self._looked_at:
            return ""
        return f". Looked for in {', '.join(self._looked_at)}"

    def explain(self) -> dict[str, Explained]:
        """Every setting that is set, or that a default holds for, with where that was said. Secrets are masked."""
        rows: dict[str, Explained] = {}
        if self.profile:
            rows["profile"] = Explained(self.profile, "chosen")
        named = [name for layer in self._layers for name in layer]
        for name in dict.fromkeys([*(setting.name for setting in SETTINGS), *named, *self._defaults]):
            has = self._found(name)
            if has is not None:
                rows[name] = Explained(_shown(has), has.origin)
            elif name == "auth_method" and self._method:
                rows[name] = Explained(self._method, "inferred")
            elif self._defaults.get(name) is not None:
                rows[name] = Explained(str(self._defaults[name]), "default")
        return rows

    def _way(self) -> Method | None:
        return chosen_method(self._ranks(), self.get("auth_method"), self.origin("auth_method"))

    def _ranks(self) -> dict[str, int]:
        """How far away the place is that sets something, for all that is set."""
        ranks: dict[str, int] = {}
        for rank, layer in enumerate(self._layers):
            ranks = {**dict.fromkeys(layer, rank), **ranks}
        return ranks

    def _found(self, name: str) -> Found | None:
        return next((layer[name] for layer in self._layers if name in layer), None)

    def _half_of_a_pair(self, ranks: Mapping[str, int]) -> str:
        """What is there of something that is incomplete."""
        there = [name for name in ("user", "password", "client_id", "client_secret", "refresh_token") if name in ranks]
        return f" (there is only {' and '.join(there)})" if there else ""


def configure(said: Mapping[str, Any], config: Config = None, profile: str | None = None) -> Configuration:
    """Put the settings of a client together.

    Args:
        said: What the program says; nothing but that.
        config: Where else to look: None for the usual places, a path for that file, False for nowhere.
        profile: The profile to use of the files; None for ``SERVICENOW_PROFILE``, and then ``default_profile``.

    Raises:
        InvalidUsage: A file or variable cannot be used, or there is no such profile.
    """
    arguments = {name: Found(value, "argument", is_literal=True) for name, value in said.items()}
    if config is False:
        if profile:
            raise InvalidUsage("profile= names a part of a configuration: leave out config=False")
        return Configuration([arguments])
    sources = config if isinstance(config, Sources) else Sources(path=_checked_path(config))
    environ = os.environ if sources.environ is None else sources.environ
    paths = _paths(sources, environ)
    files = _read_files(paths)
    looked_at = [str(path) for path in paths]
    if sources.needs_file and not files:
        raise InvalidUsage(f"There is no configuration: looked for {' and '.join(looked_at)}")
    chosen = profile or (environ.get(f"{sources.prefix}PROFILE") if sources.files else None)
    chosen = chosen or next((file.default_profile for file in files if file.default_profile), None)
    _check_profile(chosen, files, looked_at)
    return Configuration(
        [arguments, read_environment(environ, sources.prefix), *(file.layer(chosen) for file in files)],
        [f"the environment ({sources.prefix}...)", *looked_at],
        environ,
        chosen,
    )


def _paths(sources: Sources, environ: Mapping[str, str]) -> dict[Path, bool]:
    """Files to read, the nearest first, each with whether it was named, and so has to be there."""
    if not sources.files:
        return {}
    named = sources.path or environ.get(f"{sources.prefix}CONFIG")
    if named:
        return {Path(named).expanduser().absolute(): True}
    # A working directory that was removed meanwhile has no name, and no file either.
    near = [Path(FILE_NAME).absolute()] if Path().is_dir() else []
    own = user_file(environ)
    return dict.fromkeys([*near, *([own] if own else [])], False)


def _read_files(paths: Mapping[Path, bool]) -> list[ConfigFile]:
    try:
        return [read_file(path) for path, is_named in paths.items() if is_named or path.is_file()]
    except InvalidUsage as exc:
        # Without the frames of the reader: error reporters collect their variables, in which the secrets are.
        raise exc.with_traceback(None) from None


def _checked_path(config: Any) -> Path | None:
    if config is None:
        return None
    if not isinstance(config, (str, os.PathLike)) or not os.fspath(config):
        raise InvalidUsage(f"config must be the path of a file, or False to read nothing; not {config!r}")
    return Path(config)


def _check_profile(profile: str | None, files: Sequence[ConfigFile], looked_at: Sequence[str]) -> None:
    if not profile or any(profile in file.profiles for file in files):
        return
    known = sorted({name for file in files for name in file.profiles})
    where = " or ".join(looked_at) or "files, which are not read here"
    has = nearest(profile, known) or (f": there are {', '.join(known)}" if known else "")
    raise InvalidUsage(f"There is no profile {profile!r} in {where}{has}")


def _shown(has: Found) -> str:
    """A value for people, without what must not be seen."""
    value = has.value
    if isinstance(value, Secret):
        if has.is_literal or not is_reference(value) or value.reveal().startswith("cmd:"):
            return "***"
        return str(value.reveal())
    if isinstance(value, str):
        return "***" if "@" in value and ":" in value else value
    return str(value)
