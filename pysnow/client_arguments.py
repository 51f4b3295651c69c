"""Arguments of a client, looked at before anything is made of them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pysnow.auth import Secret
from pysnow.caller import callers_level
from pysnow.config.settings import nearest
from pysnow.exceptions import InsecureConnectionWarning, InvalidUsage
from pysnow.request import DAY_SECONDS
from pysnow.wire.rate_limit import RateLimit
from pysnow.wire.retry import Retry
from pysnow.wire.transport import RETRY

__all__ = [
    "checked_cert",
    "checked_deadline",
    "checked_flag",
    "checked_pair",
    "checked_password",
    "checked_path",
    "checked_proxies",
    "checked_raise_on_empty",
    "checked_rate_limit",
    "checked_retry",
    "checked_text",
    "checked_user_agent",
    "checked_verify",
    "checked_writes",
    "refuse_unknown",
    "retry_of_count",
    "warn_deprecated",
]

_Setting = TypeVar("_Setting")

_ELSEWHERE: Final = {
    "user=": ("username", "user_name", "login"),
    "password=": ("passwd", "pwd", "pass_"),
    "instance=": ("url", "base_url", "instance_url", "instance_name", "server", "hostname", "domain"),
    "auth=pysnow.BearerToken(...)": ("token", "access_token", "bearer_token", "api_token", "oauth_token"),
    "auth=pysnow.ApiKey(...)": ("api_key", "apikey"),
    "auth=pysnow.ClientCredentials(...), or make a pysnow.OAuthClient": ("client_id", "client_secret"),
    "retry=pysnow.Retry(attempts=...), which counts the first one": (
        "max_retries",
        "retries",
        "retry_count",
        "attempts",
    ),
    "retry=pysnow.Retry(base=...)": ("backoff", "backoff_factor"),
    "verify=": ("verify_ssl", "ssl_verify", "verify_certs", "validate_certs", "ca_bundle", "ca_certs", "insecure"),
    "cert=": ("client_cert", "client_certificate"),
    "proxies={'https': ...}": ("proxy", "http_proxy", "https_proxy"),
    "timeout=": ("timeout_secs", "timeout_seconds", "request_timeout", "connect_timeout", "read_timeout"),
    "rate_limit=pysnow.RateLimit(per_second=...)": ("requests_per_second", "rate", "throttle"),
    "rate_limit=pysnow.RateLimit(max_concurrency=...)": ("concurrency", "max_concurrency", "max_connections"),
    "allow_insecure_http=": ("allow_http",),
    "debug=True": ("verbose", "log_level", "print_debug"),
    "session=, with these in its headers": ("headers", "default_headers"),
    "config=, the path of a file with that setting": ("schema_release", "schema_overlay", "config_file"),
    "iterate(page_size=...)": ("page_size", "batch_size", "generator_size", "chunk_size"),
    "client.parameters": ("params", "parameters", "display_value", "limit", "fields", "exclude_reference_link"),
}
"""What to write, for the names that other clients, and this one elsewhere, have for it."""

_INSTEAD: Final = {name: words for words, names in _ELSEWHERE.items() for name in names}


def refuse_unknown(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse keyword arguments that do not exist.

    Args:
        names: Those that were given beside the known ones.
        known: Names of those there are.
        what: Who was called.

    Raises:
        InvalidUsage: There is one.
    """
    for name in names:
        instead = _INSTEAD.get(name.lower())
        advice = f": use {instead}" if instead is not None else nearest(name, known)
        raise InvalidUsage(f"{what} has no argument {name!r}{advice}")


def checked_text(name: str, value: Any) -> str | None:
    """A user name as a text; programs of old pass bytes as well.

    Raises:
        InvalidUsage: It is something else.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if value is not None and not isinstance(value, str):
        raise InvalidUsage(f"{name} must be a text, not {type(value).__name__}")
    return value


def checked_password(kept: Secret[Any]) -> Secret[str] | None:
    """A password as a text.

    Raises:
        InvalidUsage: It is something else.
    """
    kind = type(kept.reveal())
    if kind is type(None):
        return None
    if issubclass(kind, bytes):
        return Secret(kept.reveal().decode("utf-8", "surrogateescape"))
    if not issubclass(kind, str):
        raise InvalidUsage(f"password must be a text, not {kind.__name__}")
    return kept


def checked_pair(kept: Secret[Any]) -> tuple[str, Secret[str]]:
    """User name and password, assigned together.

    Raises:
        InvalidUsage: They are no two texts.
    """
    pair = kept.reveal()
    if len(pair) != 2 or not all(isinstance(text, str) and text for text in pair):
        pair = None
        raise InvalidUsage("auth must be an object such as pysnow.BearerToken(...), or a pair of user and password")
    return pair[0], Secret(pair[1])


def checked_path(value: Any) -> Path | None:
    """The path of a file, or None.

    Raises:
        InvalidUsage: It is something else.
    """
    if value is None:
        return None
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        raise InvalidUsage(f"path must be that of a configuration, not {value!r}")
    return Path(value)


def checked_flag(name: str, value: Any) -> bool:
    """True or False.

    Raises:
        InvalidUsage: It is neither.
    """
    if not isinstance(value, bool):
        raise InvalidUsage(f"{name} must be True or False, not {value!r}")
    return value


def checked_retry(value: Any) -> Retry | None:
    """A policy, or None.

    Raises:
        InvalidUsage: It is something else.
    """
    return _checked_as("retry", value, Retry)


def checked_rate_limit(value: Any) -> RateLimit | None:
    """A rate limit, or None; a number out of a file or the environment is one of requests a second.

    Raises:
        InvalidUsage: It is something else.
    """
    return RateLimit(per_second=value) if type(value) in (int, float) else _checked_as("rate_limit", value, RateLimit)


def retry_of_count(count: int | None) -> Retry:
    """The policy of so many repetitions; the usual one for None.

    Raises:
        InvalidUsage: There are too many.
    """
    return RETRY if count is None else Retry(attempts=count + 1)


def checked_deadline(value: Any) -> float | None:
    """Seconds within a day, or None.

    Raises:
        InvalidUsage: It is something else.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (is_number and 0 < value <= DAY_SECONDS):
        raise InvalidUsage(f"deadline must be seconds above 0 and within a day, or None; not {value!r}")
    return None if value is None else float(value)


def checked_writes(value: Any) -> str:
    """How records are created.

    Raises:
        InvalidUsage: It is no such word.
    """
    if value not in ("plain", "verified"):
        raise InvalidUsage(f"writes must be 'plain' or 'verified', not {value!r}")
    return str(value)


def checked_user_agent(value: Any) -> str | None:
    """What a program calls itself, if a header can carry it.

    Raises:
        InvalidUsage: It cannot.
    """
    if value is None:
        return None
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value.strip() != value:
        raise InvalidUsage(f"user_agent must be a text such as 'reports/1.2' in ASCII, not {value!r}")
    return value or None


def checked_verify(verify: Any) -> bool | str | None:
    """Whether, or with which authorities, certificates are checked.

    Raises:
        InvalidUsage: It is neither a flag nor the path of a file.
    """
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


def checked_cert(cert: Any) -> str | tuple[str, str] | None:
    """A client certificate.

    Raises:
        InvalidUsage: It is no path, or pair of paths, of existing files.
    """
    if isinstance(cert, tuple) and len(cert) == 2:
        return _existing("cert", cert[0]), _existing("cert", cert[1])
    return None if cert is None else _existing("cert", cert)


def checked_proxies(kept: Secret[Any]) -> dict[str, str] | None:
    """Proxies; held until they are known to be such, because an address may have a password in it.

    Raises:
        InvalidUsage: They are none.
    """
    is_given = kept.reveal() is not None
    if is_given and not _is_of_texts(kept.reveal()):
        raise InvalidUsage("proxies must be a dict such as {'https': 'http://proxy.example.com:3128'}")
    return dict(kept.reveal()) if is_given else None


def checked_raise_on_empty(value: Any) -> bool:
    """Whether ``query()`` raises when no record matches.

    Raises:
        InvalidUsage: It is no flag.
    """
    if value is None:
        return True
    if not isinstance(value, bool):
        raise InvalidUsage(f"raise_on_empty must be True or False, not {value!r}")
    warn_deprecated("The argument raise_on_empty", "Response.one_or_none()")
    return value


def warn_deprecated(what: str, instead: str) -> None:
    """Warn that something is out of date.

    Args:
        what: What is.
        instead: What to use.
    """
    warnings.warn(f"{what} is deprecated; use {instead}", DeprecationWarning, stacklevel=callers_level())


def _checked_as(name: str, value: Any, kind: type[_Setting]) -> _Setting | None:
    if value is not None and not isinstance(value, kind):
        raise InvalidUsage(f"{name} must be a pysnow.{kind.__name__}, or None; not {value!r}")
    return value


def _existing(name: str, path: Any) -> str:
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path) or not os.path.exists(path):
        raise InvalidUsage(f"{name} must be the path of an existing file, not {path!r}")
    return str(os.fspath(path))


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(text, str) for pair in value.items() for text in pair)
