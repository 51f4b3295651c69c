"""Expressions of guarded scripts: a reader and an evaluator of their own, for a small part of JavaScript.

Follows "Guarded script" (product documentation): one expression of literals, lists, operators, a ternary and calls.
There are no variables, no assignments, no objects and no properties; what may be called, the caller says. Nothing is
ever handed to an interpreter, so that what the grammar below does not hold cannot be run::

    conditional := binary [ "?" conditional ":" conditional ]
    binary      := unary { operator unary }                      by precedence
    unary       := ( "-" | "+" | "!" ) unary | primary
    primary     := number | string | word | "(" conditional ")" | "[" list "]" | path "(" list ")"
    path        := name { "." name [ "(" ")" ] }                 gs.getUser().getID
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | datetime | tuple[Value, ...] | None"
Call: TypeAlias = Callable[[str, Sequence[Value]], Value]
"""Runs one call: its path, such as ``gs.getUser().getID``, and its arguments."""

_LONGEST = 4_000
_DEEPEST = 25
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]{1,15}(?:\.[0-9]{1,9})?)|(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%!<>?:()\[\].,;]))""",
    re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "undefined": None}
_PRECEDENCE = {"||": 1, "&&": 2} | dict.fromkeys(("===", "!==", "==", "!="), 3)
_PRECEDENCE |= dict.fromkeys(("<", "<=", ">", ">="), 4) | {"+": 5, "-": 5, "*": 6, "/": 6, "%": 6}


class Refused(Exception):
    """A script that is not among what is allowed."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def evaluate_expression(text: str, call: Call) -> Value:
    """Evaluate one expression, with or without a semicolon behind it.

    Args:
        text: The expression.
        call: Runs what it calls.

    Raises:
        Refused: It is no such expression, or asks for what makes no sense.
    """
    if len(text) > _LONGEST:
        raise Refused("too long")
    return _Reader(_tokens(text), call).read_whole()


def text_of(value: Value) -> str:
    """Give a value as JavaScript writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, tuple):
        return ",".join("" if each is None else text_of(each) for each in value)
    return "null" if value is None else str(value)


def is_true(value: Value) -> bool:
    """Tell whether JavaScript takes a value for true: even an empty list is."""
    return isinstance(value, tuple) or bool(value)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise Refused("a sign that no expression has")
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Reader:
    """Reads and evaluates at once; what a condition passes over is read, but not called."""

    def __init__(self, tokens: list[_Token], call: Call) -> None:
        self._tokens = tokens
        self._call = call
        self._position = 0
        self._depth = 0
        self._skipping = 0

    def read_whole(self) -> Value:
        value = self._conditional()
        self._take(";")
        if self._position < len(self._tokens):
            raise Refused("more than one expression")
        return value

    # -- operators ------------------------------------------------------------------------------------------------

    def _conditional(self) -> Value:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("nested too deeply")
        value = self._binary(1)
        if self._take("?"):
            holds = is_true(value)
            first = self._passed_over(self._conditional, is_wanted=holds)
            self._need(":")
            second = self._passed_over(self._conditional, is_wanted=not holds)
            value = first if holds else second
        self._depth -= 1
        return value

    def _binary(self, least: int) -> Value:
        left = self._unary()
        while (precedence := _PRECEDENCE.get(self._sign(), 0)) >= least:
            sign = self._sign()
            self._position += 1
            if sign in ("&&", "||"):
                needs_right = is_true(left) == (sign == "&&")
                right = self._passed_over(partial(self._binary, precedence + 1), is_wanted=needs_right)
                left = right if needs_right else left
            else:
                right = self._binary(precedence + 1)
                left = None if self._skipping else _operated(sign, left, right)
        return left

    def _passed_over(self, read: Callable[[], Value], *, is_wanted: bool) -> Value:
        """Read a part; without calling anything where its value is not wanted."""
        self._skipping += not is_wanted
        value = read()
        self._skipping -= not is_wanted
        return value

    def _unary(self) -> Value:
        negations: list[str] = []
        while self._sign() in ("-", "+", "!"):
            negations.append(self._sign())
            self._position += 1
        value = self._primary()
        for sign in reversed(negations):
            if not self._skipping:
                value = not is_true(value) if sign == "!" else _number(value) * (-1 if sign == "-" else 1)
        return value

    # -- what stands between them ---------------------------------------------------------------------------------

    def _primary(self) -> Value:
        if self._take("("):
            value = self._conditional()
            self._need(")")
            return value
        if self._take("["):
            return tuple(self._list("]"))
        token = self._next()
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "string":
            return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), token.text[1:-1])
        if token.kind == "name":
            return _WORDS[token.text] if token.text in _WORDS else self._called(token.text)
        raise Refused("an operator without a value")

    def _called(self, path: str) -> Value:
        while self._take("."):
            token = self._next()
            if token.kind != "name":
                raise Refused("a path without a name")
            path = f"{path}.{token.text}"
            if self._sign() == "(" and self._sign(1) == ")" and self._sign(2) == ".":
                self._position += 2
                path = f"{path}()"
        self._need("(")
        arguments = self._list(")")
        return None if self._skipping else self._call(path, arguments)

    def _list(self, end: str) -> list[Value]:
        values: list[Value] = []
        while not self._take(end):
            if values:
                self._need(",")
            values.append(self._conditional())
        return values

    # -- tokens ---------------------------------------------------------------------------------------------------

    def _sign(self, ahead: int = 0) -> str:
        position = self._position + ahead
        token = self._tokens[position] if position < len(self._tokens) else None
        return token.text if token and token.kind == "sign" else ""

    def _next(self) -> _Token:
        if self._position >= len(self._tokens):
            raise Refused("an expression that does not end")
        self._position += 1
        return self._tokens[self._position - 1]

    def _take(self, sign: str) -> bool:
        is_there = self._sign() == sign
        self._position += is_there
        return is_there

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise Refused(f"no {sign} where one is needed")


def _operated(sign: str, left: Value, right: Value) -> Value:
    if sign in ("==", "!=", "===", "!=="):
        return _are_equal(left, right, is_strict=len(sign) == 3) == sign.startswith("=")
    if sign in ("<", "<=", ">", ">="):
        return _is_ordered(sign, left, right)
    if sign == "+" and not (_is_plain(left) and _is_plain(right)):
        return text_of(left) + text_of(right)
    first, second = _number(left), _number(right)
    if sign in ("/", "%"):
        if not second:
            raise Refused("a division by zero")
        # JavaScript's remainder has the sign of the dividend.
        return first / second if sign == "/" else math.fmod(first, second)
    return {"+": first + second, "-": first - second}.get(sign, first * second)


def _are_equal(left: Value, right: Value, *, is_strict: bool) -> bool:
    if left is None or right is None or isinstance(left, str) == isinstance(right, str):
        return left == right and (not is_strict or isinstance(left, bool) == isinstance(right, bool))
    return not is_strict and text_of(left) == text_of(right)


def _is_ordered(sign: str, left: Value, right: Value) -> bool:
    if isinstance(left, str | datetime) and isinstance(right, str | datetime):
        first, second = text_of(left), text_of(right)
        return {"<": first < second, "<=": first <= second, ">": first > second}.get(sign, first >= second)
    low, high = _number(left), _number(right)
    return {"<": low < high, "<=": low <= high, ">": low > high}.get(sign, low >= high)


def _is_plain(value: Value) -> bool:
    return value is None or isinstance(value, int | float)


def _number(value: Value) -> int | float:
    if isinstance(value, bool | int | float):
        return value if not isinstance(value, bool) else int(value)
    try:
        number = float(text_of(value)) if value is not None else 0.0
    except ValueError as error:
        raise Refused("a number is needed") from error
    if not math.isfinite(number):
        raise Refused("a number is needed")
    return int(number) if number.is_integer() else number
