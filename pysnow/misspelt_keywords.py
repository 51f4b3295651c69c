"""Misspelt keywords of a call: the error names the class as callers know it, and the keyword that is nearest."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

__all__ = ["naming_keywords"]

_Kind = TypeVar("_Kind", bound=type)


def naming_keywords(kind: _Kind) -> _Kind:
    """Let the public methods of a class, inherited ones included, say which keyword was probably meant.

    Python names the class that a method was written in, which may be one that nobody knows, and before 3.13 no near
    keyword. The error is a ``TypeError`` all the same; a call that fits is not looked at.

    Args:
        kind: The class; its methods are put into it once more, with signatures and texts as they are.
    """
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_"):
            setattr(kind, name, _telling(method, kind))
    return kind


def _telling(method: Callable[..., Any], kind: type) -> Callable[..., Any]:
    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except TypeError:
            told = _misspelt(kind, method.__name__, kwargs)
            if told is None:
                raise
        raise TypeError(told)

    call.__module__, call.__qualname__ = kind.__module__, f"{kind.__name__}.{method.__name__}"
    return call


def _misspelt(kind: type, name: str, given: Iterable[str]) -> str | None:
    """What is wrong with the keywords of a call; None where it is not that."""
    # A method may hand on what it does not know to the one that it overrides.
    written = [inspect.signature(vars(parent)[name]).parameters for parent in kind.__mro__ if name in vars(parent)]
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in written[-1].values()):
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    known = {each.name for parameters in written for each in parameters.values() if each.kind in named} - {"self"}
    wrong = next((keyword for keyword in given if keyword not in known), None)
    if wrong is None:
        return None
    from pysnow.config.settings import nearest

    return f"{kind.__name__}.{name}() has no argument {wrong!r}{nearest(wrong, known)}"
