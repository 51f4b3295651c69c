"""Optional packages that do in C what the standard library does, too; the extra ``fast`` brings them."""

from __future__ import annotations

import functools
import importlib

from pysnow.exceptions import InvalidUsage

__all__ = ["first_installed", "is_installed"]


@functools.cache
def is_installed(name: str) -> bool:
    """Tell whether a package is there and made for this interpreter. It is imported for that, once.

    Args:
        name: The package, or a module of it.
    """
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def first_installed(names: tuple[str, ...], wanted: str | None = None) -> str:
    """Choose among packages that do the same.

    Args:
        names: The packages, the best one first; the last one is always there.
        wanted: The caller's choice; None takes the first that is installed.

    Raises:
        InvalidUsage: What was chosen is none of these, or not installed.
    """
    if wanted is None:
        return next(filter(is_installed, names))
    if wanted not in names:
        raise InvalidUsage(f"{wanted!r} is none of {', '.join(names)}")
    if not is_installed(wanted):
        raise InvalidUsage(f"{wanted!r} is not installed: pip install 'pysnow[fast]', or do without it")
    return wanted
