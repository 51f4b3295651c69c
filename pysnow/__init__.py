"""pysnow: a client for the ServiceNow REST API.

Names are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pysnow import (
        attachment,
        client,
        criterion,
        enums,
        exceptions,
        legacy_exceptions,
        legacy_request,
        oauth_client,
        params_builder,
        query_builder,
        request,
        resource,
        response,
        table,
        url_builder,
    )
    from pysnow.apis.batch import Batch
    from pysnow.apis.import_set import ImportSet
    from pysnow.attachment import Attachment
    from pysnow.auth import ApiKey, BasicAuth, BearerToken, ClientCertificate
    from pysnow.client import Client
    from pysnow.criterion import F
    from pysnow.encoded_query import Script
    from pysnow.exceptions import (
        AmbiguousWrite,
        Attempt,
        AuthenticationError,
        Conflict,
        ConnectTimeout,
        DeadlineExceeded,
        DuplicateCreated,
        EmptyContent,
        ErrorInResult,
        FieldIgnoredWarning,
        HibernationRedirect,
        HTMLResponse,
        HTTPStatusError,
        IncompleteResponse,
        IncompleteResult,
        IncompleteResultWarning,
        InsecureConnectionWarning,
        InstanceHibernating,
        InstanceUnavailable,
        InvalidUsage,
        LoginPage,
        LoginRedirect,
        MalformedResponse,
        MissingResult,
        MissingToken,
        MultipleResults,
        NoRequestExecuted,
        NoResults,
        NotApplied,
        NotFound,
        PaginationStuck,
        PartialResult,
        PermissionDenied,
        ProxyError,
        ProxyPage,
        PysnowException,
        QueryEmpty,
        QueryExpressionError,
        QueryIgnored,
        QueryMissingField,
        QueryMultipleExpressions,
        QueryTypeError,
        RateLimited,
        ReadTimeout,
        ReauthRequired,
        RecordNotFound,
        ReportUnavailable,
        RequestTimeout,
        ResponseError,
        ResponseTooLarge,
        RetriesExhausted,
        RowsFailed,
        SchemaMismatch,
        SchemaWarning,
        ServerError,
        TLSError,
        TokenCreateError,
        TokenEndpointUnavailable,
        TokenRefreshError,
        TransportError,
        TruncatedResponse,
        UnexpectedCount,
        UnexpectedRedirect,
        UnexpectedResponse,
        UnexpectedResponseFormat,
        UniqueKeyViolation,
        UnknownColumnWarning,
        ValueNotFetched,
    )
    from pysnow.exporting.resumable import ResumableExport
    from pysnow.legacy_request import LegacyRequest as Request
    from pysnow.oauth.grants import ClientCredentials, PasswordGrant, RefreshToken
    from pysnow.oauth.jwt_grant import JWTBearer
    from pysnow.oauth.oauth_login import AuthorizationCode
    from pysnow.oauth.token_file import FileTokenStore
    from pysnow.oauth.token_store import KeyringTokenStore, MemoryTokenStore, TokenStore
    from pysnow.oauth_client import OAuthClient
    from pysnow.params_builder import ParamsBuilder
    from pysnow.query_builder import QueryBuilder
    from pysnow.records.record import Record
    from pysnow.records.references import Ref
    from pysnow.resource import Resource
    from pysnow.response import Response
    from pysnow.schema.schema import Schema
    from pysnow.table import Table
    from pysnow.tracking.change import Change
    from pysnow.tracking.changes import Changes
    from pysnow.tracking.history import History
    from pysnow.tracking.watch import Watch
    from pysnow.walking.record_iterator import RecordIterator
    from pysnow.wire.rate_limit import RateLimit
    from pysnow.wire.retry import Retry
    from pysnow.writing.dry_run import DryRun
    from pysnow.writing.field_diff import FieldChange
    from pysnow.writing.outcome import Outcome, Outcomes
    from pysnow.writing.upsert import Upsert

__version__ = "1.0.0"

__all__ = [
    "AmbiguousWrite",
    "ApiKey",
    "Attachment",
    "Attempt",
    "AuthenticationError",
    "AuthorizationCode",
    "BasicAuth",
    "Batch",
    "BearerToken",
    "Change",
    "Changes",
    "Client",
    "ClientCertificate",
    "ClientCredentials",
    "Conflict",
    "ConnectTimeout",
    "DeadlineExceeded",
    "DryRun",
    "DuplicateCreated",
    "EmptyContent",
    "ErrorInResult",
    "FieldIgnoredWarning",
    "F",
    "FieldChange",
    "FileTokenStore",
    "HTMLResponse",
    "HTTPStatusError",
    "HibernationRedirect",
    "History",
    "ImportSet",
    "IncompleteResponse",
    "IncompleteResult",
    "IncompleteResultWarning",
    "InsecureConnectionWarning",
    "InstanceHibernating",
    "InstanceUnavailable",
    "InvalidUsage",
    "JWTBearer",
    "KeyringTokenStore",
    "LoginPage",
    "LoginRedirect",
    "MalformedResponse",
    "MemoryTokenStore",
    "MissingResult",
    "MissingToken",
    "MultipleResults",
    "NoRequestExecuted",
    "NoResults",
    "NotApplied",
    "NotFound",
    "OAuthClient",
    "Outcome",
    "Outcomes",
    "PaginationStuck",
    "ParamsBuilder",
    "PartialResult",
    "PasswordGrant",
    "PermissionDenied",
    "ProxyError",
    "ProxyPage",
    "PysnowException",
    "QueryBuilder",
    "QueryEmpty",
    "QueryExpressionError",
    "QueryIgnored",
    "QueryMissingField",
    "QueryMultipleExpressions",
    "QueryTypeError",
    "RateLimit",
    "RateLimited",
    "ReadTimeout",
    "ReauthRequired",
    "Record",
    "RecordIterator",
    "RecordNotFound",
    "Ref",
    "RefreshToken",
    "ReportUnavailable",
    "Request",
    "RequestTimeout",
    "Resource",
    "Response",
    "ResponseError",
    "ResponseTooLarge",
    "ResumableExport",
    "RetriesExhausted",
    "Retry",
    "RowsFailed",
    "Schema",
    "SchemaMismatch",
    "SchemaWarning",
    "Script",
    "ServerError",
    "TLSError",
    "Table",
    "TokenCreateError",
    "TokenEndpointUnavailable",
    "TokenRefreshError",
    "TokenStore",
    "TransportError",
    "TruncatedResponse",
    "UnexpectedCount",
    "UnexpectedRedirect",
    "UnexpectedResponse",
    "UnexpectedResponseFormat",
    "UniqueKeyViolation",
    "UnknownColumnWarning",
    "Upsert",
    "ValueNotFetched",
    "Watch",
    "__version__",
    "attachment",
    "client",
    "criterion",
    "enums",
    "exceptions",
    "legacy_exceptions",
    "legacy_request",
    "oauth_client",
    "params_builder",
    "query_builder",
    "request",
    "resource",
    "response",
    "table",
    "url_builder",
]

# Programs reach these modules as attributes after a bare ``import pysnow``.
_MODULES = frozenset(name for name in __all__ if name == name.lower() and not name.startswith("_"))

_HOMES = {
    "ApiKey": "auth",
    "BasicAuth": "auth",
    "Attachment": "attachment",
    "AuthorizationCode": "oauth.oauth_login",
    "Batch": "apis.batch",
    "BearerToken": "auth",
    "Change": "tracking.change",
    "Changes": "tracking.changes",
    "Client": "client",
    "ClientCertificate": "auth",
    "ClientCredentials": "oauth.grants",
    "DryRun": "writing.dry_run",
    "F": "criterion",
    "FieldChange": "writing.field_diff",
    "FileTokenStore": "oauth.token_file",
    "History": "tracking.history",
    "ImportSet": "apis.import_set",
    "JWTBearer": "oauth.jwt_grant",
    "KeyringTokenStore": "oauth.token_store",
    "MemoryTokenStore": "oauth.token_store",
    "OAuthClient": "oauth_client",
    "Outcome": "writing.outcome",
    "Outcomes": "writing.outcome",
    "ParamsBuilder": "params_builder",
    "PasswordGrant": "oauth.grants",
    "QueryBuilder": "query_builder",
    "RateLimit": "wire.rate_limit",
    "Record": "records.record",
    "RecordIterator": "walking.record_iterator",
    "Ref": "records.references",
    "RefreshToken": "oauth.grants",
    "Request": "legacy_request",
    "Resource": "resource",
    "Response": "response",
    "ResumableExport": "exporting.resumable",
    "Retry": "wire.retry",
    "Schema": "schema.schema",
    "Script": "encoded_query",
    "Table": "table",
    "TokenStore": "oauth.token_store",
    "Upsert": "writing.upsert",
    "Watch": "tracking.watch",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


if not TYPE_CHECKING:  # a type checker knows the names from above, and finds a misspelt one

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = importlib.import_module(f"{__name__}.{_HOMES.get(name, 'exceptions')}")
        value = getattr(home, "LegacyRequest" if name == "Request" else name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
