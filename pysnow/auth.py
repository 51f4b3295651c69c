"""What proves who is calling: credentials that never print, and the objects that put them on a request."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Self, TypeVar, cast

from requests.auth import AuthBase, HTTPBasicAuth

from pysnow.exceptions import InvalidUsage, PysnowException, TokenRefreshError

if TYPE_CHECKING:
    import requests

SecretT = TypeVar("SecretT")

__all__ = [
    "ApiKey",
    "BasicAuth",
    "BearerAuth",
    "BearerToken",
    "ClientCertificate",
    "NoAuth",
    "Secret",
    "failed_renewal",
    "is_header_text",
]

API_KEY_HEADER: Final = "x-sn-apikey"
"""Header of an API key (API key documentation); the platform takes a parameter, too, which ends up in logs."""

_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)


class Secret(Generic[SecretT]):
    """A value that shows itself only when asked: not in a repr, a log, a traceback or a pickle.

    A text is kept masked, so that neither an error reporter that follows every reference nor a search through memory
    comes upon it.

    Args:
        value: The value to keep, such as a password.
    """

    __slots__ = ("_kept", "_mask")

    def __init__(self, value: SecretT) -> None:
        self._mask: bytes | None = None
        self._kept: object = value
        if isinstance(value, str):
            plain = value.encode("utf-8", "surrogatepass")
            self._mask = os.urandom(len(plain))
            self._kept = _mixed(plain, self._mask)

    def reveal(self) -> SecretT:
        """The value itself."""
        if self._mask is None:
            return cast("SecretT", self._kept)
        return cast("SecretT", _mixed(cast("bytes", self._kept), self._mask).decode("utf-8", "surrogatepass"))

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return bool(self.reveal() == other.reveal())

    __hash__ = None  # type: ignore[assignment]  # a hash would let a secret be guessed offline

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled: build the client anew in the other process.")


def _mixed(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


def is_header_text(text: Any) -> bool:
    """Whether something is a text that a credential's header can carry: printable ASCII, no blanks, not empty."""
    return isinstance(text, str) and _PRINTABLE.fullmatch(text) is not None


class BasicAuth(HTTPBasicAuth):
    """User and password on every request (HTTP Basic): what ``Client(user=, password=)`` makes of them.

    Args:
        user: User name.
        password: Password.

    Raises:
        InvalidUsage: One of them is no text, or the user name holds a colon, which would end it in the header.
    """

    def __init__(self, user: str, password: str) -> None:
        own, password = Secret(password), ""  # error reporters collect the variables of a traceback
        kinds: set[type] = {type(user), type(own.reveal())}
        if not all(issubclass(kind, str) for kind in kinds):
            raise InvalidUsage("User name and password must be texts")
        if ":" in user:
            raise InvalidUsage("A user name cannot hold a colon: what follows it would be read as the password")
        super().__init__(user, password)
        self._secret = own
        self._user = user

    @property
    def password(self) -> str:
        """The password, in the clear."""
        return self._secret.reveal()

    @password.setter
    def password(self, value: str) -> None:
        self._secret = Secret(value)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the header on a request; names and passwords outside Latin-1 go as UTF-8."""
        pair = f"{self._user}:{self.password}".encode()
        request.headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
        return request

    def __repr__(self) -> str:
        return f"BasicAuth(user={getattr(self, 'username', None)!r})"  # also when its making failed


class BearerAuth(AuthBase):
    """An access token on every request, asked for anew each time so that a refreshed one is used at once.

    Args:
        access_token: Gives the token that is valid now.
        renew: Called when the instance refused a token (401), with that token; gives another one.
    """

    def __init__(self, access_token: Callable[[], str], renew: Callable[[str], str]) -> None:
        self._access_token = access_token
        self._renew = renew

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the header on a request."""
        request.headers["Authorization"] = f"Bearer {self._access_token()}"
        return request

    def renewed(self, refused: Secret[str]) -> bool:
        """Obtain another token after a 401.

        Args:
            refused: The Authorization header that was refused.

        Returns:
            Whether there is another token, so that the request may be sent again.
        """
        try:
            return self._renew(_token_in(refused)) != _token_in(refused)
        except PysnowException as exc:
            # Without the frames below, whose variables hold the token: error reporters collect them.
            raise exc.with_traceback(None) from exc.__cause__

    def __repr__(self) -> str:
        return "BearerAuth()"


class BearerToken(BearerAuth):
    """An access token from elsewhere: another program, an identity provider, a vault.

    Args:
        token: The token; or what gives it, called for each request, and once more when the instance refuses what it
            gave.

    Raises:
        InvalidUsage: It is neither, or has blanks or line breaks in it. What the function raises becomes the cause of a
            :class:`~pysnow.TokenRefreshError` of the call.
    """

    def __init__(self, token: str | Callable[[], str]) -> None:
        if callable(token):
            super().__init__(_checked_source(token), lambda refused: self._access_token())
            return
        kept, token = Secret(token), ""
        super().__init__(_checked(kept, "token").reveal, lambda refused: refused)

    def __repr__(self) -> str:
        return "BearerToken()"


class ApiKey(AuthBase):
    """An API key on every request (header ``x-sn-apikey``).

    The instance needs its token-based authentication, and a REST API access policy that lets the key in.

    Args:
        key: The key.

    Raises:
        InvalidUsage: It is no text, or has blanks or line breaks in it.
    """

    def __init__(self, key: str) -> None:
        kept, key = Secret(key), ""  # error reporters collect the variables of a traceback
        self._key = _checked(kept, "API key")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the header on a request."""
        request.headers[API_KEY_HEADER] = self._key.reveal()
        return request

    def __repr__(self) -> str:
        return "ApiKey()"


class NoAuth(AuthBase):
    """Leaves a request as it is.

    Given in place of no auth at all, because requests would then look for credentials in a netrc file and put them
    over the caller's own header.
    """

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Give the request back."""
        return request


class ClientCertificate(NoAuth):
    """Says that the client certificate tells who is calling: ``Client(auth=ClientCertificate(), cert=...)``.

    The instance maps the certificate to a user (mutual authentication); no header is added. The certificate itself is
    given to the client, since it belongs to the connection.
    """

    def __repr__(self) -> str:
        return "ClientCertificate()"


def _token_in(header: Secret[str]) -> str:
    return header.reveal().removeprefix("Bearer ")


def _checked(secret: Secret[str], name: str) -> Secret[str]:
    if is_header_text(secret.reveal()):
        return secret
    kind = type(secret.reveal()).__name__
    what = "without blanks, line breaks and letters outside ASCII" if kind == "str" else f"not {kind}"
    raise InvalidUsage(f"The {name} must be a text, {what}")


def _checked_source(source: Callable[[], str]) -> Callable[[], str]:
    def token() -> str:
        try:
            kept = Secret(source())
        except PysnowException:
            raise
        except Exception as exc:
            error = failed_renewal("The function that gives the token failed", exc)
        else:
            return _checked(kept, "token that the function gave").reveal()
        raise error from error.__cause__

    return token


def failed_renewal(what: str, exc: Exception, status: int | None = None) -> TokenRefreshError:
    """The error for code of the program's own that should have given credentials, and raised something.

    Its text does not repeat what was raised, which may name a credential.

    Args:
        what: What failed.
        exc: What it raised: the cause. Of its frames, those of the program stay.
        status: HTTP status of the answer that made credentials necessary.
    """
    error = TokenRefreshError(what, type(exc).__name__, status)
    error.__cause__ = exc.with_traceback(exc.__traceback__ and exc.__traceback__.tb_next)
    return error
