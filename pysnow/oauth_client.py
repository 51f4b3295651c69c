"""A client that signs in with an OAuth token instead of a password."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from pysnow.auth import Secret
from pysnow.client import Client
from pysnow.defaults import BASE_PATH
from pysnow.exceptions import InvalidUsage, MissingToken
from pysnow.oauth.grants import RefreshToken
from pysnow.oauth.token_endpoint import TOKEN_PATH, TokenEndpoint, form_of
from pysnow.oauth.token_store import Token, TokenStore
from pysnow.wire.transport import make_session

if TYPE_CHECKING:
    from pysnow._types import JSON, Timeout
    from pysnow.legacy_request import LegacyRequest
    from pysnow.resource import Resource
    from pysnow.wire.rate_limit import RateLimit
    from pysnow.wire.retry import Retry

__all__ = ["ClientOptions", "OAuthClient"]

_LOG = logging.getLogger(__name__)


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
    retry: Retry | None
    deadline: float | None
    rate_limit: RateLimit | None
    writes: Literal["plain", "verified"]
    strict: bool
    allow_insecure_http: bool
    warn_truncated: bool
    user: str | None
    password: str | None
    session: object


class OAuthClient(Client):
    """A :class:`~pysnow.Client` that sends an access token, and refreshes it when it has expired.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret.
        token_updater: Called with the new token (a dict) each time it was refreshed, to store it.
        store: Where the token is kept, for other clients, threads and processes to share; in memory when not given.
            A token that it holds is used without :meth:`set_token`.
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
        *,
        store: TokenStore | None = None,
        **kwargs: Unpack[ClientOptions],
    ) -> None:
        kept, given = Secret(client_secret or ""), Secret[dict[str, Any]]({**kwargs})
        client_secret, kwargs = None, {}  # error reporters collect the variables of a traceback
        if not (client_id and kept.reveal()):
            raise InvalidUsage("You must provide a client_id and client_secret")
        for name in ("user", "password", "session"):
            if given.reveal().pop(name, None) is not None:
                warnings.warn(f"OAuthClient does not use {name!r}: the token tells who is calling", stacklevel=2)
        super().__init__(session=make_session(), **given.reveal())
        self.session = None
        self.client_id: str = client_id
        self._client_secret = kept
        self.token_updater: Callable[[Token], Any] | None = token_updater
        self.token_url: str = f"{self.base_url}{TOKEN_PATH}"
        self._token_store = store
        self._endpoint = self._sends_tokens = self._new_transport()
        self._grant = self._new_grant()

    def __copy__(self) -> Self:
        twin = super().__copy__()
        twin._grant = twin._new_grant()
        twin.session = None
        if self._token_store is None:  # what two share is in the store that both were given
            twin.set_token(self.token)
        return twin

    @classmethod
    def from_token(
        cls,
        token: Token,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        on_update: Callable[[Token], Any] | None = None,
        **kwargs: Unpack[ClientOptions],
    ) -> Self:
        """Make a client that uses a token at once.

        Args:
            token: Dict as :meth:`generate_token` returns it.
            client_id: Id of the OAuth application that the token was given to.
            client_secret: Its secret.
            on_update: Called with the new token (a dict) each time it was refreshed, to store it.
            kwargs: As for :class:`~pysnow.Client`.

        Raises:
            InvalidUsage: An argument cannot be used, or the token holds no access token.
        """
        held, secret = Secret(token), Secret(client_secret)
        token, client_secret = {}, None  # error reporters collect the variables of a traceback
        client = cls(client_id, secret.reveal(), on_update, **kwargs)
        client.set_token(held.reveal())
        return client

    @property
    def client_secret(self) -> str:
        """The application's secret, in the clear."""
        return self._client_secret.reveal()

    @property
    def token(self) -> Token | None:
        """The token in use, or None; a refreshed one shows here at once."""
        return self._grant.token

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
        held, token = Secret(token or None), None  # error reporters collect the variables of a traceback
        self._grant.token = held.reveal()
        if held.reveal() is None:
            self.session = None
        else:
            self._use_grant()

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
        _LOG.debug("(TOKEN_CREATE) :: User: %s", user)
        form = form_of(
            grant_type="password",
            client_id=self.client_id,
            client_secret=self.client_secret,
            username=user,
            password=password,
        )
        password = ""  # error reporters collect the variables of a traceback
        return TokenEndpoint(self._sends_tokens).created(form)

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

    def _require_token(self) -> None:
        if self._grant.token is None:
            raise MissingToken("You must set_token() before creating a resource with OAuthClient")
        self._use_grant()

    def _use_grant(self) -> None:
        if self.session is None:
            self.session = make_session(self._grant)

    def _new_grant(self) -> RefreshToken:
        grant = RefreshToken(self.client_id, self._client_secret, store=self._token_store, on_update=self._tell_updater)
        return grant.bind(self._sends_tokens)

    def _tell_updater(self, token: Token) -> None:
        if self.token_updater is not None:
            self.token_updater(token)
