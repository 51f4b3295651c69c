"""A request in other words: as a curl command, and as an encoded query. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

RECORDS = re.compile(r"/api/now/(?:(v\d+)/)?table/(\w+)(?:/([0-9a-f]{32}))?", re.ASCII)
"""Paths of the Table API: version, table and sys_id, as far as they are there."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a request goes, and in whose name.

    Attributes:
        url: Address of the instance.
        user: User name.
    """

    url: str
    user: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be put in other words, without secrets.

    Attributes:
        method: HTTP method.
        path: Decoded path.
        query: Decoded parameters in order.
        body: The body as text; empty for none.
        content_type: Media type of the body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    content_type: str = ""


def encoded_query(call: Call) -> str:
    """Give the encoded query that selects the same records; empty when the request selects none in particular.

    The ``field=value`` shorthand of a list becomes one (KB0534905).
    """
    parameters = first_of_each(call.query)
    if given := parameters.get("sysparm_query"):
        return given
    found = RECORDS.fullmatch(call.path)
    if call.method not in ("GET", "HEAD") or found is None or found[3]:
        return ""
    pairs = ((name, value) for name, value in call.query if name and not name.startswith("sysparm_"))
    return "^".join(f"{name}={value.replace('^', '^^')}" for name, value in pairs)


def curl_command(call: Call, account: Account) -> str:
    """Write a request as a command for a POSIX shell; curl asks for the password."""
    url = account.url + quote(call.path, errors="replace")
    words = [["curl", "--user", account.user]]
    if call.method == "GET" and not call.body:
        words[0] += ["--get", url]
        words += [["--data-urlencode", f"{_quoted(name)}={_clean(value)}"] for name, value in call.query]
    else:
        words[0] += ["--request", call.method, url + _query_string(call.query)]
        if call.content_type:
            words.append(["--header", f"Content-Type: {_clean(call.content_type)}"])
        if call.body:
            words.append(["--data-binary", _data(call.body)])
    return " \\\n  ".join(shlex.join(group) for group in words)


def first_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give parameters by name; of a repeated one the first counts, as on an instance."""
    parameters: dict[str, str] = {}
    for name, value in pairs:
        parameters.setdefault(name, value)
    return parameters


def _query_string(pairs: Iterable[tuple[str, str]]) -> str:
    joined = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    return f"?{joined}" if joined else ""


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _data(body: str) -> str:
    # A leading @ would name a file.
    return _clean(body) if not body.startswith("@") else f" {_clean(body)}"


def _clean(text: str) -> str:
    # No command line holds a NUL or half a surrogate pair.
    return text.replace("\0", "").encode("utf-8", "replace").decode()
