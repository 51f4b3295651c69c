"""The door: who calls which instance, and the resources made from that."""

from __future__ import annotations

import copy
import inspect
import logging
from collections.abc import Mapping
from functools import partial
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Never, NoReturn, Self, cast

from pysnow import client_arguments as given
from pysnow.auth import BasicAuth, Secret
from pysnow.client_attributes import refuse_assignment, who_calls
from pysnow.client_finding import ClientFinding
from pysnow.config.configuration import Sources, configure
from pysnow.defaults import BASE_PATH, CHUNK_SIZE_BYTES, DEADLINE_SECONDS, TIMEOUT
from pysnow.exceptions import InvalidUsage
from pysnow.guards import Guards
from pysnow.legacy_request import LegacyRequest
from pysnow.misspelt_keywords import naming_keywords
from pysnow.params_builder import ParamsBuilder
from pysnow.read_only import ReadOnly
from pysnow.records.payload_defaults import PayloadDefaults
from pysnow.request import checked_timeout
from pysnow.resource import Resource, checked_parameters
from pysnow.table import Table
from pysnow.telemetry.watch_post import WatchPost
from pysnow.url_builder import checked_table, instance_url, table_of
from pysnow.wire.clockwork import CLOCKWORK, Clockwork
from pysnow.wire.sessions import is_loopback
from pysnow.wire.transport import Transport, checked_auth, checked_session, make_session, session_like

if TYPE_CHECKING:
    import requests
    from requests.auth import AuthBase

    from pysnow._types import JSON, Timeout
    from pysnow.apis.batch import Batch
    from pysnow.apis.import_set import ImportSet
    from pysnow.config.configuration import Config
    from pysnow.schema.schema import Schema
    from pysnow.wire.rate_limit import RateLimit
    from pysnow.wire.retry import Retry

__all__ = ["Client"]

_LOG = logging.getLogger(__name__)


@naming_keywords
class Client(ClientFinding):
    """One instance, and the user who calls it. Threads may share a client.

    What no argument says is taken from the environment (``SERVICENOW_INSTANCE``, ``SERVICENOW_USERNAME`` ...), then
    from ``servicenow.toml`` in the working directory, then from the user's own file; :attr:`config` tells what came
    from where.

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
            or :mod:`pysnow.auth`, or any ``requests.auth.AuthBase``. Its ``refresh(response)``, if it has one, is
            called once after a 401, and the request is sent again if that gives True.
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
        read_only: Whether everything that may change something is refused before it is sent.
        user_agent: What the program calls itself, such as ``reports/1.2``: added to the ``User-Agent``.
        debug: Whether each request is written to standard error, on one line.
        schema: What the tables are like: payloads are compared with it, relations are found in it, and with ``strict``
            columns, too. When not given, ``schema_overlay`` of the settings lies over :meth:`Schema.bundled`, if set.
        schema_mode: Whether a payload that does not fit the schema is refused (``"strict"``) or warned about; None for
            neither.
        config: Where settings are looked for: None for the places above, the path of a file instead of both files,
            False for nowhere.
        profile: Profile of the files to use; ``SERVICENOW_PROFILE``, or else their ``default_profile``, when not given.
        unknown: No further argument is accepted.

    Raises:
        InvalidUsage: An argument or setting, or a combination of them, cannot be used.

    Attributes:
        instance: As given.
        host: As given.
        use_ssl: As given.
        base_url: Address of the instance: credentials go there, so that it is not assigned to another one.
        session: Template of the sessions that send; assign another to send with that.
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
        timeout: Timeout | EllipsisType = ...,
        verify: bool | str | None = None,
        cert: str | tuple[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
        retry: Retry | None | EllipsisType = ...,
        deadline: float | None | EllipsisType = ...,
        rate_limit: RateLimit | None | EllipsisType = ...,
        writes: Literal["plain", "verified"] | None = None,
        strict: bool | None = None,
        allow_insecure_http: bool | None = None,
        warn_truncated: bool = True,
        read_only: bool | None = None,
        user_agent: str | None = None,
        debug: bool | None = None,
        schema: Schema | None = None,
        schema_mode: Literal["warn", "strict"] | None = "warn",
        config: Config = None,
        profile: str | None = None,
        **unknown: Never,
    ) -> None:
        # Error reporters collect the variables of a traceback: from here on, none of them is a secret.
        kept, password = Secret(password), None
        ways, proxies = Secret(proxies), None
        if unknown:
            names = [*unknown]
            unknown.clear()
            given.refuse_unknown(names, inspect.signature(Client.__init__).parameters, type(self).__name__)
        self.use_ssl: bool = given.checked_flag("use_ssl", use_ssl)
        user, secret = given.checked_text("user", user), given.checked_password(kept)
        said: dict[str, Any] = {
            "instance": instance or host or None,
            "user": user or None,
            "password": secret if secret and secret.reveal() else None,
            "auth": auth and type(auth).__name__,
            "session": session and type(session).__name__,
            "verify": verify,
            "cert": cert,
            "writes": writes,
            "strict": strict,
            "allow_insecure_http": allow_insecure_http,
            "read_only": read_only,
            "user_agent": user_agent,
            "debug": debug,
        }
        # None is a value of these: no end, or no repetition.
        open_ended = {"timeout": timeout, "retry": retry, "deadline": deadline, "rate_limit": rate_limit}
        said = {name: value for name, value in said.items() if value is not None}
        said |= {name: value for name, value in open_ended.items() if not isinstance(value, EllipsisType)}
        self._config = settings = configure(said, config, profile)
        self.instance: str | None = instance
        self.host: str | None = host
        self.base_url = self._address(instance, host)
        self.timeout = settings.checked("timeout", checked_timeout, TIMEOUT)
        self._parameters = ParamsBuilder()
        self.raise_on_empty: bool = given.checked_raise_on_empty(raise_on_empty)
        self.request_params: dict[str, Any] = self._checked_request_params(request_params)
        self._user = user
        self._secret = secret
        self._tls: dict[str, Any] = {
            "verify": settings.checked("verify", given.checked_verify, None),
            "cert": settings.checked("cert", given.checked_cert, None),
        }
        self._proxies = Secret(given.checked_proxies(ways))
        self._watch = WatchPost(debug=self._flag("debug"))
        self._guards = Guards(ReadOnly() if self._flag("read_only") else None)
        self._sending: dict[str, Any] = self._sending_options(warn_truncated)
        self._rate_limit = settings.checked("rate_limit", given.checked_rate_limit, None)
        self._promises = {
            "writes": settings.checked("writes", given.checked_writes, "plain"),
            "strict": self._flag("strict"),
            **self._schema_promises(schema, schema_mode),
        }
        self._defaults = PayloadDefaults()
        self._endpoint: Transport | None = None
        self._known = None
        self.session = self._session_for(user, self._secret, session, auth)
        self._sender: Transport | None = None

    @classmethod
    def from_env(cls, prefix: str = "SERVICENOW_", **options: Any) -> Self:
        """Make a client from the environment alone; no file is read.

        Args:
            prefix: What the variables' names begin with. Ansible's (``SN_HOST`` ...) are read after ``SERVICENOW_``.
            options: Further arguments, which go before the environment.

        Raises:
            InvalidUsage: Something is missing, or cannot be used; or there are credentials for two ways of signing in.
        """
        held, options = Secret(options), {}
        return cls(config=Sources(prefix=prefix, files=False), **held.reveal())

    @classmethod
    def from_config(cls, path: str | None = None, profile: str | None = None, **options: Any) -> Self:
        """Make a client from a file, and what the environment says in its place.

        Args:
            path: The file; None for ``servicenow.toml`` in the working directory, or else the user's own.
            profile: Profile of the file to use.
            options: Further arguments, which go before environment and file.

        Raises:
            InvalidUsage: There is no file, it cannot be used, or something is missing.
        """
        held, options = Secret(options), {}
        return cls(config=Sources(path=given.checked_path(path), needs_file=True), profile=profile, **held.reveal())

    if not TYPE_CHECKING:  # type checkers would take any attribute to be there

        def __setattr__(self, name: str, value: object) -> None:
            refuse_assignment(self, name, value)
            super().__setattr__(name, value)

    def __repr__(self) -> str:
        # A client whose making failed is shown in tracebacks, too.
        known = self.__dict__
        who = f", {who_calls(known['session'], known.get('_user'))}" if "session" in known else ""
        unsafe = ", certificates not verified" if known.get("_tls", {}).get("verify") is False else ""
        return f"<{type(self).__name__} {known.get('base_url', 'of no instance')}{who}{unsafe}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __copy__(self) -> Self:
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._parameters = self._parameters.copy()
        twin._defaults = self._defaults.copy()
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
    def auth(self) -> AuthBase | None:
        """What puts credentials on requests. Assign another, or a pair of user and password, to call as somebody else.

        Cookies stay behind, resources made before call as the new user, too, and what is on its way ends as it began.
        """
        return cast("AuthBase | None", self.session.auth if self.session is not None else None)

    @auth.setter
    def auth(self, auth: AuthBase | tuple[str, str]) -> None:
        self._exchange_auth(Secret(auth))

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
            defaults=self._defaults,
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

    def batch(self, *, workers: int = 1, batch_size: int = 50, strict: bool = True) -> Batch:
        """Collect calls, and send them together (``POST /api/now/v1/batch``) at the end of the ``with`` block.

        Args:
            workers: Threads that send side by side, 1 to 16.
            batch_size: Calls of a batch, 1 to 200.
            strict: Whether the end of the block raises :class:`~pysnow.RowsFailed` when a call was not done; with False
                look at ``batch.outcomes``.

        Raises:
            InvalidUsage: A number makes no sense.
        """
        from pysnow.apis.batch import Batch

        return Batch(self.resource("/v1/batch"), self.table, workers=workers, batch_size=batch_size, strict=strict)

    def import_set(self, table: str) -> ImportSet:
        """Make what sends rows to a staging table, to be transformed by the instance (Import Set API).

        Args:
            table: Name of the staging table, such as ``u_imp_user``.

        Raises:
            InvalidUsage: The name holds something else than letters, digits and ``_``.
        """
        from pysnow.apis.import_set import ImportSet

        return ImportSet(self.resource(f"/import/{checked_table(table)}"), table, self.table)

    def query(self, table: str, **kwargs: Any) -> LegacyRequest:
        """Make a request of the pre-``Resource`` interface for reading, changing and deleting. Deprecated.

        Args:
            table: Table name.
            kwargs: ``query``: mapping, text or ``QueryBuilder``.
        """
        given.warn_deprecated("Client.query()", "Client.resource()")
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
        given.warn_deprecated("Client.insert()", "Client.resource().create()")
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
        if sender is None or sender.template is not session:
            sender = self._sender = self._new_transport(session, rate_limit=self._rate_limit)
        return sender

    def _schema_promises(self, schema: Schema | None, mode: str | None) -> dict[str, object]:
        """What resources are told about a schema; nothing when there is none."""
        overlay = self._config.get("schema_overlay", None)
        if schema is None and overlay is None and mode == "warn":
            return {}
        from pysnow.schema.of_table import schema_promises

        return schema_promises(schema, overlay, mode, self._config.get("schema_release", None))

    def _new_transport(self, session: requests.Session | None = None, **options: Any) -> Transport:
        """What sends to this client's instance, in the same way: with that session, or else without credentials."""
        proxies = self._proxies.reveal()
        settings = {**self._tls, "proxies": proxies, **self._sending, "clockwork": self._clockwork, **options}
        settings["observer"] = self._watch
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
            return make_session(self._configured_auth())
        _LOG.debug("(SESSION_CREATE) User: %s", user)
        return make_session(_basic(user, password))

    def _configured_auth(self) -> AuthBase:
        """Who is calling, as the environment and files say."""
        auth = self._config.sign_in()
        if isinstance(auth, BasicAuth):
            self._user, self._secret = str(auth.username), Secret(auth.password)
        return self._bound(auth)

    def _exchange_auth(self, kept: Secret[Any]) -> None:
        """Call as somebody else from now on."""
        pair = kept.reveal() if isinstance(kept.reveal(), tuple) else None
        user, secret = None, None
        if pair is not None:
            user, secret = given.checked_pair(Secret(pair))
        auth = self._bound(kept.reveal()) if user is None or secret is None else _basic(user, secret)
        session = session_like(self.session, auth)
        self._user, self._secret = user, secret
        self._part_from_caller(session)
        self.session = session

    def _part_from_caller(self, session: requests.Session) -> None:
        """Forget what belongs to who has called up to now: cookies, and what that user was shown."""
        from pysnow.records.client_memory import forget

        self._known = None
        if self._sender is not None:
            self._sender.use_session(session)
            forget(self._sender)

    def _address(self, instance: str | None, host: str | None) -> str:
        """Address of the instance: where it is said to be, or where the environment has it stand in for."""
        settings = self._config
        address = partial(instance_url, use_ssl=self.use_ssl, allow_http=self._flag("allow_insecure_http"))
        named = address(instance, host) if instance or host else None
        if settings.get("endpoint_url") and not (named and is_loopback(named)):
            return settings.checked("endpoint_url", lambda text: address(host=text), None)
        if named:
            return named
        self.instance = settings.get("instance")
        if not self.instance:
            raise InvalidUsage(
                f"Which instance? Pass instance='dev1', or host='dev1.example.com'; or set SERVICENOW_INSTANCE"
                f"{settings.places()}"
            )
        return settings.checked("instance", address, None)

    def _sending_options(self, warn_truncated: bool) -> dict[str, Any]:
        settings = self._config
        policy = settings.checked("max_retries", given.retry_of_count, None)
        return {
            "policy": settings.checked("retry", given.checked_retry, policy),
            "deadline": settings.checked("deadline", given.checked_deadline, DEADLINE_SECONDS),
            "allow_insecure_http": self._flag("allow_insecure_http"),
            "warn_truncated": given.checked_flag("warn_truncated", warn_truncated),
            "guard": self._guards,
            "user_agent": settings.checked("user_agent", given.checked_user_agent, None),
        }

    def _flag(self, name: str) -> bool:
        return self._config.checked(name, partial(given.checked_flag, name), False)

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
        given.warn_deprecated("The argument request_params", "Client.parameters.add_custom()")
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
            check=self.table(table)._check_payload,
            **kwargs,
        )


def _basic(user: str, password: Secret[str]) -> BasicAuth:
    basic = BasicAuth(user, "")  # a name that it refuses must not have the password at its side
    basic.password = password.reveal()
    return basic
