"""Reading of JSON bodies with the leniency of an instance.

The official ``curl`` samples send single-quoted JSON (``{'urgency':'1'}``) and succeed (Table API documentation), so
strings may stand in either kind of quotes. Of a body that holds several records only the first counts (KB0534905).
"""

from __future__ import annotations

import json
import re

Fields = dict[str, object]

_SINGLE_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNQUOTED = re.compile(r"[^'\"]+")
_BARE_QUOTE = re.compile(r'\\.|"', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class MalformedBody(ValueError):
    """The body is not what its content type says."""


def read_fields(body: bytes) -> Fields:
    """Read the fields of the one record a body holds.

    An empty body stands for a record without fields (our default).

    Raises:
        MalformedBody: The body is no JSON, or no object.
    """
    text = body.decode("utf-8-sig", "replace")
    if not text.strip():
        return {}
    try:
        return _first_record(_parse(_SURROGATE.sub("\ufffd", text)))
    except RecursionError as error:
        raise MalformedBody("the body nests too deeply") from error


def _parse(text: str) -> object:
    try:
        return _decode(text)
    except MalformedBody:
        if "'" not in text:
            raise
    return _decode(_with_double_quotes(text))


def _decode(text: str) -> object:
    try:
        # Without strict, raw line ends inside a string pass, as Java decoders let them.
        value: object = json.loads(text, strict=False, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("the body is not JSON") from error
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _with_double_quotes(text: str) -> str:
    """Rewrite single-quoted strings; what is inside double quotes stays."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        if found := _SINGLE_QUOTED.match(text, position):
            pieces.append(_requoted(found[1]))
        elif not (found := _DOUBLE_QUOTED.match(text, position) or _UNQUOTED.match(text, position)):
            raise MalformedBody("a string in the body does not end")
        else:
            pieces.append(found[0])
        position = found.end()
    return "".join(pieces)


def _requoted(inside: str) -> str:
    escaped = _BARE_QUOTE.sub(lambda found: {"\\'": "'", '"': '\\"'}.get(found[0], found[0]), inside)
    return f'"{escaped}"'


def _first_record(value: object) -> Fields:
    if isinstance(value, list):
        value = value[0] if value else {}
    if not isinstance(value, dict):
        raise MalformedBody("the body holds no object")
    return {_clean_text(name): _clean(field) for name, field in value.items()}


def _clean(value: object) -> object:
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean_text(name): _clean(item) for name, item in value.items()}
    return _clean_text(value) if isinstance(value, str) else value


def _clean_text(text: str) -> str:
    r"""Replace lone surrogates (``"\ud800"``): they exist in no UTF-8 text, and Java's encoder replaces them too."""
    return _SURROGATE.sub("\ufffd", text)
