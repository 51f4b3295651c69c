"""Faults in words: ``NAME`` or ``NAME:OPTION=VALUE,OPTION=VALUE...``, for the command line and for HTTP.

A comma or a backslash inside a value is written with a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Literal, get_origin, get_type_hints

from pysnow.sandbox.faults.catalogue import KINDS
from pysnow.sandbox.faults.conditions import Conditions
from pysnow.sandbox.faults.fault import Fault, Option, option_types

Plan = tuple[Fault, Conditions]

_CONDITIONS = {field.name: get_type_hints(Conditions)[field.name] for field in fields(Conditions)}
_PART = re.compile(r"((?:[^\\,]|\\.)*)(?:,|$)", re.DOTALL)
_FLAGS = {"true": True, "false": False}


def parse_spec(text: str) -> Plan:
    """Read a SPEC.

    Raises:
        ValueError: It names an unknown fault or option, or a value that does not fit.
    """
    return planned(text, {})


def format_spec(fault: Fault, conditions: Conditions) -> str:
    """Write a SPEC, with what differs from the defaults."""
    options = [
        f"{field.name}={_written(getattr(value, field.name))}"
        for value in (fault, conditions)
        for field in fields(value)
        if getattr(value, field.name) != field.default
    ]
    return f"{fault.name()}:{','.join(options)}" if options else fault.name()


def planned(fault: Fault | str, options: Mapping[str, Option]) -> Plan:
    """Give a fault and its conditions.

    Args:
        fault: A fault, its name, or a SPEC.
        options: Its conditions; with a name or a SPEC, its own options too.

    Raises:
        ValueError: An unknown fault or option, or a value that does not fit.
    """
    if isinstance(fault, Fault):
        return fault, Conditions(**_converted(fault.name(), _CONDITIONS, options))
    name, _, rest = fault.partition(":")
    kind = _kind(name.strip())
    given = _split(name, rest) | dict(options)
    own = {key: value for key, value in given.items() if key not in _CONDITIONS}
    conditions = {key: value for key, value in given.items() if key in _CONDITIONS}
    return kind(**_converted(name, option_types(kind), own)), Conditions(**_converted(name, _CONDITIONS, conditions))


def _kind(name: str) -> type[Fault]:
    if kind := KINDS.get(name):
        return kind
    close = get_close_matches(name, KINDS, n=3)
    raise ValueError(f"unknown fault {name!r}: " + (f"did you mean {' or '.join(close)}?" if close else "see the list"))


def _split(name: str, text: str) -> dict[str, Option]:
    options: dict[str, Option] = {}
    for part in _PART.findall(text):
        if not part:
            continue
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{name}: {part!r} must be OPTION=VALUE")
        options[key.strip().replace("-", "_")] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)
    return options


# Values may come as text or as what JSON and Python have for them; the type of the option decides.
def _converted(name: str, types: Mapping[str, object], options: Mapping[str, Option]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for key, value in options.items():
        if key not in types:
            raise ValueError(f"{name} has no option {key}: use {', '.join((*types, *_CONDITIONS))}")
        convert = _text if get_origin(types[key]) is Literal else _CONVERT[types[key]]
        try:
            converted[key] = convert(value)
        except ValueError:
            raise ValueError(f"{name}: {value!r} does not fit {key}") from None
    return converted


def _text(value: Option) -> Option:
    return value if isinstance(value, str) else _written(value)


def _whole(value: Option) -> Option:
    if isinstance(value, bool):
        raise ValueError("a number is needed")
    return int(_text(value))


def _number(value: Option) -> Option:
    if isinstance(value, bool) or not (number := float(value)) < float("inf"):
        raise ValueError("a finite number is needed")
    return number


def _flag(value: Option) -> Option:
    if (flag := _FLAGS.get(str(value).lower())) is None:
        raise ValueError("true or false is needed")
    return flag


_CONVERT: dict[object, Callable[[Option], Option]] = {str: _text, int: _whole, float: _number, bool: _flag}


def _written(value: Option) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return re.sub(r"([\\,])", r"\\\1", str(value))
