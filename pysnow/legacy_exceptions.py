"""The names that the pre-``Resource`` interface raises: the same classes as in :mod:`pysnow.exceptions`."""

from __future__ import annotations

from pysnow.exceptions import (
    InvalidUsage,
    MissingResult,
    MissingToken,
    MultipleResults,
    NoRequestExecuted,
    NoResults,
    QueryEmpty,
    QueryExpressionError,
    QueryMissingField,
    QueryMultipleExpressions,
    QueryTypeError,
    ReportUnavailable,
    TokenCreateError,
    UnexpectedResponse,
    UnexpectedResponseFormat,
)

__all__ = [
    "InvalidUsage",
    "MissingResult",
    "MissingToken",
    "MultipleResults",
    "NoRequestExecuted",
    "NoResults",
    "QueryEmpty",
    "QueryExpressionError",
    "QueryMissingField",
    "QueryMultipleExpressions",
    "QueryTypeError",
    "ReportUnavailable",
    "TokenCreateError",
    "UnexpectedResponse",
    "UnexpectedResponseFormat",
]
