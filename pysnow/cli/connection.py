"""From options, environment and files to a client: which instance, and who calls it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.local_instance import import_sandbox

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.config.configuration import Configuration

__all__ = ["ENVIRONMENT", "INSTANCE", "add_connection_options", "add_profile_option", "connect", "settings_of"]

INSTANCE = "SERVICENOW_INSTANCE"
USERNAME = "SERVICENOW_USERNAME"
PASSWORD = "SERVICENOW_PASSWORD"

ENVIRONMENT = f"""\
environment, for what no option says:
  {INSTANCE}  name, host name or address of the instance
  {USERNAME}  user name
  {PASSWORD}  password
and what neither says: servicenow.toml here, then the user's own (pysnow config)"""
"""Part of the help: the variables that are read."""


def add_connection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which instance to talk to, and as whom."""
    group = parser.add_argument_group("connection")
    where = group.add_mutually_exclusive_group()
    where.add_argument("--instance", metavar="NAME", help="name, host name or address of the instance")
    where.add_argument("--sandbox", action="store_true", help="use a local instance with demo data, made for this call")
    group.add_argument("--user", metavar="NAME", help="user name")
    group.add_argument(
        "--password",
        help=f"password; other users of this machine may see it here, so prefer {PASSWORD}, or leave it out on a "
        "terminal to be asked for it",
    )
    add_profile_option(group)


def add_profile_option(group: argparse._ArgumentGroup) -> None:
    """Add the option that chooses a profile."""
    group.add_argument("--profile", metavar="NAME", help="profile of servicenow.toml to use")


@contextmanager
def connect(
    arguments: argparse.Namespace,
    environ: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] | None = None,
) -> Iterator[Client]:
    """Give a client of the instance that options, environment and files name; it is closed at the end.

    Args:
        arguments: What :func:`add_connection_options` added, parsed.
        environ: The environment.
        ask: Asks for the password with a given prompt; None for the terminal, if there is one.

    Raises:
        CommandError: A setting is missing.
        InvalidUsage: The instance's name, a variable or a file cannot be read.
    """
    from pysnow import Client
    from pysnow.config.configuration import Sources

    # Commands say by themselves what they left out.
    quiet: dict[str, Any] = {"warn_truncated": False}
    if getattr(arguments, "strict", False):  # without it, the environment and files decide
        quiet["strict"] = True
    if arguments.sandbox:
        with import_sandbox()() as local, Client(local.url, **_admin(), config=False, **quiet) as client:
            yield client
        return
    settings = settings_of(arguments, environ)
    if not settings.get("instance") and not settings.get("endpoint_url"):
        raise _missing(INSTANCE, "--instance, or try --sandbox")
    said = _said(arguments)
    if settings.method() is None:
        user = settings.get("user")
        if not user:
            raise _missing(USERNAME, "--user")
        said["password"] = _asked_for(user, ask)
    with Client(**said, profile=arguments.profile, config=Sources(environ=environ), **quiet) as client:
        yield client


def settings_of(arguments: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> Configuration:
    """The settings that options, environment and files make together.

    Args:
        arguments: What :func:`add_connection_options` added, parsed.
        environ: The environment.

    Raises:
        InvalidUsage: A variable or a file cannot be read.
    """
    from pysnow.auth import Secret
    from pysnow.config.configuration import Sources, configure

    said = _said(arguments)
    if "password" in said:
        said["password"] = Secret(said["password"])
    return configure(said, Sources(environ=environ), arguments.profile)


def _said(arguments: argparse.Namespace) -> dict[str, Any]:
    options = {"instance": arguments.instance, "user": arguments.user, "password": arguments.password}
    return {name: value for name, value in options.items() if value}


def _admin() -> dict[str, Any]:
    return {"user": "admin", "password": "admin"}


def _missing(name: str, option: str) -> CommandError:
    return CommandError(f"{name} is not set: set it, pass {option}, or write it into servicenow.toml", ExitCode.USAGE)


def _asked_for(user: str, ask: Callable[[str], str] | None) -> str:
    if ask is None and sys.stdin.isatty():
        ask = getpass.getpass
    password = ask(f"Password of {user}: ") if ask else ""
    if not password:
        raise CommandError(f"{PASSWORD} is not set: set it, or run this on a terminal to be asked", ExitCode.USAGE)
    return password
