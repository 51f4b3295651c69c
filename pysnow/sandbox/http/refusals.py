"""From what goes wrong on the way to an answer to the errors of a REST API."""

from __future__ import annotations

import logging

from pysnow.sandbox.http.errors import ApiError, internal_error
from pysnow.sandbox.instance import refusals

logger = logging.getLogger(__name__)

# In this order: a class stands before its parent.
_STATUS: tuple[tuple[type[refusals.Refusal], int], ...] = (
    (refusals.UnknownTable, 400),
    (refusals.InvalidRequest, 400),
    (refusals.RecordNotFound, 404),
    (refusals.AccessDenied, 403),
    (refusals.ReadDenied, 403),
    (refusals.OperationFailed, 403),
    (refusals.NotEmulated, 501),
)


def error_of(failure: Exception, request: str) -> ApiError:
    """Give the error that tells a caller why a request failed: callers get an envelope, never a traceback.

    Args:
        failure: What was raised; the log keeps what nobody meant to raise.
        request: Verb and path, for the log.
    """
    if isinstance(failure, ApiError):
        return failure
    if isinstance(failure, refusals.Refusal):
        status = next((status for kind, status in _STATUS if isinstance(failure, kind)), 403)
        return ApiError(status, failure.message, failure.detail)
    logger.error("%s failed", request, exc_info=failure)
    return internal_error()
