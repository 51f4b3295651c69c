"""Settings of the environment."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pysnow.config.layer import Found, Layer, found
from pysnow.config.settings import SETTINGS, Setting

__all__ = ["FILE_NAME", "PREFIX", "read_environment", "user_file"]

PREFIX: Final = "SERVICENOW_"
"""What the names of variables begin with."""

FILE_NAME: Final = "servicenow.toml"
"""Name of the file in the working directory, and of the user's own."""


def read_environment(environ: Mapping[str, str], prefix: str = PREFIX) -> Layer:
    """What the environment sets. An empty variable counts as not set.

    Args:
        environ: The environment.
        prefix: What the variables' names begin with. Ansible's (``SN_...``) are read after ``SERVICENOW_`` alone.

    Raises:
        InvalidUsage: A variable holds what its setting cannot be.
    """
    layer: dict[str, Found] = {}
    for setting in SETTINGS:
        name = next((name for name in _names(setting, prefix) if environ.get(name)), None)
        if name is not None:
            layer[setting.name] = found(setting, environ[name], f"environment {name}")
    return layer


def user_file(environ: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The file of settings that a user has for all programs; None where there is no place for one.

    Args:
        environ: The environment.
        platform: Name of the platform, as ``sys.platform`` has it.
    """
    if platform == "win32":
        folder = Path(environ["APPDATA"]) if environ.get("APPDATA") else None
    elif platform == "darwin":
        folder = Path(environ["HOME"], "Library", "Application Support") if environ.get("HOME") else None
    elif environ.get("XDG_CONFIG_HOME"):
        folder = Path(environ["XDG_CONFIG_HOME"])
    else:
        folder = Path(environ["HOME"], ".config") if environ.get("HOME") else None
    return None if folder is None else folder / "pysnow" / FILE_NAME


def _names(setting: Setting, prefix: str) -> Iterator[str]:
    yield from (prefix + name for name in setting.variables)
    if prefix == PREFIX:
        yield from setting.ansible
