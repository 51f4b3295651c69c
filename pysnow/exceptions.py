"""Every error that leaves the library, in one tree, by what the caller can do about it.

::

    PysnowException
     ├─ InvalidUsage (ValueError)                      fix the call; nothing was sent
     │   ├─ QueryTypeError (TypeError)                 a value or name no query can carry
     │   ├─ QueryMissingField, QueryEmpty,
     │   │  QueryExpressionError,
     │   │  QueryMultipleExpressions                   a query put together wrongly
     │   ├─ MissingToken                               an OAuth client without a token
     │   ├─ QueryIgnored                               the instance did not apply a condition of the query
     │   ├─ UnexpectedCount                            the query matches another number of records than expected
     │   ├─ SchemaMismatch                             a payload that the schema does not allow
     │   ├─ ValueNotFetched (AttributeError, LookupError)  a record does not hold this value
     │   └─ NoRequestExecuted                          a result was asked for before its request
     ├─ TransportError (requests.ConnectionError)      no complete answer: try later
     │   ├─ AmbiguousWrite (requests.HTTPError)        nobody knows whether the change was made: ask with check()
     │   ├─ RequestTimeout (requests.Timeout)
     │   │   ├─ DeadlineExceeded                       all attempts together took too long
     │   │   ├─ ConnectTimeout (requests.ConnectTimeout)
     │   │   └─ ReadTimeout (requests.ReadTimeout)
     │   ├─ ProxyError (requests.exceptions.ProxyError)
     │   ├─ RetriesExhausted (requests.exceptions.RetryError)  the session's own retries gave up
     │   ├─ TLSError (requests.exceptions.SSLError)    the certificate is not trusted
     │   └─ IncompleteResponse (ChunkedEncodingError)  the connection broke within the answer
     ├─ ResponseError                                  the instance answered with an error
     │   ├─ HTTPStatusError (UnexpectedResponse, requests.HTTPError)     status outside 2xx
     │   │   ├─ AuthenticationError                    401
     │   │   ├─ PermissionDenied                       403
     │   │   │   └─ UniqueKeyViolation                 403, but because of a record with the same unique value
     │   │   ├─ NotFound                               404: no such path
     │   │   │   └─ RecordNotFound (NoResults)         404: no such record, or not readable
     │   │   ├─ RateLimited                            429
     │   │   └─ ServerError                            5xx
     │   ├─ ErrorInResult (MissingResult)              status 2xx, the body is an error object
     │   └─ PartialResult                              rows, and then an error object, with status 200
     ├─ UnexpectedResponseFormat                       what came is not what the interface promises
     │   ├─ UnexpectedResponse                         a status other than the verb's own
     │   ├─ MissingResult                              JSON without a result
     │   ├─ EmptyContent                               nothing, where a body belongs
     │   ├─ UnexpectedRedirect                         a redirect, which is never followed
     │   └─ MalformedResponse (ValueError, requests.exceptions.InvalidJSONError)
     │       ├─ TruncatedResponse                      the document ends early
     │       ├─ ResponseTooLarge                       more bytes than an answer may have
     │       └─ HTMLResponse                           a page for people
     │           ├─ InstanceHibernating, LoginPage, ProxyPage
     │           ├─ LoginRedirect (LoginPage, UnexpectedRedirect)  a redirect to a login page
     │           └─ HibernationRedirect (InstanceHibernating, UnexpectedRedirect)  one to the developer site
     ├─ NoResults, MultipleResults                     look at the data
     │   └─ Conflict                                   somebody else has changed the record since
     ├─ DuplicateCreated                               somebody else created a record with the same key meanwhile
     ├─ NotApplied                                     the record was written, some fields of it were not
     ├─ RowsFailed                                     some of many writes were not done; ``outcomes`` tells which
     ├─ IncompleteResult                               a walk over a table did not see every row; resume it
     │   └─ PaginationStuck                            the pages bring nothing new
     ├─ TokenCreateError                               no token could be obtained
     │   └─ TokenRefreshError                          a token could not be refreshed
     │       ├─ TokenEndpointUnavailable               the instance is not there to give one
     │       └─ ReauthRequired                         the refresh token is dead: somebody has to sign in
     └─ ReportUnavailable                              kept for programs that import it; never raised

Second bases stand in brackets. One more is :class:`InstanceUnavailable`, the instance is not to be had now: of
``TransportError``, ``ServerError``, ``HTMLResponse`` and ``TokenEndpointUnavailable``, and so of all below them.

Classes of ``requests`` appear as second bases so that ``except requests.HTTPError`` and the like go on working.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import requests.exceptions as _requests

if TYPE_CHECKING:
    from datetime import datetime

    import requests

    from pysnow._types import Record

__all__ = [
    "AmbiguousWrite",
    "Attempt",
    "AuthenticationError",
    "Conflict",
    "ConnectTimeout",
    "DeadlineExceeded",
    "DuplicateCreated",
    "EmptyContent",
    "ErrorInResult",
    "FieldIgnoredWarning",
    "HTMLResponse",
    "HTTPStatusError",
    "HibernationRedirect",
    "IncompleteResponse",
    "IncompleteResult",
    "IncompleteResultWarning",
    "InsecureConnectionWarning",
    "InstanceHibernating",
    "InstanceUnavailable",
    "InvalidUsage",
    "LoginPage",
    "LoginRedirect",
    "MalformedResponse",
    "MissingResult",
    "MissingToken",
    "MultipleResults",
    "NoRequestExecuted",
    "NoResults",
    "NotApplied",
    "NotFound",
    "PaginationStuck",
    "PartialResult",
    "PermissionDenied",
    "ProxyError",
    "ProxyPage",
    "PysnowException",
    "QueryEmpty",
    "QueryExpressionError",
    "QueryIgnored",
    "QueryMissingField",
    "QueryMultipleExpressions",
    "QueryTypeError",
    "RateLimited",
    "ReadTimeout",
    "ReauthRequired",
    "RecordNotFound",
    "ReportUnavailable",
    "RequestTimeout",
    "ResponseError",
    "ResponseTooLarge",
    "RetriesExhausted",
    "RowsFailed",
    "SchemaMismatch",
    "SchemaWarning",
    "ServerError",
    "TLSError",
    "TokenCreateError",
    "TokenEndpointUnavailable",
    "TokenRefreshError",
    "TransportError",
    "TruncatedResponse",
    "UnexpectedCount",
    "UnexpectedRedirect",
    "UnexpectedResponse",
    "UnexpectedResponseFormat",
    "UniqueKeyViolation",
    "UnknownColumnWarning",
    "ValueNotFetched",
]

Phase: TypeAlias = Literal["not_sent", "maybe_sent", "answered"]
"""How far a request got: it certainly did not reach the instance, it may have, or the instance answered."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending of a request that brought no usable answer.

    Attributes:
        phase: How far it got.
        status: HTTP status of the answer, or None.
        cause: What went wrong, in a few words.
        wait: Seconds waited before the next attempt; 0 behind the last one.
    """

    phase: Phase
    status: int | None = None
    cause: str = ""
    wait: float = 0.0


class PysnowException(Exception):
    """Root of the tree: catching it catches everything the library raises.

    Attributes:
        operation: What was done: ``read``, ``create``, ``update``, ``delete``, ``upload``, ``token`` ..., or None.
        table: Table concerned, or None.
        method: HTTP method, or None when nothing was sent.
        path: Path below the instance's address, without query; or None.
        status: HTTP status of the answer, or None.
        message: The server's own short message, or the library's.
        detail: The server's own detail; None when it gave none.
        transaction_id: The instance's ``X-Transaction-ID``, for its logs; or None.
        attempts: The attempts behind the error, the last one included; empty when nothing was sent.
        elapsed: Seconds until the error, or None.
        committed: Whether the change was made: True, False, or None when that is not known.
        hint: What to do next, or None.
        sys_id: Record concerned, where one was named.
        retry_at: When another try may succeed, as far as the instance said; or None.
        received: Records that were handed out before the error, where some were read.
        last_sys_id: The last of them, or None.
        resume_token: What a walk over a table goes on from, see ``Table.iterate``; or None.
        response: The ``requests.Response`` behind the error, without credentials; or None.
    """

    operation: str | None = None
    table: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    message: str | None = None
    detail: str | None = None
    transaction_id: str | None = None
    attempts: tuple[Attempt, ...] = ()
    elapsed: float | None = None
    committed: bool | None = None
    hint: str | None = None
    sys_id: str | None = None
    retry_at: datetime | None = None
    received: int = 0
    last_sys_id: str | None = None
    resume_token: str | None = None
    response: requests.Response | None = None

    def __init__(self, message: object = "", **context: Any) -> None:
        super().__init__(message)
        if message:
            self.message = str(message)
        self.describe(**context)

    def describe(self, **context: Any) -> Self:
        """Add what is known about the call, keeping what the error already knows; returns the error itself."""
        for name, value in context.items():
            if value is not None and self.__dict__.get(name) is None:
                setattr(self, name, value)
        return self

    @property
    def status_code(self) -> int | None:
        """HTTP status, under the name that ``requests`` uses."""
        return self.status

    @property
    def phase(self) -> Phase | None:
        """How far the last attempt got; None when nothing was sent."""
        return self.attempts[-1].phase if self.attempts else None

    def __reduce__(self) -> tuple[Any, ...]:
        # Bases from requests are OSErrors, whose own pickling calls __init__ with other arguments.
        state = {name: value for name, value in self.__dict__.items() if name not in _NOT_PICKLED}
        return _rebuild, (type(self), self.args, state)


_NOT_PICKLED = ("response", "request", "_look")
"""What hangs from an error and belongs to this process: it may hold connections, and through them credentials."""


def _rebuild(cls: type[PysnowException], args: tuple[Any, ...], state: dict[str, Any]) -> PysnowException:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InsecureConnectionWarning(UserWarning):
    """A client was told not to verify certificates."""


class IncompleteResultWarning(UserWarning):
    """There are, or may be, more records than were read."""


class SchemaWarning(UserWarning):
    """A schema does not fit: to what is sent, to the release, or because a part of it could not be read."""


class FieldIgnoredWarning(UserWarning):
    """A record was written, and a field did not take what was sent: the instance says nothing about that."""


class UnknownColumnWarning(SchemaWarning):
    """A read names a column that the schema of its table does not have; an instance ignores what it does not know."""


# -- fix the call ----------------------------------------------------------------------------------------------------


class InvalidUsage(PysnowException, ValueError):
    """An argument, or a combination of arguments, that cannot be used; nothing was sent."""


class QueryTypeError(InvalidUsage, TypeError):
    """A query was given a value or a name it cannot carry."""


class QueryMissingField(InvalidUsage):
    """A query condition was added before its field was named."""


class QueryEmpty(InvalidUsage):
    """A query was used before a condition was added."""


class QueryExpressionError(InvalidUsage):
    """A query operator stands where a condition belongs, or a field has no condition."""


class QueryMultipleExpressions(InvalidUsage):
    """Two conditions follow each other without an operator between them."""


class MissingToken(InvalidUsage):
    """An OAuth client was used before it was given a token."""


class NoRequestExecuted(InvalidUsage):
    """A property of the last answer was read before a request was made."""


class QueryIgnored(InvalidUsage):
    """The record that the instance found does not satisfy the query: a column it does not know, most likely.

    An instance drops the conditions it cannot read, and finds other records than were meant. Nothing was changed.
    """


class SchemaMismatch(InvalidUsage):
    """A payload that the schema does not allow; nothing was sent.

    Attributes:
        problems: What is wrong with it, one text for each column.
    """

    problems: tuple[str, ...] = ()


class UnexpectedCount(InvalidUsage):
    """A query matches more, or fewer, records than the caller expects; nothing was changed.

    Attributes:
        found: Records that match.
    """

    found: int | None = None


class ValueNotFetched(InvalidUsage, AttributeError, LookupError):
    """A record does not hold this value: its column was not asked for, or came in the other of its two forms."""


class UnexpectedResponseFormat(PysnowException):
    """The answer does not have the form that the interface promises.

    Attributes:
        error_summary: The server's short message; empty when it gave none.
        error_details: The server's detail; empty when it gave none.
    """

    error_summary: str = ""
    error_details: str = ""


# -- no complete answer: try later -----------------------------------------------------------------------------------


class InstanceUnavailable(PysnowException):
    """The instance is not to be had now: no answer, a 5xx, or a page for people in its place.

    Never raised itself. After a write it does not mean that nothing was changed: see ``committed``.
    """


class TransportError(InstanceUnavailable, _requests.ConnectionError):
    """No answer came: the address, the network or the instance does not respond."""


class AmbiguousWrite(TransportError, UnexpectedResponseFormat, _requests.HTTPError):
    """A change was sent, and nobody knows whether it was made: its answer was lost, damaged or an error of a balancer.

    Catching ``requests.ConnectionError`` or ``requests.HTTPError`` catches it, too. It is never raised for a change
    that was certainly made, or certainly not made.

    Attributes:
        key: What the new record is recognised by, see ``Resource.create``; or None.
        sent_at: When the change was sent.
    """

    key: str | None = None
    sent_at: datetime | None = None
    _look: Callable[[], Record | None] | None = None

    def check(self) -> Record | None:
        """Look at the instance again.

        Returns:
            The record, if the change was made; None when it certainly was not.

        Raises:
            AmbiguousWrite: It still cannot be known; this very error.
            TransportError: No answer came.
        """
        if self._look is None:
            raise self
        return self._look()


class RequestTimeout(TransportError, _requests.Timeout):
    """No answer came in time (see ``timeout``)."""


class DeadlineExceeded(RequestTimeout):
    """All attempts of a call together took longer than it may take (see ``deadline``)."""


class ConnectTimeout(RequestTimeout, _requests.ConnectTimeout):
    """No connection came about in time."""


class ReadTimeout(RequestTimeout, _requests.ReadTimeout):
    """The connection stands, but the answer did not come, or go on, in time."""


class ProxyError(TransportError, _requests.ProxyError):
    """The proxy does not respond, or refuses."""


class RetriesExhausted(TransportError, _requests.RetryError):
    """The session that was handed in repeats requests by itself, and gave up.

    The instance did answer: ``raise_on_status=False`` in the session's ``Retry`` lets its last answer through.
    """


class TLSError(TransportError, _requests.SSLError):
    """The instance's certificate is not trusted here."""


class IncompleteResponse(TransportError, _requests.ChunkedEncodingError):
    """The connection broke, or its compression was damaged, in the middle of an answer."""


# -- what came is not what the interface promises --------------------------------------------------------------------


class UnexpectedResponse(UnexpectedResponseFormat):
    """The answer's status is not the one the verb promises.

    Args:
        code_expected: Status that was expected.
        code_actual: Status that came.
        http_method: HTTP method of the request.
        error_summary: The server's short message.
        error_details: The server's detail.
    """

    def __init__(
        self,
        code_expected: int,
        code_actual: int,
        http_method: str,
        error_summary: str = "",
        error_details: str = "",
    ) -> None:
        if code_expected == code_actual:
            text = f"Unexpected response on {http_method} request ({code_actual})."
        else:
            text = f"Unexpected status of {http_method} request: {code_actual}, expected {code_expected}."
        super().__init__(f"{text} Error: {error_summary}, details: {error_details}")
        self.status = code_actual
        self.method = http_method
        self.error_summary = error_summary
        self.error_details = error_details


class MissingResult(UnexpectedResponseFormat):
    """The body is JSON, but holds neither a result nor an error."""


class EmptyContent(UnexpectedResponseFormat):
    """The answer has no content where a body belongs, such as a 202 of a busy session."""


class UnexpectedRedirect(UnexpectedResponseFormat):
    """The instance answered with a redirect; it is not followed, because credentials would go with it."""


class MalformedResponse(UnexpectedResponseFormat, _requests.InvalidJSONError, ValueError):
    """The body is not a JSON document of the kind the platform sends."""


class TruncatedResponse(MalformedResponse):
    """The body ends before its JSON document does."""


class ResponseTooLarge(MalformedResponse):
    """The body has more bytes than an answer may have."""


class HTMLResponse(MalformedResponse, InstanceUnavailable):
    """The body is a page for people where JSON belongs."""


class InstanceHibernating(HTMLResponse):
    """The developer instance is asleep; it wakes when its owner signs in to the developer site."""


class HibernationRedirect(UnexpectedRedirect, InstanceHibernating):
    """The answer is a redirect to the developer site, because the instance is asleep; it is not followed."""


class LoginPage(HTMLResponse):
    """The answer is a login page: the request was not authenticated, or single sign-on stands before the instance."""


class LoginRedirect(UnexpectedRedirect, LoginPage):
    """The answer is a redirect to a login page; it is not followed."""


class ProxyPage(HTMLResponse):
    """The page comes from a proxy or balancer in front of the instance."""


# -- the instance answered with an error -----------------------------------------------------------------------------


class ResponseError(PysnowException):
    """The instance answered with an error object.

    Args:
        error: The error object of the body: a mapping with ``message`` and ``detail``.
    """

    message: str = "<empty>"
    detail: str = "<empty>"

    def __init__(self, error: object = None, **context: Any) -> None:
        fields = error if isinstance(error, dict) else {"message": error} if error else {}
        message = str(fields.get("message") or "<empty>")
        detail = str(fields.get("detail") or "<empty>")
        # Named, not super(): UnexpectedResponse, a sibling further down, has a signature of its own.
        PysnowException.__init__(self, self._text(message, detail, context), **context)
        self.message = message
        self.detail = detail

    def _text(self, message: str, detail: str, context: dict[str, Any]) -> str:
        return f"Error in response. Message: {message}, Details: {detail}"


class HTTPStatusError(ResponseError, UnexpectedResponse, _requests.HTTPError):
    """The status is outside 2xx. Its text gives the request, the server's message and what to do."""

    def __init__(self, error: object = None, **context: Any) -> None:
        ResponseError.__init__(self, error, **context)
        self.error_summary = "" if self.message == "<empty>" else self.message
        self.error_details = "" if self.detail == "<empty>" else self.detail
        self.request = self.response.request if self.response is not None else None

    def _text(self, message: str, detail: str, context: dict[str, Any]) -> str:
        where = " ".join(str(context[name]) for name in ("method", "path") if context.get(name))
        said = ", ".join(words for words in (message, detail) if words != "<empty>")
        parts = [f"{context.get('status', 'Error')} for {where or 'request'}", said, context.get("hint")]
        return ". ".join(part for part in parts if part)


class AuthenticationError(HTTPStatusError):
    """401: the instance did not accept the credentials."""


class PermissionDenied(HTTPStatusError):
    """403: the user may not do this."""


class UniqueKeyViolation(PermissionDenied):
    """403, and no matter of rights: a record with this sys_id, or another value that must be unique, exists already."""


class NotFound(HTTPStatusError):
    """404: the instance does not know the path."""


class RateLimited(HTTPStatusError):
    """429: too many requests.

    Attributes:
        retry_after: Seconds to wait (``Retry-After``), or None when the instance did not say.
    """

    retry_after: float | None = None


class ServerError(HTTPStatusError, InstanceUnavailable):
    """5xx: the instance, or something in front of it, failed."""


class ErrorInResult(ResponseError, MissingResult):
    """The status says success, the body is an error object."""


class PartialResult(ResponseError):
    """The instance sent rows and then an error, all with status 200: the rows are not all there are.

    Attributes:
        records: The rows that came in a list that cannot be given. Empty where they were handed out as they came.
    """

    records: tuple[Record, ...] = ()


# -- look at the data ------------------------------------------------------------------------------------------------


class NoResults(PysnowException):
    """No record matches."""


class MultipleResults(PysnowException):
    """More than one record matches where one was asked for."""


class Conflict(NoResults):
    """The record was changed by somebody else since it was read; nothing was written.

    Attributes:
        ours: What was to be written, by column.
        theirs: What the instance holds in these columns now.
        read_mod_count: ``sys_mod_count`` as it was read.
        found_mod_count: ``sys_mod_count`` as it is now.
    """

    ours: dict[str, Any] | None = None
    theirs: dict[str, Any] | None = None
    read_mod_count: int | None = None
    found_mod_count: int | None = None


class IncompleteResult(PysnowException):
    """A walk over a table did not see every row that it should have; ``resume_token`` says where to go on.

    Attributes:
        expected: Rows that there should have been, or None.
    """

    expected: int | None = None


class PaginationStuck(IncompleteResult):
    """The instance sends page after page without a row that is new, though it says that there are more."""


class RecordNotFound(NotFound, NoResults):
    """404: no record has this sys_id, or the user may not read it; the instance does not say which."""


class DuplicateCreated(PysnowException):
    """A record was created, and meanwhile somebody else created one with the same key.

    Attributes:
        sys_ids: All records that have the key now.
    """

    sys_ids: tuple[str, ...] = ()


class NotApplied(PysnowException):
    """A record was written (``committed`` is True), but some of its fields did not take what was sent.

    Attributes:
        fields: Their names; of each what was sent, and its value now, None where the answer does not show the field.
        record: The record as the instance gave it back.
    """

    fields: Mapping[str, tuple[str, str | None]] = MappingProxyType({})
    record: Record | None = None


class RowsFailed(PysnowException):
    """Some of many writes were not done, or nobody knows; the others were.

    Attributes:
        outcomes: What became of each, in order.
    """

    outcomes: tuple[Any, ...] = ()


class ReportUnavailable(PysnowException):
    """Kept for programs that import it; never raised."""


# -- tokens ----------------------------------------------------------------------------------------------------------


class TokenCreateError(PysnowException):
    """The token endpoint refused.

    Args:
        error: What was being done.
        description: The endpoint's own words.
        status_code: HTTP status of its answer.

    Attributes:
        error: As given.
        description: As given.
        snow_status_code: As ``status_code``.
    """

    def __init__(self, error: str, description: str, status_code: int | None = None, **context: Any) -> None:
        answered = "" if status_code is None else f" (status {status_code})"
        super().__init__(f"{error}: {description}{answered}", **context)
        self.error = error
        self.description = description
        self.snow_status_code = status_code
        self.status = status_code


class TokenRefreshError(TokenCreateError):
    """The token has expired and could not be refreshed: obtain a new one."""


class TokenEndpointUnavailable(TokenRefreshError, InstanceUnavailable):
    """The instance was not there to give or refresh a token: a 5xx, or a page for people. Try later."""


class ReauthRequired(TokenRefreshError):
    """The refresh token is dead and there is nothing else to obtain a token with: somebody has to sign in again."""
