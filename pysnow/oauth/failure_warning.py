"""Saying that a token could not be kept, to people who have set up no logging: without it, they sign in once more."""

from __future__ import annotations

import logging
import os
import traceback
import warnings
from contextlib import suppress

from pysnow.caller import callers_level
from pysnow.exceptions import InvalidUsage

__all__ = ["warn_of_failure"]

_LOG = logging.getLogger(__name__)


def warn_of_failure(what: str, error: Exception) -> None:
    """Log that code of the caller's failed, and warn of it. Neither the error's text nor its frames: they hold tokens.

    Args:
        what: What failed.
        error: Why.
    """
    text = f"{what}: {_reason(error)}"
    _LOG.error("%s", text)
    # Where warnings are errors, the token that was just fetched must not be lost over one.
    with suppress(RuntimeWarning):
        warnings.warn(text, RuntimeWarning, stacklevel=callers_level())


def _reason(error: Exception) -> str:
    """What is certainly no secret: this library's own words, those of the system, and the place in the code."""
    if isinstance(error, InvalidUsage):
        return str(error)
    if isinstance(error, OSError) and error.errno:
        return f"{type(error).__name__} ({os.strerror(error.errno)})"
    places = traceback.extract_tb(error.__traceback__)
    place = f" in line {places[-1].lineno} of {places[-1].filename}" if places else ""
    return f"{type(error).__name__}{place}"
