"""An environment of its own for each client, made when it is first needed and kept under ``build/``."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

__all__ = ["ENVIRONMENTS", "NotInstalled", "make_environment", "versions"]

ENVIRONMENTS = Path(__file__).parents[1] / "build" / "benchmarks"
"""Where they are kept; delete it to have the newest versions."""

_INSTALL_SECONDS = 600
_LIST = "import importlib.metadata as m; print(*sorted(f'{d.name} {d.version}' for d in m.distributions()), sep='\\n')"


class NotInstalled(Exception):
    """A client's packages cannot be had here; the text says why."""


def make_environment(packages: tuple[str, ...]) -> Path:
    """Make an environment that holds these packages, unless it is there.

    Args:
        packages: As for pip.

    Returns:
        Its interpreter.

    Raises:
        NotInstalled: pip could not install them.
    """
    key = hashlib.sha256("\n".join((sys.version, *packages)).encode()).hexdigest()[:12]
    folder = ENVIRONMENTS / key
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "complete"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=_INSTALL_SECONDS)
        _install(python, packages)
        done.write_text("\n".join(packages), encoding="utf-8")
    return python


def _install(python: Path, packages: tuple[str, ...]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", *packages]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"not installed within {_INSTALL_SECONDS} seconds") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise NotInstalled(errors[-1] if errors else f"pip ended with {done.returncode}")


def versions(python: Path) -> dict[str, str]:
    """Tell what an environment holds: versions by name."""
    listed = subprocess.run([python, "-c", _LIST], capture_output=True, text=True, check=True, timeout=60).stdout
    return dict(line.split(" ", 1) for line in listed.splitlines())
