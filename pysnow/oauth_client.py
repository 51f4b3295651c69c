"""A client that signs in with an OAuth token instead of a password."""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from pysnow.auth import BearerAuth, Secret
from pysnow.client import Client
from pysnow.defaults import BASE_PATH, TOKEN_LIFETIME_SECONDS
from pysnow.exceptions import InvalidUsage, MissingToken, TokenCreateError, TokenRefreshError
from pysnow.oauth_token import Token, TokenKeeper
from pysnow.transport import Request, Transport, make_session

if TYPE_CHECKING:
    import requests

    from pysnow._types import JSON, Timeout
    from pysnow.legacy_request import LegacyRequest
    from pysnow.resource import Resource

__all__ = ["ClientOptions", "OAuthClient"]

_LOG = logging.getLogger(__name__)
_TOKEN_PATH = "/oauth_token.do"


class ClientOptions(TypedDict, total=False):
    """Arguments that an :class:`OAuthClient` hands to :class:`~pysnow.Client`; the last three are ignored."""

    instance: str | None
    host: str | None
    raise_on_empty: bool | None
    request_params: dict[str, Any] | None
    use_ssl: bool
    timeout: Timeout
    verify: bool | str | None
    cert: str | tuple[str, str] | None
    proxies: Mapping[str, str] | None
    user: str | None
    password: str | None
    session: object


class OAuthClient(Client):
    """A :class:`~pysnow.Client` that sends an access token, and refreshes it when it has expired.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret.
        token_updater: Called with the new token (a dict) each time it was refreshed, to store it.
        kwargs: As for :class:`~pysnow.Client`; ``user``, ``password`` and ``session`` are ignored with a warning.

    Raises:
        InvalidUsage: The id or the secret is missing, or another argument cannot be used.

    Attributes:
        client_id: As given.
        token_updater: As given; may be assigned later.
        token_url: Address of the token endpoint.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        token_updater: Callable[[Token], Any] | None = None,
        **kwargs: Unpack[ClientOptions],
    ) -> None:
        if not (client_id and client_secret):
            raise InvalidUsage("You must provide a client_id and client_secret")
        options: dict[str, Any] = {**kwargs}
        for name in ("user", "password", "session"):
            if options.pop(name, None) is not None:
                warnings.warn(f"OAuthClient does not use {name!r}: the token tells who is calling", stacklevel=2)
        super().__init__(session=make_session(), **options)
        self.session = None
        self.client_id: str = client_id
        self._client_secret = Secret(client_secret)
        self.token_updater: Callable[[Token], Any] | None = token_updater
        self.token_url: str = f"{self.base_url}{_TOKEN_PATH}"
        self._keeper = TokenKeeper(self._refreshed, self._tell_updater)
        self._endpoint = Transport(self.base_url, make_session(), **self._tls_and_proxies)

    def __copy__(self) -> Self:
        twin = super().__copy__()
        twin._keeper = TokenKeeper(twin._refreshed, twin._tell_updater)
        twin.session = None
        twin.set_token(self.token)
        return twin

    @property
    def client_secret(self) -> str:
        """The application's secret, in the clear."""
        return self._client_secret.reveal()

    @property
    def token(self) -> Token | None:
        """The token in use, or None; a refreshed one shows here at once."""
        return self._keeper.token

    @token.setter
    def token(self, token: Token | None) -> None:
        self.set_token(token)

    def set_token(self, token: Token | None) -> None:
        """Use a token.

        Args:
            token: Dict as :meth:`generate_token` returns it; ``refresh_token`` and the times may be missing, as with
                tokens from elsewhere. None or an empty one takes the present token away.

        Raises:
            InvalidUsage: It is no dict, or holds no access token.
        """
        self._keeper.token = token or None
        if not token:
            self.session = None
        elif self.session is None:
            self.session = make_session(BearerAuth(self._keeper.access_token, self._keeper.renew))

    def generate_token(self, user: str, password: str) -> Token:
        """Obtain a token for a user (password grant). It is not yet used: pass it to :meth:`set_token`.

        Args:
            user: User name.
            password: Password.

        Returns:
            The token as a plain dict: ``access_token``, ``refresh_token``, ``scope``, ``token_type``, ``expires_in``
            (seconds) and ``expires_at`` (seconds since 1970).

        Raises:
            TokenCreateError: The instance refused.
            TransportError: No answer came.
        """
        from oauthlib.oauth2 import LegacyApplicationClient

        _LOG.debug("(TOKEN_CREATE) :: User: %s", user)
        form = LegacyApplicationClient(self.client_id).prepare_request_body(
            user, password, include_client_id=True, client_secret=self.client_secret
        )
        secret, form, password = Secret(form), "", ""  # error reporters collect the variables of a traceback
        return self._grant(TokenCreateError, "Error creating user token", secret)

    def resource(
        self,
        api_path: str | None = None,
        base_path: str = BASE_PATH,
        chunk_size: int | None = None,
        *,
        timeout: Timeout | EllipsisType = ...,
        raise_on: Literal["call", "access"] = "call",
    ) -> Resource:
        """Make the resource of an API path; arguments as for :meth:`Client.resource <pysnow.Client.resource>`.

        Raises:
            MissingToken: No token is set.
            InvalidUsage: A path is not made of plain segments.
        """
        self._require_token()
        return super().resource(api_path, base_path, chunk_size, timeout=timeout, raise_on=raise_on)

    def query(self, table: str, **kwargs: Any) -> LegacyRequest:
        """As :meth:`Client.query <pysnow.Client.query>`. Deprecated.

        Raises:
            MissingToken: No token is set.
        """
        self._require_token()
        return super().query(table, **kwargs)

    def insert(self, table: str, payload: JSON, **kwargs: Any) -> JSON:
        """As :meth:`Client.insert <pysnow.Client.insert>`. Deprecated.

        Raises:
            MissingToken: No token is set.
        """
        self._require_token()
        return super().insert(table, payload, **kwargs)

    def close(self) -> None:
        """Close the connections. The client may be used again; it then opens new ones."""
        super().close()
        self._endpoint.close()

    def _require_token(self) -> None:
        if self._keeper.token is None:
            raise MissingToken("You must set_token() before creating a resource with OAuthClient")

    def _refreshed(self, refresh_token: str) -> Token:
        from oauthlib.oauth2 import LegacyApplicationClient

        form = LegacyApplicationClient(self.client_id).prepare_refresh_body(
            refresh_token=refresh_token, client_id=self.client_id, client_secret=self.client_secret
        )
        secret, form, refresh_token = Secret(form), "", ""
        return self._grant(TokenRefreshError, "Error refreshing token", secret)

    def _tell_updater(self, token: Token) -> None:
        if self.token_updater is not None:
            self.token_updater(token)

    def _grant(self, refusal: type[TokenCreateError], failure: str, form: Secret[str]) -> Token:
        """Ask the token endpoint; client id and secret go in the form, as the OAuth documentation has it.

        The request goes through the library's own transport, because a ``requests_oauthlib`` session logs tokens.
        """
        request = Request(
            method="POST",
            path=_TOKEN_PATH,
            operation="token",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
            content={"data": form.reveal()},
            timeout=self.timeout,
        )
        response = self._endpoint.send(request)
        answer = _json_object(response)
        if not response.ok or not isinstance(answer.get("access_token"), str):
            raise refusal(
                failure,
                str(answer.get("error_description") or answer.get("error") or "no token in the answer"),
                response.status_code,
                operation="token",
                method=request.method,
                path=request.path,
                transaction_id=response.headers.get("X-Transaction-ID"),
                hint="Check client_id, client_secret, user and password: the instance does not say which is wrong",
            )
        return _as_token(answer)


def _as_token(answer: dict[str, Any]) -> Token:
    from oauthlib.oauth2.rfc6749.utils import scope_to_list

    lifetime = _seconds(answer.get("expires_in"))
    times = {"expires_in": lifetime, "expires_at": time.time() + lifetime}
    return {**answer, "scope": scope_to_list(answer.get("scope")) or [], **times}


def _json_object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else {"error": "the answer is not JSON: a login page, or a proxy's page?"}


def _seconds(lifetime: Any) -> int:
    try:
        return max(0, int(lifetime))
    except (TypeError, ValueError, OverflowError):
        return TOKEN_LIFETIME_SECONDS
