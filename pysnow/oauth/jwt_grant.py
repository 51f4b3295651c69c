"""Signing in with an assertion that the program signs itself: no password, and no secret that travels."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage, TokenCreateError
from pysnow.oauth.grants import OAuthGrant, kept_secret, named
from pysnow.oauth.jwt_assertion import AssertionSigner
from pysnow.oauth.token_store import Token, TokenStore

__all__ = ["JWTBearer"]

_GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME_SECONDS: Final = 300.0
_SKEW_SECONDS: Final = 30.0
"""How wrong our clock may be before an assertion that was refused is made again by the instance's."""


class JWTBearer(OAuthGrant):
    """Signs in with a signed assertion (``urn:ietf:params:oauth:grant-type:jwt-bearer``), RS256.

    On the instance, an application of the type *OAuth JWT* knows the certificate of the key by its ``kid``. Issuer and
    audience are the client id. Needs the package ``cryptography`` (extra ``jwt``).

    Args:
        client_id: Id of the OAuth application registered on the instance.
        client_secret: Its secret.
        key: Private RSA key, as PEM.
        kid: What the instance knows the key by.
        user: Whom to sign in (``sub``): what the application's *User field* holds, the user name or the e-mail address.
        passphrase: What the key is encrypted with, if it is.
        lifetime: Seconds that an assertion can be used for.
        store: Where the token is kept; in memory when not given.
        on_update: Called with each new token (a dict), after it was stored; its errors are logged, and warned of.

    Raises:
        InvalidUsage: Something is missing or of another kind, or ``cryptography`` is not installed.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | Secret[str],
        *,
        key: str | bytes | Secret[str],
        kid: str,
        user: str,
        passphrase: str | Secret[str] | None = None,
        lifetime: float = _LIFETIME_SECONDS,
        store: TokenStore | None = None,
        on_update: Callable[[Token], object] | None = None,
    ) -> None:
        own, pem, word = Secret(client_secret), Secret(_as_text(key)), Secret(passphrase)
        client_secret = key = ""  # error reporters collect the variables of a traceback
        passphrase = None
        super().__init__(client_id, kept_secret("client_secret", own), store=store, on_update=on_update)
        if type(lifetime) not in (int, float) or not 1 <= lifetime <= 3600:
            raise InvalidUsage(f"lifetime must be 1 to 3600 seconds, not {lifetime!r}")
        self.user = named("user", user)
        self._lifetime = lifetime
        self._signer = AssertionSigner(
            kept_secret("key", pem),
            named("kid", kid),
            None if word.reveal() is None else kept_secret("passphrase", word),
        )

    @property
    def identity(self) -> Mapping[str, str]:
        """Application, grant and user."""
        return {"client_id": self.client_id, "grant": "jwt-bearer", "user": self.user}

    def obtain(self) -> Token:
        """Ask the instance for a token.

        A refused assertion is made once more where that may help: when our clock turns out to be wrong, or an attempt
        whose answer was lost has used it up.

        Raises:
            TokenCreateError: The instance gave none.
            TransportError: It did not answer.
        """
        endpoint = self._bound().endpoint
        skew = endpoint.skew or 0.0
        try:
            return endpoint.created(self._signed(skew))
        except TokenCreateError as exc:
            known = endpoint.skew or 0.0
            if abs(known - skew) < _SKEW_SECONDS and len(exc.attempts) < 2:
                raise
        return endpoint.created(self._signed(known))

    def _signed(self, skew: float) -> Secret[str]:
        now = int(self._bound().endpoint.clockwork.wall() + skew)
        assertion = self._signer.signed(
            {
                "iss": self.client_id,
                "sub": self.user,
                "aud": self.client_id,
                "iat": now,
                "exp": now + int(self._lifetime),
                "jti": str(uuid.uuid4()),
            }
        )
        return self._form(grant_type=_GRANT_TYPE, assertion=assertion.reveal())


def _as_text(key: str | bytes | Secret[str]) -> str | Secret[str]:
    return key.decode("ascii", "replace") if isinstance(key, bytes) else key
