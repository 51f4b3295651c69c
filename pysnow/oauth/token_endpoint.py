"""The token endpoint of an instance: a form goes in, a token or the reason for none comes out.

Bodies are neither logged nor kept: what is sent holds passwords and refresh tokens, what comes back holds tokens. An
error that leaves here has no frame of the sending below it, whose variables an error reporter would collect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlencode

from pysnow.auth import Secret, is_header_text
from pysnow.exceptions import (
    ErrorInResult,
    InstanceUnavailable,
    MissingResult,
    PysnowException,
    ReauthRequired,
    TokenCreateError,
    TokenEndpointUnavailable,
    TokenRefreshError,
    TruncatedResponse,
)
from pysnow.oauth.held_token import CLOCK_SKEW, lifetime_seconds
from pysnow.oauth.token_store import Token
from pysnow.wire.diagnosis import diagnose_nothing, diagnose_page, diagnose_status
from pysnow.wire.transport import Request

if TYPE_CHECKING:
    from datetime import datetime

    import requests

    from pysnow.exceptions import Attempt
    from pysnow.wire.call import Call
    from pysnow.wire.transport import Transport

__all__ = ["TOKEN_PATH", "TokenEndpoint", "form_of"]

TOKEN_PATH: Final = "/oauth_token.do"
_REVOKE_PATH: Final = "/oauth_revoke_token.do"

_TIMEOUT: Final = (10.0, 10.0)
"""Connect and read timeout: shorter than elsewhere, so that a second attempt fits into the deadline."""

_NOTABLE_SKEW_SECONDS: Final = 2.0
"""A ``Date`` header tells whole seconds, and takes a moment to arrive."""

_QUOTED_CHARACTERS: Final = 200

_REFUSALS: Final = (400, 401, 403)


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a call is for, in the words and classes of its errors."""

    error: str
    refused: type[TokenCreateError]
    failed: type[TokenCreateError]
    hint: str | None = None


_CREATING: Final = _Purpose(
    "Error creating user token",
    TokenCreateError,
    TokenCreateError,
    "Check client_id, client_secret, user and password, and that the application may use this grant: the instance does"
    " not say which is wrong",
)
_REFRESHING: Final = _Purpose(
    "Error refreshing token",
    ReauthRequired,
    TokenRefreshError,
    "The refresh token has expired or was revoked: somebody has to sign in again",
)
_REVOKING: Final = _Purpose("Error revoking token", TokenCreateError, TokenCreateError)


def form_of(**members: str | None) -> Secret[str]:
    """A form to send, without the members that are None; a password may hold any bytes."""
    given = {name: value for name, value in members.items() if value is not None}
    return Secret(urlencode(given, encoding="utf-8", errors="surrogateescape"))


class TokenEndpoint:
    """Asks one instance for tokens. Threads may share it.

    Args:
        transport: Sends, without credentials of its own.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.clockwork = transport.clockwork
        self.skew: float | None = None
        """Seconds that the instance's clock is ahead of ours, by its last answer; None before the first."""

    def created(self, form: Secret[str]) -> Token:
        """Fetch a token by a grant.

        Args:
            form: Parameters of the request.

        Raises:
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        return self._token(form, _CREATING)

    def refreshed(self, form: Secret[str]) -> Token:
        """Fetch a token by a refresh token.

        Args:
            form: Parameters of the request.

        Raises:
            ReauthRequired: The instance refused it.
            TokenRefreshError: It gave none, and does not say that it never will.
            TransportError: It did not answer.
        """
        return self._token(form, _REFRESHING)

    def revoke(self, form: Secret[str]) -> None:
        """End a token.

        Args:
            form: The token, as ``token``: in the address, where the documentation shows it, it would get into logs.

        Raises:
            TokenCreateError: The instance did not confirm.
            TransportError: It did not answer.
        """
        response = self._answered(_REVOKE_PATH, form).response
        if not response.ok:
            raise _failure(_REVOKING, response, {})

    def _token(self, form: Secret[str], purpose: _Purpose) -> Token:
        outcome = self._outcome(form, purpose)
        # Raised here, where no variable holds the answer: error reporters collect the variables of a traceback.
        if isinstance(outcome, TokenCreateError):
            raise outcome
        return outcome

    def _outcome(self, form: Secret[str], purpose: _Purpose) -> Token | TokenCreateError:
        answered = self._answered(TOKEN_PATH, form)
        self._note_date(answered.response)
        if answered.error is None and answered.response.ok:
            return self._with_times(answered.document)
        error = _failure(purpose, answered.response, answered.document, answered.error)
        error.attempts, error.retry_at = answered.attempts, answered.retry_at
        return error

    def _answered(self, path: str, form: Secret[str]) -> _Answered:
        call: Call | None = None
        try:
            call = self._transport.call(_request(path, form))
            answered = _Answered.of(call, call.answer(), wants_token=path == TOKEN_PATH)
            while answered.error is not None and (again := call.again(answered.error)) is not None:
                answered = _Answered.of(call, again, wants_token=path == TOKEN_PATH)
        except PysnowException as exc:
            call = None
            raise exc.with_traceback(None) from exc.__cause__
        return answered

    def _with_times(self, answer: Mapping[str, Any]) -> Token:
        lifetime = lifetime_seconds(answer.get("expires_in"))
        times: dict[str, Any] = {"expires_in": int(lifetime), "expires_at": self.clockwork.wall() + lifetime}
        if self.skew is not None and abs(self.skew) >= _NOTABLE_SKEW_SECONDS:
            times[CLOCK_SKEW] = round(self.skew)
        return {**answer, "scope": _scopes(answer.get("scope")), **times}

    def _note_date(self, response: requests.Response) -> None:
        try:
            moment = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, TypeError, ValueError):
            return
        self.skew = moment.timestamp() - self.clockwork.wall()


@dataclass(frozen=True, slots=True)
class _Answered:
    """The last answer of a call.

    Attributes:
        response: The answer.
        document: Its JSON object; empty when it is none.
        error: Why it is useless although its status says success; None when it is not.
        attempts: The attempts before it.
        retry_at: When another try may succeed.
    """

    response: requests.Response
    document: Mapping[str, Any] = field(repr=False)
    error: PysnowException | None
    attempts: tuple[Attempt, ...]
    retry_at: datetime | None

    @classmethod
    def of(cls, call: Call, response: requests.Response, *, wants_token: bool) -> Self:
        document = _json_object(response)
        error = _flaw(response, document) if wants_token and response.ok else None
        return cls(response, document, error, call.attempts, call.retry_at)


def _flaw(response: requests.Response, document: Mapping[str, Any]) -> PysnowException | None:
    """What is wrong with an answer that claims success."""
    if is_header_text(document.get("access_token")):
        return None
    if response.is_redirect:
        return diagnose_status(response, response.content)
    if not response.content.strip():
        return diagnose_nothing(response)
    if response.content.lstrip().startswith(b"<"):
        return diagnose_page(response, response.content)
    if document:
        return ErrorInResult(document.get("error")) if "error" in document else MissingResult("no token in the answer")
    return TruncatedResponse("the answer is no JSON, or ends before it does")


def _failure(
    purpose: _Purpose,
    response: requests.Response,
    answer: Mapping[str, Any],
    flaw: PysnowException | None = None,
) -> TokenCreateError:
    said = answer.get("error_description") or answer.get("error")
    is_refused = bool(said) and response.status_code in _REFUSALS
    if not response.ok and not said:
        flaw = diagnose_status(response, response.content)
    hint = purpose.hint if is_refused else flaw.hint if flaw is not None else None
    is_away = response.status_code >= 500 or isinstance(flaw, InstanceUnavailable)
    kind = purpose.refused if is_refused else TokenEndpointUnavailable if is_away else purpose.failed
    return kind(
        purpose.error,
        str(said or hint or flaw or "no token in the answer")[:_QUOTED_CHARACTERS],
        response.status_code,
        operation="token",
        method="POST",
        path=TOKEN_PATH,
        transaction_id=response.headers.get("X-Transaction-ID"),
        hint=hint,
    )


def _request(path: str, form: Secret[str]) -> Request:
    return Request(
        method="POST",
        path=path,
        operation="token",
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
        content={"data": form.reveal()},
        timeout=_TIMEOUT,
    )


def _json_object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _scopes(scope: Any) -> list[str]:
    """Scopes as a list, in which tokens of programs of old have them; endpoints send one text."""
    if isinstance(scope, str):
        return scope.split()
    return [str(each) for each in scope] if isinstance(scope, (list, tuple)) else []
