"""What proves who is calling: credentials that never print, and the objects that put them on a request."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, NoReturn, Self, TypeVar

from requests.auth import AuthBase, HTTPBasicAuth

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    import requests

SecretT = TypeVar("SecretT")

__all__ = ["BasicAuth", "BearerAuth", "NoAuth", "Secret"]


class Secret(Generic[SecretT]):
    """A value that shows itself only when asked: not in a repr, a log, a traceback or a pickle.

    Args:
        value: The value to keep, such as a password.
    """

    __slots__ = ("_value",)

    def __init__(self, value: SecretT) -> None:
        self._value = value

    def reveal(self) -> SecretT:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return bool(self._value == other._value)

    __hash__ = None  # type: ignore[assignment]  # a hash would let a secret be guessed offline

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled: build the client anew in the other process.")


class BasicAuth(HTTPBasicAuth):
    """User and password on every request (HTTP Basic).

    Args:
        user: User name.
        password: Password.

    Raises:
        InvalidUsage: The user name holds a colon, which would end it in the header.
    """

    def __init__(self, user: str, password: str) -> None:
        if ":" in user:
            raise InvalidUsage("A user name cannot hold a colon: what follows it would be read as the password")
        super().__init__(user, password)
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
        token = refused.reveal().removeprefix("Bearer ")
        return self._renew(token) != token

    def __repr__(self) -> str:
        return "BearerAuth()"


class NoAuth(AuthBase):
    """Leaves a request as it is.

    Given in place of no auth at all, because requests would then look for credentials in a netrc file and put them
    over the caller's own header.
    """

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Give the request back."""
        return request
