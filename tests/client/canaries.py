"""For tests of secrets: every spelling of one, and everything that can be reached from where it must not be."""

from __future__ import annotations

import base64
import gc
import inspect
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType
from typing import Any
from urllib.parse import quote, quote_plus

LOGGERS = ("", "pysnow", "urllib3", "requests", "requests_oauthlib", "oauthlib", "asyncio", "http.client")
_NO_MATTER = (type, ModuleType, CodeType, logging.Logger, logging.Handler, type(gc.collect), type(sys.implementation))
_OURS = (
    "pysnow",
    "requests",
    "urllib3",
    "http",
    "requests_oauthlib",
    "oauthlib",
    "contextlib",
    "ssl",
    "socket",
    "queue",
)


def spellings(secret: str) -> set[str]:
    """A secret, and what it looks like in an address, in a form, reversed, and within any Base64."""
    found = {secret, secret[::-1], quote(secret, safe=""), quote(secret), quote_plus(secret), secret.encode().hex()}
    found.add(repr(secret)[1:-1])
    for padding in range(3):
        # Whatever stands before and behind it: the letters that depend on that are left out.
        text = base64.b64encode(b"\0" * padding + secret.encode() + b"\0\0").decode()
        inner = text[4 if padding else 0 :].rstrip("=")[:-4]
        found |= {inner, inner.replace("+", "-").replace("/", "_"), quote(inner, safe="")}
    return {each for each in found if len(each) >= 6}


def secrets_in(texts: Iterable[str], secrets: Iterable[str]) -> list[str]:
    """The spellings of secrets that stand in texts."""
    everything = "\n".join(texts)
    return [each for secret in secrets for each in spellings(secret) if each in everything]


def reachable(*roots: object, stop_at: tuple[type, ...] = ()) -> list[str]:
    """All texts that can be reached from objects, and the representations of what the library has among it.

    Globals of functions are left out, and so are the frames of tests: they know the secrets by right.

    Args:
        roots: Where to begin.
        stop_at: Classes of what belongs to the caller, which is not looked into.
    """
    seen: dict[int, object] = {}
    todo = list(roots)
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, (*_NO_MATTER, *stop_at)):
            continue
        seen[id(thing)] = thing
        todo += _within(thing)
    return [text for thing in seen.values() for text in _texts(thing)]


def _within(thing: object) -> list[object]:
    if isinstance(thing, FunctionType):
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ()), *(thing.__kwdefaults__ or {}).values()]
    if isinstance(thing, FrameType):
        return list(thing.f_locals.values()) if is_library(thing) else []
    if isinstance(thing, TracebackType):
        return [thing.tb_frame, thing.tb_next]
    found: list[object] = list(gc.get_referents(thing))
    if isinstance(thing, BaseException):
        found += [thing.__traceback__, thing.__cause__, thing.__context__]
    return found


def is_library(frame: FrameType) -> bool:
    """Whether a frame belongs to the library or to those it stands on."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _OURS


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, (bytes, bytearray)):
        yield bytes(thing).decode("latin-1")
    elif type(thing).__module__.partition(".")[0] == "pysnow":
        yield repr(thing)


def shown(error: BaseException) -> list[str]:
    """What is printed of an error, and what reporters collect: with the variables of all frames but the tests' own."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    variables: list[str] = []
    todo: list[traceback.TracebackException | None] = [trace]
    while todo:
        each = todo.pop()
        if each is not None:
            todo += [each.__cause__, each.__context__]
            for frame in each.stack:
                if "/tests/" not in frame.filename:
                    variables += (frame.locals or {}).values()
    return [str(error), repr(error), str(error.args), str(vars(error)), *variables, *trace.format_exception_only()]


def looks(thing: Any) -> Iterator[str]:
    """What somebody sees who looks at an object."""
    shows: tuple[Callable[[Any], object], ...] = (repr, str, vars, lambda it: f"{it}", lambda it: f"{it!r:>1}", dir)
    for show in shows:
        yield str(show(thing))
    for name, _ in inspect.getmembers_static(thing):
        if not isinstance(inspect.getattr_static(thing, name), property):
            yield repr(getattr(thing, name))
