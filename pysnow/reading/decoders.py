"""Whole batches of records to objects: by msgspec or orjson where they are installed, else by the standard library.

Invariants:

* The outcome is the same with each of them: the one reading that ``json_scanner`` describes. An accelerator answers
  only for what it is proven to read alike; all else is decoded once more by the standard library, which decides.
* msgspec is asked for lists of flat records, so that the types bound the depth. The first attempt knows no numbers, for
  records have none; the second one does, and reads them as Python does, but knows no longest one.
* orjson turns integers beyond 64 bits into floats without a word, so a batch with any float in it is decoded again. Its
  own limits on depth and length are others, and an equal name further on may hide what broke ours: the bytes tell.
* Both refuse lone surrogates, raw control characters, NaN and what no float can hold.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from pysnow.reading.accelerators import first_installed
from pysnow.reading.json_scanner import LIST, MAX_DEPTH, MAX_DIGITS, JSONScanner

if TYPE_CHECKING:
    from pysnow._types import JSON

__all__ = ["DECODERS", "Decode", "chosen_decoder", "make_decode"]

Decode: TypeAlias = "Callable[[bytes], list[JSON] | None]"
"""Decodes a list, brackets included; gives None for one that is not valid as a whole, or not allowed."""

DECODERS: Final = ("msgspec", "orjson", "json")
"""Packages that can decode, the preferred one first."""

# Values of a record for msgspec; what is nested deeper is left to the standard library.
_Text: TypeAlias = bool | str | None
_TextInside: TypeAlias = _Text | dict[str, _Text] | list[_Text]
_NestedText: TypeAlias = _Text | dict[str, _TextInside] | list[_TextInside]
_Number: TypeAlias = _Text | int | float
_NumberInside: TypeAlias = _Number | dict[str, _Number] | list[_Number]
_NestedNumber: TypeAlias = _Number | dict[str, _NumberInside] | list[_NumberInside]

_LEVELS = 3  # the same for orjson: levels of a record, itself included
_NOT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_STRIDE = MAX_DIGITS // 10
_LONG_NUMBER = re.compile(rb"[0-9.eE+-]{10}")


def chosen_decoder(wanted: str | None = None) -> str:
    """Tell which package decodes.

    Args:
        wanted: One of ``DECODERS``; None takes the first that is installed.

    Raises:
        InvalidUsage: What is wanted is none of these, or not installed.
    """
    return first_installed(DECODERS, wanted)


@functools.cache
def make_decode(scanner: JSONScanner, *, decoder: str | None = None) -> Decode:
    """Make the function that decodes batches.

    Args:
        scanner: Decides about what an accelerator does not answer for.
        decoder: One of ``DECODERS``; None takes the first that is installed.

    Raises:
        InvalidUsage: The decoder is none of these, or not installed.
    """
    name = chosen_decoder(decoder)
    if name == "json":
        return scanner.elements
    attempt = _by_orjson() if name == "orjson" else _by_msgspec(has_floats=not scanner.decimals)

    def decode(batch: bytes) -> list[JSON] | None:
        elements = attempt(batch)
        return scanner.elements(batch) if elements is None else elements

    return decode


@functools.cache
def _by_msgspec(has_floats: bool) -> Decode:
    msgspec = importlib.import_module("msgspec")
    texts = msgspec.json.Decoder(list[dict[str, _NestedText]]).decode
    numbers = msgspec.json.Decoder(list[dict[str, _NestedNumber]]).decode

    def attempt(batch: bytes) -> list[JSON] | None:
        try:
            return texts(batch)  # type: ignore[no-any-return]
        except msgspec.ValidationError:  # valid, but something else
            return again(batch) if has_floats and not _has_long_number(batch) else None
        except refusals:
            return None

    def again(batch: bytes) -> list[JSON] | None:
        try:
            return numbers(batch)  # type: ignore[no-any-return]
        except refusals:
            return None

    refusals = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
    return attempt


@functools.cache
def _by_orjson() -> Decode:
    orjson = importlib.import_module("orjson")

    def attempt(batch: bytes) -> list[JSON] | None:
        try:
            elements = orjson.loads(batch)
        except (ValueError, RecursionError):
            return None
        is_proven = isinstance(elements, list) and _is_plain(elements) and _is_shallow(batch)
        return elements if is_proven and not _has_long_number(batch) else None

    return attempt


def _has_long_number(batch: bytes) -> bool:
    """Whether a number may be too long: it would show in every stride-th byte. Texts may look like one."""
    return _LONG_NUMBER.search(batch[::_STRIDE]) is not None


def _is_plain(elements: list[JSON]) -> bool:
    """Whether these are flat objects without a float."""
    objects = elements
    if set(map(type, objects)) != {dict}:
        return False
    for _ in range(_LEVELS):
        values = list(chain.from_iterable(map(dict.values, objects)))
        kinds = set(map(type, values))
        if float in kinds or list in kinds:
            return False
        if dict not in kinds:
            return True
        objects = [value for value in values if type(value) is dict]
    return False


def _is_shallow(batch: bytes) -> bool:
    """Whether the brackets of a valid list show that nothing in it was nested too deep, hidden values included."""
    brackets = batch.translate(None, _NOT_BRACKETS)
    for _ in range((MAX_DEPTH - LIST) // 2):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")  # each takes off the innermost level at most
    return not brackets
