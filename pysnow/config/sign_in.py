"""Who is calling, as settings say it: which way of signing in they are complete for, and the object that does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pysnow.config.settings import nearest
from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from requests.auth import AuthBase

    from pysnow.auth import Secret

__all__ = ["METHODS", "Method", "Origins", "chosen_method", "new_auth"]

Origins = Mapping[str, int]
"""Which settings are there, each with the rank of the place it comes from: 0 for arguments, then environment, files."""


@dataclass(frozen=True, slots=True)
class Method:
    """A way of signing in.

    Attributes:
        name: What ``auth_method`` calls it.
        needs: Settings that it needs.
        takes: Settings that it uses when they are there.
    """

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


METHODS: Final[tuple[Method, ...]] = (
    Method("token", ("token",)),
    Method("api_key", ("api_key",)),
    Method("client_credentials", ("client_id", "client_secret"), ("token_file",)),
    Method("password", ("client_id", "client_secret", "user", "password"), ("token_file",)),
    Method("refresh_token", ("client_id", "refresh_token"), ("client_secret", "token_file")),
    Method("basic", ("user", "password")),
    Method("authorization_code", ("client_id", "token_file"), ("client_secret", "redirect_uri")),
    Method("certificate", ("cert",)),
)
"""Every way of signing in."""

_ONLY_BY_NAME: Final = frozenset({"authorization_code", "certificate"})
"""Ways that count only when they are chosen: a person has to sign in; a certificate is presented in any case."""

_SPELLINGS: Final = {
    "bearer": "token",
    "apikey": "api_key",
    "password_grant": "password",
    "login": "authorization_code",
    "mutual_tls": "certificate",
}


def chosen_method(settings: Origins, named: str | None = None, named_at: str = "") -> Method | None:
    """The way of signing in.

    Without a name it is read off what is there. Settings of a nearer place count before those of a farther one, and a
    way that needs all that another one needs, and more, before that one.

    Args:
        settings: What is there.
        named: The way that was chosen by name; None to infer it.
        named_at: Where it was.

    Returns:
        The way; None when nothing is complete.

    Raises:
        InvalidUsage: The name is unknown, or lacks something; or two ways are complete and none was named.
    """
    if named is not None:
        return _named(settings, named, named_at)
    complete = [way for way in METHODS if way.name not in _ONLY_BY_NAME and settings.keys() >= set(way.needs)]
    uses = {way.name: {*way.needs, *(settings.keys() & set(way.takes))} for way in complete}
    largest = [way for way in complete if not any(uses[way.name] < other for other in uses.values())]
    nearness = {way.name: min(settings[need] for need in way.needs) for way in largest}
    first = [way for way in largest if nearness[way.name] == min(nearness.values())]
    if len(first) > 1:
        raise InvalidUsage(
            f"There are credentials for {' and for '.join(way.name for way in first)}: say which counts with "
            "SERVICENOW_AUTH_METHOD, or method in the [auth] of the file"
        )
    return first[0] if first else None


def new_auth(
    way: Method, settings: Origins, value: Callable[[str], str], secret: Callable[[str], Secret[str]]
) -> AuthBase:
    """What puts credentials on requests.

    Args:
        way: The way of signing in.
        settings: What is there.
        value: Gives a user name or client id by the name of its setting.
        secret: Fetches a secret by the name of its setting.

    Raises:
        InvalidUsage: A secret cannot be had, or is none.
    """
    from pysnow import auth

    if way.name == "token":
        return auth.BearerToken(secret("token").reveal())
    if way.name == "api_key":
        return auth.ApiKey(secret("api_key").reveal())
    if way.name == "certificate":
        return auth.ClientCertificate()
    if way.name == "basic":
        basic = auth.BasicAuth(value("user"), "")  # a name that it refuses must not have the password at its side
        basic.password = secret("password").reveal()
        return basic
    return _grant(way, settings, value, secret)


def _grant(
    way: Method, settings: Origins, value: Callable[[str], str], secret: Callable[[str], Secret[str]]
) -> AuthBase:
    from pysnow.oauth import grants
    from pysnow.oauth.oauth_login import REDIRECT_URI, AuthorizationCode
    from pysnow.oauth.token_file import FileTokenStore

    client_id = value("client_id")
    store = FileTokenStore(value("token_file")) if "token_file" in settings else None
    if way.name == "client_credentials":
        return grants.ClientCredentials(client_id, secret("client_secret"), store=store)
    if way.name == "password":
        return grants.PasswordGrant(client_id, secret("client_secret"), value("user"), secret("password"), store=store)
    own = secret("client_secret") if "client_secret" in settings else None  # a public application has none
    if way.name == "refresh_token":
        return grants.RefreshToken(client_id, own, secret("refresh_token"), store=store)
    redirect_uri = value("redirect_uri") if "redirect_uri" in settings else REDIRECT_URI
    return AuthorizationCode(client_id, own, redirect_uri=redirect_uri, store=store)


def _named(settings: Origins, named: str, named_at: str) -> Method:
    name = _SPELLINGS.get(named.lower(), named.lower())
    way = next((way for way in METHODS if way.name == name), None)
    if way is None:
        names = [way.name for way in METHODS]
        near = nearest(name, names) or f": {', '.join(names)}"
        raise InvalidUsage(f"{named_at}: there is no way of signing in called {named!r}{near}")
    missing = [need for need in way.needs if need not in settings]
    if missing:
        raise InvalidUsage(f"{named_at}: signing in by {name} needs {' and '.join(missing)}, too")
    return way
