"""From options and environment to a client."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from pysnow.cli.connection import add_connection_options, connect
from pysnow.cli.errors import CommandError, ExitCode
from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = {
    "SERVICENOW_INSTANCE": "dev1",
    "SERVICENOW_USERNAME": "ada",
    "SERVICENOW_PASSWORD": "secret",
}


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_connection_options(parser)
    return parser.parse_args(arguments)


def credentials(
    *arguments: str, environ: dict[str, str] = ENVIRONMENT, ask: Callable[[str], str] | None = None
) -> tuple[str, str | None, str | None]:
    with connect(parsed(*arguments), environ, ask) as client:
        return client.base_url, client._user, client._password


def test_environment__is_read() -> None:
    assert credentials() == ("https://dev1.service-now.com", "ada", "secret")


def test_options__win_over_the_environment() -> None:
    given = credentials("--instance", "dev2", "--user", "bob", "--password", "other")
    assert given == ("https://dev2.service-now.com", "bob", "other")


@pytest.mark.parametrize("name", ["SERVICENOW_INSTANCE", "SERVICENOW_USERNAME", "SERVICENOW_PASSWORD"])
@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_missing_setting__is_named(name: str, value: str | None) -> None:
    environ = {key: text for key, text in {**ENVIRONMENT, name: value}.items() if text is not None}
    with pytest.raises(CommandError, match=name) as caught:
        credentials(environ=environ)
    assert caught.value.code == ExitCode.USAGE


def test_missing_password__is_asked_for_on_a_terminal() -> None:
    asked = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    environ = {key: text for key, text in ENVIRONMENT.items() if key != "SERVICENOW_PASSWORD"}
    assert (credentials(environ=environ, ask=ask)[2], asked) == ("typed", ["Password of ada: "])


def test_instance_that_cannot_be_read__is_refused() -> None:
    with pytest.raises(InvalidUsage):
        credentials("--instance", "https://ada:secret@dev1.service-now.com")


def test_sandbox__is_made_for_the_call() -> None:
    with connect(parsed("--sandbox"), {}) as client:
        assert client.table("incident").get(limit=1).one()["sys_id"]
