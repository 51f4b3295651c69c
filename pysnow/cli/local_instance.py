"""The local instance, which commands import only when they need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pysnow.cli.errors import CommandError

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

__all__ = ["import_sandbox"]


def import_sandbox() -> type[Sandbox]:
    """Import the class of local instances.

    Raises:
        CommandError: The extra that it needs is not installed.
    """
    try:
        from pysnow.sandbox import Sandbox
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] != "werkzeug":
            raise
        raise CommandError(str(exc)) from exc
    return Sandbox
