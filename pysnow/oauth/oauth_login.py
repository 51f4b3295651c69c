"""Signing in as a person, through a browser: the authorization code grant with PKCE (RFC 7636, RFC 8252)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
import webbrowser
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage, TokenCreateError
from pysnow.oauth.grants import OAuthGrant, named
from pysnow.oauth.loopback import LOOPBACK, LoopbackListener, loopback_port
from pysnow.oauth.token_store import Token, TokenStore

__all__ = ["REDIRECT_URI", "AuthorizationCode", "code_challenge"]

REDIRECT_URI: Final = "http://127.0.0.1:8400/callback"
"""Where a browser is sent back to; an instance compares it letter by letter with the registered redirect URLs."""

LOGIN_SECONDS: Final = 300.0
"""How long a person may take to sign in."""

_MEMBERS: Final = 50
_AUTHORIZE_PATH: Final = "/oauth_auth.do"
_SECRET_BYTES: Final = 32
_FAILED: Final = "Error creating user token"


@dataclass(frozen=True, slots=True)
class _Pending:
    """A sign-in that was begun."""

    state: Secret[str]
    verifier: Secret[str]
    redirect_uri: str


class AuthorizationCode(OAuthGrant):
    """Signs in whoever agrees in a browser (``grant_type=authorization_code`` with PKCE, S256).

    ``login()`` does all of it on the machine where the browser is. Elsewhere, send the person to ``authorize_url()``,
    and hand the address that the browser is sent back to, or its ``code``, to ``exchange()``. With a store that lasts,
    nobody has to sign in again before the refresh token has expired.

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret; None for a public application.
        redirect_uri: Where the browser is sent back to, as registered at the application.
        scope: Scopes to ask for, divided by blanks; None for those of the application.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of.

    Raises:
        InvalidUsage: Something is missing, or of another kind.
    """

    obtains: ClassVar[bool] = False
    _missing: ClassVar[str] = (
        "Nobody has signed in yet: call login(), or authorize_url() and exchange(), or run 'pysnow login'"
    )

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str] | None = None,
        *,
        redirect_uri: str = REDIRECT_URI,
        scope: str | None = None,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        own, client_secret = Secret(client_secret), None
        super().__init__(client_id, own.reveal(), store=store, on_update=on_update)
        self.redirect_uri = named("redirect_uri", redirect_uri)
        self._scope = scope
        self._pending: _Pending | None = None

    @property
    def identity(self) -> Mapping[str, str]:
        """Application and grant: who comes back from the browser is not known here."""
        return {"client_id": self.client_id, "grant": "authorization_code"}

    def authorize_url(self) -> str:
        """Begin to sign somebody in.

        Returns:
            Address to open in a browser (``/oauth_auth.do``). It is good for one sign-in, and takes the place of the
            one begun before.
        """
        return self._begun(self.redirect_uri)

    def exchange(self, code_or_redirect_url: str) -> None:
        """Fetch the token when the browser has come back, and use it.

        Args:
            code_or_redirect_url: The address that the browser was sent back to; or the ``code`` in it, in which case
                it is the caller who has to compare the ``state``.

        Raises:
            InvalidUsage: No sign-in was begun, or the address belongs to another one.
            TokenCreateError: The person or the instance refused.
            TransportError: The instance did not answer.
        """
        given, code_or_redirect_url = Secret(code_or_redirect_url), ""  # error reporters collect variables
        if not isinstance(given.reveal(), str) or not given.reveal():
            raise InvalidUsage("exchange() takes the address that the browser was sent back to, or the code in it")
        query = _query_in(given)
        if query is not None:
            self._exchange_query(query)
        else:
            self._exchange_code(given, self._taken())

    def login(
        self,
        *,
        port: int | None = None,
        open_browser: Callable[[str], object] = webbrowser.open,
        timeout: float = LOGIN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Sign in with the browser of this machine: open it, wait for it to come back, fetch the token and use it.

        A listener on the loopback interface, there until this method ends, takes what the browser brings.

        Args:
            port: Port to listen on instead of that of ``redirect_uri``; 0 for a free one. The instance must know the
                resulting address as a redirect URL.
            open_browser: Opens an address.
            timeout: Seconds to wait for the browser to come back.
            clock: Gives seconds.

        Raises:
            InvalidUsage: ``redirect_uri`` is not on this machine, or the port is taken; or the browser came back from
                another sign-in.
            TokenCreateError: The person or the instance refused, or nobody came in time.
            TransportError: The instance did not answer.
        """
        self._bound()
        where = loopback_port(self.redirect_uri)
        if where is None:
            raise InvalidUsage(
                f"login() needs a redirect_uri of the form http://{LOOPBACK}:PORT/path, not {self.redirect_uri!r}: use "
                "authorize_url() and exchange()"
            )
        parts = urlsplit(self.redirect_uri)
        with LoopbackListener(where if port is None else port, parts.path or "/") as listener:
            address = parts._replace(netloc=f"{parts.hostname}:{listener.port}").geturl()
            # As it was registered, unless the port is another: instances compare every letter.
            if open_browser(self._begun(address if listener.port != where else self.redirect_uri)) is False:
                raise TokenCreateError(_FAILED, "no browser could be opened: use authorize_url() and exchange()")
            query = listener.query(timeout, clock)
        if query is None:
            raise TokenCreateError(_FAILED, f"the browser did not come back within {timeout:g} seconds")
        self._exchange_query(query)

    def _begun(self, redirect_uri: str) -> str:
        base_url = self._bound().base_url
        verifier = Secret(secrets.token_urlsafe(_SECRET_BYTES))
        self._pending = pending = _Pending(Secret(secrets.token_urlsafe(_SECRET_BYTES)), verifier, redirect_uri)
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "state": pending.state.reveal(),
            "code_challenge": code_challenge(verifier.reveal()),
            "code_challenge_method": "S256",
        } | ({"scope": self._scope} if self._scope else {})
        return f"{base_url}{_AUTHORIZE_PATH}?{urlencode(parameters)}"

    def _taken(self) -> _Pending:
        """The sign-in that was begun, which is over now, whatever comes of it."""
        pending, self._pending = self._pending, None
        if pending is None:
            raise InvalidUsage("No sign-in was begun, or it is over: call authorize_url() first")
        return pending

    def _exchange_query(self, query: Secret[str]) -> None:
        pending = self._taken()
        members = Secret(_members(query))
        if not _is_state(pending, members.reveal().get("state", [])):
            raise InvalidUsage("The browser came back from a sign-in that was not begun here (state): it is ignored")
        if refusal := members.reveal().get("error"):
            said = members.reveal().get("error_description", refusal)[0]
            raise TokenCreateError(_FAILED, f"the sign-in was refused: {said[:200]}", hint="Agree in the browser")
        codes = members.reveal().get("code", [])
        code, codes, members = Secret(codes[0] if len(codes) == 1 else ""), [], Secret({})
        if not code.reveal():
            raise TokenCreateError(_FAILED, "the browser came back without a code")
        self._exchange_code(code, pending)

    def _exchange_code(self, code: Secret[str], pending: _Pending) -> None:
        form = self._form(
            grant_type="authorization_code",
            code=code.reveal(),
            redirect_uri=pending.redirect_uri,
            code_verifier=pending.verifier.reveal(),
        )
        self._bound().keeper.adopt(self._bound().endpoint.created(form))


def code_challenge(verifier: str) -> str:
    """The challenge of a verifier (RFC 7636, 4.2: method S256)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _query_in(given: Secret[str]) -> Secret[str] | None:
    """The query of an address, with or without what comes before it; None when this is a code alone."""
    text = given.reveal()
    is_query, query = any(mark in text for mark in ("?", "code=", "error=")), Secret(text)
    if "?" in text:
        query = Secret(text.partition("?")[2].partition("#")[0])
    text = ""
    return query if is_query else None


def _members(query: Secret[str]) -> dict[str, list[str]]:
    try:
        return parse_qs(query.reveal(), keep_blank_values=True, max_num_fields=_MEMBERS)
    except ValueError:
        return {}


def _is_state(pending: _Pending, states: list[str]) -> bool:
    given = states[0] if len(states) == 1 else ""
    return hmac.compare_digest(pending.state.reveal().encode(), given.encode("utf-8", "replace"))
