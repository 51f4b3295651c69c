"""A client that signs in with an OAuth token instead of a password."""

from __future__ import annotations

import logging
import warnings
import webbrowser
from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

from pysnow.auth import Secret
from pysnow.client import Client
from pysnow.defaults import BASE_PATH
from pysnow.exceptions import InvalidUsage, MissingToken
from pysnow.oauth.grants import ClientCredentials, OAuthGrant, RefreshToken
from pysnow.oauth.jwt_grant import JWTBearer
from pysnow.oauth.oauth_login import LOGIN_SECONDS, REDIRECT_URI, AuthorizationCode
from pysnow.oauth.token_endpoint import TOKEN_PATH, TokenEndpoint, form_of
from pysnow.oauth.token_store import Token, TokenStore
from pysnow.wire.transport import make_session

if TYPE_CHECKING:
    from pysnow._types import JSON, Timeout
    from pysnow.config.configuration import Config
    from pysnow.legacy_request import LegacyRequest
    from pysnow.resource import Resource
    from pysnow.schema.schema import Schema
    from pysnow.wire.rate_limit import RateLimit
    from pysnow.wire.retry import Retry
    from pysnow.wire.transport import Transport

__all__ = ["ClientOptions", "OAuthClient"]

_LOG = logging.getLogger(__name__)


class ClientOptions(TypedDict, total=False):
    """Arguments that an :class:`OAuthClient` hands to :class:`~pysnow.Client`; the last three are ignored."""

    instance: str | None
    host: str | None
    raise_on_empty: bool | None
    request_params: dict[str, Any] | None
    use_ssl: bool
    timeout: Timeout | EllipsisType
    verify: bool | str | None
    cert: str | tuple[str, str] | None
    proxies: Mapping[str, str] | None
    retry: Retry | None | EllipsisType
    deadline: float | None | EllipsisType
    rate_limit: RateLimit | None | EllipsisType
    writes: Literal["plain", "verified"] | None
    strict: bool | None
    allow_insecure_http: bool | None
    warn_truncated: bool
    read_only: bool | None
    user_agent: str | None
    debug: bool | None
    schema: Schema | None
    schema_mode: Literal["warn", "strict"] | None
    config: Config
    profile: str | None
    user: str | None
    password: str | None
    session: object


class _Keeping(TypedDict):
    store: TokenStore | None
    on_update: Callable[[Token], object]


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
        self._grant: OAuthGrant = self._new_grant()
        self._sign_in: AuthorizationCode | None = None

    def __copy__(self) -> Self:
        twin = super().__copy__()
        twin.session = None
        if not isinstance(self._grant, RefreshToken):
            twin._use_grant()  # clients of one instance may share what signs them in
            return twin
        twin._grant = twin._new_grant()
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
        if self._sender is not None:
            self._part_from_caller(self._sender.template)
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

    def client_credentials(self) -> None:
        """Sign in as the user that the application stands for; see :class:`~pysnow.ClientCredentials`.

        Raises:
            TokenCreateError: The instance refused.
            TransportError: No answer came.
        """
        self._obtain(ClientCredentials(self.client_id, self._client_secret, **self._keeping()))

    def jwt(self, key: str | bytes, *, kid: str, user: str, passphrase: str | None = None) -> None:
        """Sign in with an assertion that is signed here; see :class:`~pysnow.JWTBearer`.

        Args:
            key: Private RSA key, as PEM.
            kid: What the instance knows the key by.
            user: Whom to sign in.
            passphrase: What the key is encrypted with, if it is.

        Raises:
            InvalidUsage: The key cannot be used, or ``cryptography`` is not installed.
            TokenCreateError: The instance refused.
            TransportError: No answer came.
        """
        pem = Secret(key.decode("ascii", "replace") if isinstance(key, bytes) else key)
        word = None if passphrase is None else Secret(passphrase)
        key, passphrase = "", None  # error reporters collect the variables of a traceback
        options = self._keeping()
        self._obtain(
            JWTBearer(self.client_id, self._client_secret, key=pem, kid=kid, user=user, passphrase=word, **options)
        )

    def authorize_url(self, redirect_uri: str = REDIRECT_URI, *, scope: str | None = None) -> str:
        """Begin to sign in a person; see :meth:`AuthorizationCode.authorize_url`.

        Args:
            redirect_uri: Where the browser is sent back to, as registered at the application.
            scope: Scopes to ask for, divided by blanks; None for those of the application.

        Returns:
            Address to open in a browser. Pass what it comes back with to :meth:`exchange`.
        """
        grant = AuthorizationCode(
            self.client_id, self._client_secret, redirect_uri=redirect_uri, scope=scope, **self._keeping()
        )
        self._sign_in = grant.bind(self._sends_tokens)
        return grant.authorize_url()

    def exchange(self, code_or_redirect_url: str) -> None:
        """Fetch the token when the browser has come back, and use it; see :meth:`AuthorizationCode.exchange`.

        Args:
            code_or_redirect_url: The address that the browser was sent back to, or the ``code`` in it.

        Raises:
            InvalidUsage: No sign-in was begun, or the address belongs to another one.
            TokenCreateError: The person or the instance refused.
            TransportError: No answer came.
        """
        given, code_or_redirect_url = Secret(code_or_redirect_url), ""  # error reporters collect variables
        if self._sign_in is None:
            raise InvalidUsage("No sign-in was begun: call authorize_url() first")
        self._sign_in.exchange(given.reveal())
        self._use(self._sign_in)

    def login(
        self,
        redirect_uri: str = REDIRECT_URI,
        *,
        scope: str | None = None,
        port: int | None = None,
        open_browser: Callable[[str], object] = webbrowser.open,
        timeout: float = LOGIN_SECONDS,
    ) -> None:
        """Sign in a person with the browser of this machine; see :meth:`AuthorizationCode.login`.

        Args:
            redirect_uri: Where the browser is sent back to, as registered at the application.
            scope: Scopes to ask for, divided by blanks; None for those of the application.
            port: Port to listen on instead of that of ``redirect_uri``; 0 for a free one.
            open_browser: Opens an address.
            timeout: Seconds to wait for the browser to come back.

        Raises:
            InvalidUsage: ``redirect_uri`` is not on this machine, or the port is taken.
            TokenCreateError: The person or the instance refused, or nobody came in time.
            TransportError: No answer came.
        """
        self.authorize_url(redirect_uri, scope=scope)
        assert self._sign_in is not None
        self._sign_in.login(port=port, open_browser=open_browser, timeout=timeout)
        self._use(self._sign_in)

    def revoke(self) -> None:
        """End the token on the instance and forget it; where there is a refresh token, that one.

        Other programs that signed in as the same user through the same application may hold the same token.

        Raises:
            TokenCreateError: The instance did not confirm; the token is still held.
            TransportError: No answer came.
        """
        self._grant.revoke()
        self.session = None

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

    @property
    def _transport(self) -> Transport:
        self._require_token()
        return super()._transport

    def _exchange_auth(self, kept: Secret[Any]) -> None:
        raise InvalidUsage("An OAuthClient calls as its token says: pass another one to set_token()")

    def _require_token(self) -> None:
        if self._grant.token is None:
            raise MissingToken("You must set_token() before creating a resource with OAuthClient")
        self._use_grant()

    def _use_grant(self) -> None:
        if self.session is None:
            self.session = make_session(self._grant)

    def _new_grant(self) -> RefreshToken:
        return RefreshToken(self.client_id, self._client_secret, **self._keeping()).bind(self._sends_tokens)

    def _keeping(self) -> _Keeping:
        """What every grant of this client does with its tokens."""
        return {"store": self._token_store, "on_update": self._tell_updater}

    def _obtain(self, grant: OAuthGrant) -> None:
        """Sign in by a grant that needs nobody, unless the store holds a token of it."""
        if grant.bind(self._sends_tokens).token is None:
            grant.sign_in()
        self._use(grant)

    def _use(self, grant: OAuthGrant) -> None:
        self._grant, self.session = grant, None
        self._use_grant()

    def _tell_updater(self, token: Token) -> None:
        if self.token_updater is not None:
            self.token_updater(token)
