"""A local ServiceNow instance for demos and tests: ``with Sandbox() as sandbox: ...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysnow.sandbox.server import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> object:
    # Looked up late: parts of the sandbox (its query parser, its dictionary) are usable without the HTTP server.
    if name == "Sandbox":
        return _sandbox()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _sandbox() -> type[Sandbox]:
    try:
        from pysnow.sandbox.server import Sandbox
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "werkzeug":
            raise
        advice = "The local instance needs werkzeug: pip install 'pysnow[sandbox]'"
        raise ModuleNotFoundError(advice, name="werkzeug") from error
    return Sandbox
