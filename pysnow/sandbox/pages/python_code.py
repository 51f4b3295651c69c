"""A request as a program with pysnow. Pure; the password is left for the reader to fill in."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import indent
from typing import NoReturn

from pysnow.sandbox.pages.replay import RECORDS, Account, Call, first_of_each

_API = re.compile(r"(/api/\w+)((?:/(?!\.\.?(?:/|$))[\w.~-]+)+)", re.ASCII)
_CONTENT = re.compile(r"/api/now/(?:v\d+/)?attachment/([0-9a-f]{32})/file")
_FLAG = frozenset({"true", "false"})
_KEYWORDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "sysparm_limit": ("limit", frozenset()),
    "sysparm_offset": ("offset", frozenset()),
    "sysparm_fields": ("fields", frozenset()),
    "sysparm_display_value": ("display_value", _FLAG | {"all"}),
    "sysparm_exclude_reference_link": ("exclude_reference_link", _FLAG),
    "sysparm_suppress_pagination_header": ("suppress_pagination_header", _FLAG),
}
_WORDS = {"true": "True", "false": "False"}
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_WIDTH = 88
_LITERAL_WIDTH = 68
_DEEPEST = 12  # levels of a body; each is indented further


def python_code(call: Call, account: Account) -> str | None:
    """Write a request as a program with pysnow; None for one that a resource cannot send, such as an OAuth token's."""
    writers = (_list_statements, _record_statements, _content_statements, _other_statements)
    statements = next(filter(None, (write(call) for write in writers)), None)
    if statements is None:
        return None
    arguments = f'instance={_text(account.url)}, user={_text(account.user)}, password="..."'
    return "\n".join(["import pysnow", "", f"client = pysnow.Client({arguments})", *statements])


def _list_statements(call: Call) -> list[str] | None:
    found = RECORDS.fullmatch(call.path)
    if call.method != "GET" or found is None or found[3]:
        return None
    arguments: list[str] = []
    others: dict[str, str] = {}
    for name, value in first_of_each(call.query).items():
        keyword, choices = _KEYWORDS.get(name, ("", frozenset()))
        if name == "sysparm_query":
            arguments.insert(0, _text(value))
        elif keyword in ("limit", "offset") and re.fullmatch("[0-9]{1,9}", value):
            arguments.append(f"{keyword}={int(value)}")
        elif keyword == "fields" and value:
            arguments.append(f"fields={_text(value)}")
        elif value in choices:
            arguments.append(f"{keyword}={_WORDS.get(value) or _text(value)}")
        else:
            others[name] = value
    if others:
        arguments.append(f"params={_literal(others)}")
    get = _called(f"{_resource(found)}.get", arguments)
    return [f"response = {get}", "for record in response.all():", "    print(record)"]


def _record_statements(call: Call) -> list[str] | None:
    """Write the request for one record of a table."""
    found = RECORDS.fullmatch(call.path)
    verb = _VERBS.get(call.method)
    payload = _document(call)
    if found is None or verb is None or (call.method == "POST") == bool(found[3]):
        return None
    if verb != "delete" and not isinstance(payload, dict):
        return None
    if verb == "delete" and call.query:
        return None
    arguments = [_text(found[3])] if found[3] else []
    if verb != "delete":
        arguments.append(_literal(payload))
    if call.query:
        arguments.append(f"params={_literal(first_of_each(call.query))}")
    return [f"print({_called(f'{_resource(found)}.{verb}', arguments)})"]


def _content_statements(call: Call) -> list[str] | None:
    """Write the request for the content of an attachment; any table's files are read in the same way."""
    found = _CONTENT.fullmatch(call.path)
    if found is None or call.method != "GET":
        return None
    return [f'content = client.table("sys_attachment").attachments.content("{found[1]}")', "print(len(content))"]


def _other_statements(call: Call) -> list[str]:
    found = _API.fullmatch(call.path)
    if found is None:
        return []
    base = "" if found[1] == "/api/now" else f'base_path="{found[1]}", '
    arguments = [_text(call.method)]
    if call.query:
        arguments.append(f"params={_literal(first_of_each(call.query))}")
    arguments += _body_arguments(call)
    return [
        f'resource = client.resource({base}api_path="{found[2]}")',
        f"response = {_called('resource.request', arguments)}",
        "print(response.json())" if call.method in ("GET", "POST") else "print(response.status_code)",
    ]


def _body_arguments(call: Call) -> Iterator[str]:
    document = _document(call)
    if document is not None:
        yield f"json={_literal(document)}"
    elif call.body:
        yield f"data={_text(call.body)}.encode()"
        if call.content_type:
            yield f"headers={_literal({'Content-Type': call.content_type})}"


def _document(call: Call) -> object:
    """Read a JSON body; None for any other, and for one that nobody could read when written out."""
    if call.content_type and "json" not in call.content_type:
        return None
    try:
        document: object = json.loads(call.body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) and _is_shallow(document) else None


def _is_shallow(value: object, levels: int = _DEEPEST) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(item, levels - 1) for item in items)


def _refuse(constant: str) -> NoReturn:
    # NaN and Infinity are no JSON, and no Python either.
    raise ValueError(f"{constant} is no JSON")


def _finite(number: str) -> float:
    if math.isinf(value := float(number)):
        raise ValueError(f"{number} is no number of Python's")
    return value


def _resource(found: re.Match[str]) -> str:
    version, table = found[1], found[2]
    return f'client.resource(api_path="/{version}/table/{table}")' if version else f'client.table("{table}")'


def _called(function: str, arguments: Iterable[str]) -> str:
    """Write a call, on one line where it fits."""
    return _enclosed(f"{function}(", list(arguments), ")", width=_WIDTH)


def _literal(value: object) -> str:
    """Write a JSON value, on one line where it fits."""
    if isinstance(value, dict) and value:
        return _enclosed("{", [f"{_text(str(key))}: {_literal(item)}" for key, item in value.items()], "}")
    if isinstance(value, list) and value:
        return _enclosed("[", list(map(_literal, value)), "]")
    return _text(value) if isinstance(value, str) else repr(value)


def _enclosed(opening: str, parts: list[str], closing: str, *, width: int = _LITERAL_WIDTH) -> str:
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= width and "\n" not in line:
        return line
    lines = "".join(indent(f"{part},\n", "    ") for part in parts)
    return f"{opening}\n{lines}{closing}"


def _text(text: str) -> str:
    """Write a text as Python does, in double quotes where that needs no escape."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text and "'" not in text else plain
