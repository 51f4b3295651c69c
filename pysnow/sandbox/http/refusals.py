"""From the refusals of an instance to the errors of its REST API."""

from __future__ import annotations

from pysnow.sandbox.http.errors import ApiError
from pysnow.sandbox.instance import refusals

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


def error_of(refusal: refusals.Refusal) -> ApiError:
    """Give the error that tells a caller of a refusal."""
    status = next((status for kind, status in _STATUS if isinstance(refusal, kind)), 403)
    return ApiError(status, refusal.message, refusal.detail)
