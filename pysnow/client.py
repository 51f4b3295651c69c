"""The door: who calls which instance, and the resources made from that."""

from __future__ import annotations

import copy
import logging
import os
import warnings
from collections.abc import Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar, cast

from pysnow.auth import BasicAuth, Secret
from pysnow.caller import callers_level
from pysnow.defaults import BASE_PATH, CHUNK_SIZE_BYTES, DEADLINE_SECONDS, TIMEOUT
from pysnow.exceptions import InsecureConnectionWarning, InvalidUsage
from pysnow.legacy_request import LegacyRequest
from pysnow.params_builder import ParamsBuilder
from pysnow.request import DAY_SECONDS, checked_timeout
from pysnow.resource import Resource, checked_parameters
from pysnow.table import Table
from pysnow.url_builder import checked_table, instance_url, table_of
from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.rate_limit import RateLimit
from pysnow.wire.retry import Retry
from pysnow.wire.transport import RETRY, Transport, checked_auth, checked_session, make_session

if TYPE_CHECKING:
    import requests
    from requests.auth import AuthBase

    from pysnow._types import JSON, Timeout

__all__ = ["Client"]

_LOG = logging.getLogger(__name__)

_Setting = TypeVar("_Setting")


class Client:
    """One instance, and the user who calls it. Threads may share a client.

    Args:
        instance: The instance: its name (``dev1``), host name or address.
        host: Host name, with a port if need be, instead of ``instance``.
        user: User name.
        password: Password.
        raise_on_empty: Deprecated: whether ``query()`` raises when no record matches.
        request_params: Deprecated: query parameters of every request; use ``client.parameters.add_custom()``.
        use_ssl: False for plain HTTP.
        session: Session to send with, instead of user and password. Its auth, headers, adapters, proxies and
            certificates are used; the session itself is not changed.
        timeout: Seconds to connect and to read, for every request: one number for both, or a pair.
        verify: Whether to check the instance's certificate, or the path of a CA bundle to check it with.
        cert: Client certificate: a path, or the paths of certificate and key.
        proxies: Proxy by scheme. Proxies of the environment are used for ``https`` alone.
        auth: What puts credentials on requests, instead of user and password: an object of :mod:`pysnow.oauth.grants`
            or :mod:`pysnow.auth`, or any ``requests.auth.AuthBase``.
        retry: When requests are repeated that failed; None for never. A session whose adapters repeat by themselves is
            left to it.
        deadline: Seconds that a call may take, all attempts and waits together; None for no end. Resolving the host's
            name is up to the system, and not interrupted.
        rate_limit: How fast to call, all threads together; None for as fast as they are.
        writes: ``"verified"`` to give each new record a key by which it is recognised when its answer is lost, see
            :meth:`Resource.create`; ``"plain"`` for a single POST.
        strict: Whether columns named in queries are checked before: an instance ignores those it does not know.
        allow_insecure_http: Whether plain HTTP may be spoken with another machine. Else such calls are refused.
        warn_truncated: Whether to warn when a list ends before all matching records have come.

    Raises:
        InvalidUsage: An argument, or a combination of arguments, cannot be used.

    Attributes:
        instance: As given.
        host: As given.
        use_ssl: As given.
        base_url: Address of the instance.
        session: Template of the sessions that send.
    """

    _clockwork: Clockwork = CLOCKWORK
    """Time, waiting and chance of what this client sends; exchange it before the first call."""

    def __init__(
        self,
        instance: str | None = None,
        host: str | None = None,
        user: str | None = None,
        password: str | None = None,
        raise_on_empty: bool | None = None,
        request_params: dict[str, Any] | None = None,
        use_ssl: bool = True,
        session: requests.Session | None = None,
        *,
        timeout: Timeout = TIMEOUT,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
        retry: Retry | None = RETRY,
        deadline: float | None = DEADLINE_SECONDS,
        rate_limit: RateLimit | None = None,
        writes: Literal["plain", "verified"] = "plain",
        strict: bool = False,
        allow_insecure_http: bool = False,
        warn_truncated: bool = True,
    ) -> None:
        # Error reporters collect the variables of a traceback: from here on, none of them is a secret.
        kept, password = Secret(password), None
        ways, proxies = Secret(proxies), None
        self.use_ssl: bool = _flag("use_ssl", use_ssl)
        user = _text("user", user)
        self.base_url: str = instance_url(instance, host, use_ssl=use_ssl)
        self.instance: str | None = instance
        self.host: str | None = host
        self.timeout: Timeout = checked_timeout(timeout)
        self._parameters = ParamsBuilder()
        self.raise_on_empty: bool = _checked_raise_on_empty(raise_on_empty)
        self.request_params: dict[str, Any] = self._checked_request_params(request_params)
        self._user = user
        self._secret = _password(kept)
        self._tls_and_proxies: dict[str, Any] = {
            "verify": _checked_verify(verify),
            "cert": _checked_cert(cert),
            "proxies": _checked_proxies(ways),
        }
        self._sending: dict[str, Any] = {
            "policy": _checked_as("retry", retry, Retry),
            "deadline": _checked_deadline(deadline),
            "allow_insecure_http": _flag("allow_insecure_http", allow_insecure_http),
            "warn_truncated": _flag("warn_truncated", warn_truncated),
        }
        self._rate_limit = _checked_as("rate_limit", rate_limit, RateLimit)
        self._promises = {"writes": _checked_writes(writes), "strict": _flag("strict", strict)}
        self._endpoint: Transport | None = None
        self.session: requests.Session | None = self._session_for(user, self._secret, session, auth)
        self._sender: Transport | None = None

    def __repr__(self) -> str:
        # A client whose making failed is shown in tracebacks, too.
        known = self.__dict__
        who = f", user {known['_user']}" if known.get("_user") else ""
        unsafe = ", certificates not verified" if known.get("_tls_and_proxies", {}).get("verify") is False else ""
        return f"<{type(self).__name__} {known.get('base_url', 'of no instance')}{who}{unsafe}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._parameters = self._parameters.copy()
        return twin

    def __deepcopy__(self, memo: object) -> Self:
        return copy.copy(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds credentials and is not pickled: build it anew in the other process.")

    @property
    def parameters(self) -> ParamsBuilder:
        """Parameters that resources made from now on start with; assign another ``ParamsBuilder`` to exchange them."""
        return self._parameters

    @parameters.setter
    def parameters(self, parameters: ParamsBuilder) -> None:
        self._parameters = checked_parameters(parameters)

    @property
    def _password(self) -> str | None:
        """The password, in the clear, where programs of old look for it."""
        return self._secret.reveal() if self._secret else None

    def resource(
        self,
        api_path: str | None = None,
        base_path: str = BASE_PATH,
        chunk_size: int | None = None,
        *,
        timeout: Timeout | EllipsisType = ...,
        raise_on: Literal["call", "access"] = "call",
    ) -> Resource:
        """Make the resource of an API path.

        A path of the Table API gives a :class:`~pysnow.Table`.

        Args:
            api_path: Path of the API, such as ``/table/incident``.
            base_path: Path that its family shares, ``/api/now`` for the platform's own.
            chunk_size: Bytes read before the first record of a streamed answer can come; 8192 when not given.
            timeout: Seconds to connect and to read; the client's own when not given.
            raise_on: ``"call"``: a failed ``create()`` or ``update()`` raises at once. ``"access"``: it raises when
                its response is read, as in 0.7.

        Raises:
            InvalidUsage: A path is not made of plain segments.
        """
        if raise_on not in ("call", "access"):
            raise InvalidUsage(f"raise_on must be 'call' or 'access', not {raise_on!r}")
        if chunk_size is not None and (type(chunk_size) is not int or chunk_size < 1):
            raise InvalidUsage(f"chunk_size must be a number of bytes above 0, not {chunk_size!r}")
        _LOG.debug("(RESOURCE_ADD) base_path: %s, api_path: %s", base_path, api_path)
        named = table_of(f"{base_path}{api_path}".removesuffix("/"))
        return (Table if named and named[1] else Resource)(
            self.base_url,
            base_path,
            api_path,
            self.parameters,
            transport=self._transport,
            session=self.session,
            chunk_size=chunk_size or CHUNK_SIZE_BYTES,
            timeout=self.timeout if isinstance(timeout, EllipsisType) else checked_timeout(timeout),
            raise_on=raise_on,
            **self._promises,
        )

    def table(
        self,
        name: str,
        *,
        chunk_size: int | None = None,
        timeout: Timeout | EllipsisType = ...,
        raise_on: Literal["call", "access"] = "call",
    ) -> Table:
        """Make the resource of a table: the same as ``resource(api_path="/table/<name>")``.

        Args:
            name: Table name, such as ``incident``.
            chunk_size: As for :meth:`resource`.
            timeout: As for :meth:`resource`.
            raise_on: As for :meth:`resource`.

        Raises:
            InvalidUsage: The name holds something else than letters, digits and ``_``.
        """
        path = f"/table/{checked_table(name)}"
        return cast("Table", self.resource(path, chunk_size=chunk_size, timeout=timeout, raise_on=raise_on))

    def query(self, table: str, **kwargs: Any) -> LegacyRequest:
        """Make a request of the pre-``Resource`` interface for reading, changing and deleting. Deprecated.

        Args:
            table: Table name.
            kwargs: ``query``: mapping, text or ``QueryBuilder``.
        """
        _deprecated("Client.query()", "Client.resource()")
        return self._legacy_request(method="GET", table=table, **kwargs)

    def insert(self, table: str, payload: JSON, **kwargs: Any) -> JSON:
        """Create a record through the pre-``Resource`` interface. Deprecated.

        Args:
            table: Table name.
            payload: The record's fields.
            kwargs: Further arguments of :class:`~pysnow.legacy_request.LegacyRequest`.

        Returns:
            The created record.
        """
        _deprecated("Client.insert()", "Client.resource().create()")
        return self._legacy_request(method="POST", table=table, **kwargs).insert(payload)

    def close(self) -> None:
        """Close the connections. The client may be used again; it then opens new ones."""
        if self._sender is not None:
            self._sender.close()
        if self._endpoint is not None:
            self._endpoint.close()
        if self.session is not None:
            self.session.close()

    @property
    def _transport(self) -> Transport:
        """What sends for this client: made from its session, and anew when that is exchanged."""
        session = self.session
        if session is None:
            raise InvalidUsage("This client has no session to send with")
        sender = self._sender
        if sender is None or sender.template is not session or sender.base_url != self.base_url:
            sender = self._sender = self._new_transport(session, rate_limit=self._rate_limit)
        return sender

    def _new_transport(self, session: requests.Session | None = None, **options: Any) -> Transport:
        """What sends to this client's instance, in the same way: with that session, or else without credentials."""
        settings = {**self._tls_and_proxies, **self._sending, "clockwork": self._clockwork, **options}
        return Transport(self.base_url, session or make_session(), **settings)

    def _session_for(
        self, user: str | None, password: Secret[str] | None, session: requests.Session | None, auth: AuthBase | None
    ) -> requests.Session | None:
        if auth is not None:
            if user or password or session is not None:
                raise InvalidUsage("Pass auth=, or user and password, or a session: one of them says who is calling")
            return make_session(self._bound(auth))
        if session is not None:
            if user:
                raise InvalidUsage("Arguments 'user' and 'session' are mutually exclusive: a session has its own auth")
            return checked_session(session)
        if not (user and password and password.reveal()):
            raise InvalidUsage("You must provide either user and password, auth=, or a session")
        _LOG.debug("(SESSION_CREATE) User: %s", user)
        basic = BasicAuth(user, "")  # a name that it refuses must not have the password at its side
        basic.password = password.reveal()
        return make_session(basic)

    def _bound(self, auth: Any) -> AuthBase:
        """An auth object, told which instance it is for if it has to talk to it."""
        checked = checked_auth(auth)
        bind = getattr(checked, "bind", None)
        if bind is not None:
            self._endpoint = self._new_transport()
            bind(self._endpoint)
        return checked

    def _checked_request_params(self, request_params: Any) -> dict[str, Any]:
        if request_params is None:
            return {}
        if not isinstance(request_params, dict):
            raise InvalidUsage(f"request_params must be a dict, not {type(request_params).__name__}")
        _deprecated("The argument request_params", "Client.parameters.add_custom()")
        self.parameters.add_custom(request_params)
        return request_params

    def _legacy_request(self, method: str, table: str, **kwargs: Any) -> LegacyRequest:
        return LegacyRequest(
            method,
            table,
            base_url=self.base_url,
            transport=self._transport,
            session=self.session,
            request_params=self.request_params,
            raise_on_empty=self.raise_on_empty,
            timeout=self.timeout,
            **kwargs,
        )


def _text(name: str, value: Any) -> str | None:
    """A user name as a text; programs of old pass bytes as well."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if value is not None and not isinstance(value, str):
        raise InvalidUsage(f"{name} must be a text, not {type(value).__name__}")
    return value


def _password(kept: Secret[Any]) -> Secret[str] | None:
    """A password as a text."""
    kind = type(kept.reveal())
    if kind is type(None):
        return None
    if issubclass(kind, bytes):
        return Secret(kept.reveal().decode("utf-8", "surrogateescape"))
    if not issubclass(kind, str):
        raise InvalidUsage(f"password must be a text, not {kind.__name__}")
    return kept


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidUsage(f"{name} must be True or False, not {value!r}")
    return value


def _checked_as(name: str, value: Any, kind: type[_Setting]) -> _Setting | None:
    if value is not None and not isinstance(value, kind):
        raise InvalidUsage(f"{name} must be a pysnow.{kind.__name__}, or None; not {value!r}")
    return value


def _checked_deadline(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 < value <= DAY_SECONDS):
        raise InvalidUsage(f"deadline must be seconds above 0 and within a day, or None; not {value!r}")
    return None if value is None else float(value)


def _checked_writes(value: Any) -> str:
    if value not in ("plain", "verified"):
        raise InvalidUsage(f"writes must be 'plain' or 'verified', not {value!r}")
    return str(value)


def _checked_verify(verify: Any) -> bool | str | None:
    if verify is None or verify is True:
        return verify
    if verify is False:
        warnings.warn(
            "Certificates are not verified: whoever sits between can read the credentials. verify= also takes the path "
            "of a CA bundle",
            InsecureConnectionWarning,
            stacklevel=callers_level(),
        )
        return verify
    return _existing("verify", verify)


def _checked_cert(cert: Any) -> str | tuple[str, str] | None:
    if isinstance(cert, tuple) and len(cert) == 2:
        return _existing("cert", cert[0]), _existing("cert", cert[1])
    return None if cert is None else _existing("cert", cert)


def _existing(name: str, path: Any) -> str:
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path) or not os.path.exists(path):
        raise InvalidUsage(f"{name} must be the path of an existing file, not {path!r}")
    return str(os.fspath(path))


def _checked_proxies(kept: Secret[Any]) -> dict[str, str] | None:
    """Proxies; held until they are known to be such, because an address may have a password in it."""
    is_given = kept.reveal() is not None
    if is_given and not _is_of_texts(kept.reveal()):
        raise InvalidUsage("proxies must be a dict such as {'https': 'http://proxy.example.com:3128'}")
    return dict(kept.reveal()) if is_given else None


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)


def _checked_raise_on_empty(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, bool):
        raise InvalidUsage(f"raise_on_empty must be True or False, not {value!r}")
    _deprecated("The argument raise_on_empty", "Response.one_or_none()")
    return value


def _deprecated(what: str, instead: str) -> None:
    warnings.warn(f"{what} is deprecated; use {instead}", DeprecationWarning, stacklevel=callers_level() + 1)
