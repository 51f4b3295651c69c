"""``pysnow login``: sign in with a browser, and keep the token where later commands find it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from pysnow.cli.connection import INSTANCE, add_profile_option, settings_of
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.output import json_text
from pysnow.cli.terminal_text import on_one_line

if TYPE_CHECKING:
    from typing import Any

    from pysnow.oauth.oauth_login import AuthorizationCode

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_METHOD: Final = "authorization_code"

_EPILOG: Final = """\
environment, for what no option says, and servicenow.toml for what neither says:
  SERVICENOW_INSTANCE       name, host name or address of the instance
  SERVICENOW_CLIENT_ID      id of the OAuth application that is registered there
  SERVICENOW_CLIENT_SECRET  its secret, unless it is a public one
  SERVICENOW_TOKEN_FILE     file to keep the token in
  SERVICENOW_REDIRECT_URI   where the browser is sent back to
  SERVICENOW_AUTH_METHOD    authorization_code, so that other commands use the token"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "login",
        help="sign in with a browser, and keep the token for later commands",
        description="Sign in with a browser, at the instance's own page or by single sign-on, and keep the token in a "
        "file that its owner alone may read (OAuth, authorization code with PKCE).",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    group = parser.add_argument_group("connection")
    group.add_argument("--instance", metavar="NAME", help="name, host name or address of the instance")
    group.add_argument("--client-id", metavar="ID", help="id of the OAuth application that is registered there")
    group.add_argument("--token-file", metavar="PATH", help="file to keep the token in")
    group.add_argument("--redirect-uri", metavar="URL", help="where the browser is sent back to, as registered")
    add_profile_option(group)
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address, and read where the browser came back to"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object, also on a terminal")
    parser.set_defaults(run=run, sandbox=False, user=None, password=None)


def run(
    arguments: argparse.Namespace,
    environ: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] = input,
) -> int:
    """Sign in, and show as whom.

    Args:
        arguments: The command line, parsed.
        environ: The environment.
        ask: Reads a line.

    Raises:
        CommandError: A setting is missing, or says another way of signing in.
        PysnowException: The person or the instance refused, or did not answer.
    """
    from pysnow import Client
    from pysnow.config.configuration import Sources

    environ = _with_options(arguments, environ)
    settings = settings_of(arguments, environ)
    if not settings.get("instance") and not settings.get("endpoint_url"):
        raise CommandError(
            f"{INSTANCE} is not set: set it, pass --instance, or write it into servicenow.toml", ExitCode.USAGE
        )
    if settings.get("auth_method") is None:
        environ = {**environ, "SERVICENOW_AUTH_METHOD": _METHOD}
        settings = settings_of(arguments, environ)
    method = settings.method()
    if method != _METHOD:
        raise CommandError(
            f"{settings.origin('auth_method')} says {method}, which signs in with each call: there is nothing to do",
            ExitCode.USAGE,
        )
    said = {"instance": arguments.instance} if arguments.instance else {}
    with Client(**said, profile=arguments.profile, config=Sources(environ=environ)) as client:
        auth: Any = client.auth
        _sign_in(auth, ask if arguments.no_browser else None)
        user = client.whoami()
        told = {"instance": client.base_url, "user_name": user.user_name, "token_file": settings.get("token_file")}
    if arguments.json or not sys.stdout.isatty():
        print(json_text(told, sys.stdout))
    else:
        print(on_one_line("signed in as {user_name} on {instance}; the token is in {token_file}".format_map(told)))
    return ExitCode.OK


def _with_options(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, with what options say in the place of its own."""
    options = {
        "SERVICENOW_CLIENT_ID": arguments.client_id,
        "SERVICENOW_TOKEN_FILE": arguments.token_file,
        "SERVICENOW_REDIRECT_URI": arguments.redirect_uri,
    }
    return {**environ, **{name: value for name, value in options.items() if value}}


def _sign_in(auth: AuthorizationCode, ask: Callable[[str], str] | None) -> None:
    if ask is None:
        print("Sign in with the browser that opens now; waiting for it to come back ...", file=sys.stderr)
        auth.login()
        return
    print(f"Open this address in a browser, and sign in:\n\n{auth.authorize_url()}\n", file=sys.stderr)
    print("Then paste what its address line shows in the end:", file=sys.stderr)
    try:
        came_back = ask("").strip()
    except EOFError:
        came_back = ""
    if not came_back:
        raise CommandError("Nothing was pasted: nobody has signed in", ExitCode.USAGE)
    auth.exchange(came_back)
