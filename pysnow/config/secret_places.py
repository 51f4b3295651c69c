"""Secrets that are kept elsewhere: ``env:NAME``, ``file:path``, ``cmd:command`` and ``keyring:service/user``.

A text that begins with none of these is the secret itself; ``plain:`` says so of one that does.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pysnow.auth import Secret
from pysnow.config.layer import Found
from pysnow.exceptions import InvalidUsage

__all__ = ["fetched", "is_reference"]

COMMAND_SECONDS: Final = 60.0
"""Longest time that a command may take to tell a secret; somebody may have to unlock a key store."""


def is_reference(secret: Secret[str]) -> bool:
    """Whether a text says where a secret is, instead of being it.

    Args:
        secret: The text.
    """
    prefix, colon, _ = secret.reveal().partition(":")
    return bool(colon) and prefix in _PLACES


def fetched(name: str, has: Found, environ: Mapping[str, str]) -> Secret[str]:
    """A secret, fetched from where it is kept.

    Args:
        name: What it is called, for the error.
        has: The text found, and where.
        environ: The environment, for ``env:``.

    Raises:
        InvalidUsage: It is not there, or what keeps it does not tell.
    """
    secret: Secret[str] = has.value
    prefix, colon, rest = secret.reveal().partition(":")
    if has.is_literal or not colon or prefix not in {*_PLACES, "plain"}:
        return secret
    if prefix == "plain":
        return Secret(rest)
    try:
        found = _PLACES[prefix](rest.strip(), has, environ)
    except LookupError as exc:
        raise InvalidUsage(f"{has.origin}: {name} cannot be had: {exc.args[0]}") from None
    if not found.reveal():
        raise InvalidUsage(f"{has.origin}: {name} cannot be had: what {prefix}: names is empty")
    return found


def _from_environment(name: str, has: Found, environ: Mapping[str, str]) -> Secret[str]:
    if not environ.get(name):
        raise LookupError(f"the variable {name} is not set")
    return Secret(environ[name])


def _from_file(text: str, has: Found, environ: Mapping[str, str]) -> Secret[str]:
    path = (has.folder or Path()) / Path(text).expanduser()
    try:
        # Editors end a file with a line break; what is behind it is no part of a secret.
        return Secret(path.read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as exc:
        raise LookupError(f"{path}: {getattr(exc, 'strerror', None) or 'it is not in UTF-8'}") from None


def _from_command(text: str, has: Found, environ: Mapping[str, str]) -> Secret[str]:
    import shlex
    import subprocess

    if not has.is_guarded:
        raise LookupError("others can write this file, so commands in it are not run: own it, and chmod 600")
    try:
        command = shlex.split(text)
        done = subprocess.run(
            command, stdout=subprocess.PIPE, timeout=COMMAND_SECONDS, check=False, cwd=has.folder, env=dict(environ)
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as exc:
        raise LookupError(f"the command cannot be run ({type(exc).__name__})") from None
    if done.returncode:
        raise LookupError(f"{command[0]} ended with {done.returncode}")
    return Secret(done.stdout.decode("utf-8", "replace").partition("\n")[0].rstrip("\r"))


def _from_keyring(text: str, has: Found, environ: Mapping[str, str]) -> Secret[str]:
    service, slash, user = text.rpartition("/")
    if not slash:
        raise LookupError("write keyring:service/user")
    try:
        keyring: Any = importlib.import_module("keyring")
    except ImportError:
        raise LookupError('keyring is not installed: pip install "pysnow[keyring]"') from None
    found = keyring.get_password(service, user)
    if found is None:
        raise LookupError(f"the keyring has nothing for {service}/{user}: keyring set {service} {user}")
    return Secret(found)


_PLACES: Final[dict[str, Callable[[str, Found, Mapping[str, str]], Secret[str]]]] = {
    "env": _from_environment,
    "file": _from_file,
    "cmd": _from_command,
    "keyring": _from_keyring,
}
