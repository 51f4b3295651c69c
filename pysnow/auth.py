"""What proves who is calling: credentials that never print, and the objects that put them on a request."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, Self

from requests.auth import AuthBase, HTTPBasicAuth

if TYPE_CHECKING:
    import requests

__all__ = ["BasicAuth", "BearerAuth", "NoAuth", "Secret"]


class Secret:
    """A text that shows itself only when asked: not in a repr, a log, a traceback or a pickle.

    Args:
        value: The text to keep.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

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
        user: User name; must not hold a colon, which ends it in the header.
        password: Password.
    """

    def __init__(self, user: str, password: str) -> None:
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
        return f"BasicAuth(user={self.username!r})"


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

    def renewed(self, refused: str) -> bool:
        """Obtain another token after a 401.

        Args:
            refused: The Authorization header that was refused.

        Returns:
            Whether there is another token, so that the request may be sent again.
        """
        token = refused.removeprefix("Bearer ")
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
