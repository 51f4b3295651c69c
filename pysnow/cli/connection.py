"""From options and environment to a client: which instance, and who calls it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.local_instance import import_sandbox

if TYPE_CHECKING:
    from pysnow import Client

__all__ = ["ENVIRONMENT", "add_connection_options", "connect"]

INSTANCE = "SERVICENOW_INSTANCE"
USERNAME = "SERVICENOW_USERNAME"
PASSWORD = "SERVICENOW_PASSWORD"

ENVIRONMENT = f"""\
environment, for what no option says:
  {INSTANCE}  name, host name or address of the instance
  {USERNAME}  user name
  {PASSWORD}  password"""
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


@contextmanager
def connect(
    arguments: argparse.Namespace,
    environ: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] | None = None,
) -> Iterator[Client]:
    """Give a client of the instance that options and environment name; it is closed at the end.

    Args:
        arguments: What :func:`add_connection_options` added, parsed.
        environ: The environment.
        ask: Asks for the password with a given prompt; None for the terminal, if there is one.

    Raises:
        CommandError: A setting is missing.
        InvalidUsage: The instance's name cannot be read.
    """
    if arguments.sandbox:
        with import_sandbox()() as local, _client(local.url, "admin", "admin") as client:
            yield client
        return
    instance = arguments.instance or _required(environ, INSTANCE, "--instance, or try --sandbox")
    user = arguments.user or _required(environ, USERNAME, "--user")
    password = arguments.password or environ.get(PASSWORD) or _asked_for(user, ask)
    with _client(instance, user, password) as client:
        yield client


def _client(instance: str, user: str, password: str) -> Client:
    from pysnow import Client

    # Commands say by themselves what they left out.
    return Client(instance=instance, user=user, password=password, warn_truncated=False)


def _required(environ: Mapping[str, str], name: str, option: str) -> str:
    value = environ.get(name)
    if not value:
        raise CommandError(f"{name} is not set: set it, or pass {option}", ExitCode.USAGE)
    return value


def _asked_for(user: str, ask: Callable[[str], str] | None) -> str:
    if ask is None and sys.stdin.isatty():
        ask = getpass.getpass
    password = ask(f"Password of {user}: ") if ask else ""
    if not password:
        raise CommandError(f"{PASSWORD} is not set: set it, or run this on a terminal to be asked", ExitCode.USAGE)
    return password
