"""One place that settings come from, read: values, each with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pysnow.config.settings import Setting
from pysnow.config.values import converted
from pysnow.exceptions import InvalidUsage

__all__ = ["Found", "Layer", "found"]


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and where it was found.

    Attributes:
        value: The value; of a secret, a :class:`~pysnow.auth.Secret`.
        origin: Where it was found, for people: ``argument``, ``environment SERVICENOW_USERNAME``, a file with line.
        folder: Folder that relative paths in it begin at; None for the working directory.
        is_literal: Whether it is what it says. Else a text such as ``env:NAME`` says where the secret is.
        is_guarded: Whether nobody else could have written it, so that a command in it may be run.
    """

    value: Any
    origin: str
    folder: Path | None = None
    is_literal: bool = False
    is_guarded: bool = True


Layer: TypeAlias = Mapping[str, Found]
"""What one place sets, by the name of the setting."""


def found(setting: Setting, raw: Any, origin: str, folder: Path | None = None, *, is_guarded: bool = True) -> Found:
    """A value as it was found, made into what its setting needs.

    Args:
        setting: The setting.
        raw: What stands there.
        origin: Where.
        folder: Folder of the file; None for the environment.
        is_guarded: Whether nobody else could have written it.

    Raises:
        InvalidUsage: It is no value of that setting.
    """
    try:
        return Found(converted(setting.kind, raw, folder), origin, folder, is_guarded=is_guarded)
    except ValueError as exc:
        raise InvalidUsage(f"{origin}: {setting.name} {exc}") from None
