"""Addresses: of an instance, however it is spelled, and of the paths below it."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pysnow.exceptions import InvalidUsage
from pysnow.field_value import raw_value

__all__ = ["URLBuilder", "checked_table", "instance_url", "table_of"]

_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)
_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
_INSTANCE_NAME = re.compile(_LABEL, re.ASCII)
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.ASCII)
_TABLE_NAME = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_TABLE_PATH = re.compile(r"(?P<api>/api/now(?:/v\d+)?|/v\d+)?/table/(?P<name>[A-Za-z0-9_]+)(?P<below>/.*)?", re.ASCII)
_DOMAIN = ".service-now.com"


class URLBuilder:
    """The address of one API path, and of what lies below it.

    Args:
        base_url: Address of the instance: scheme and host, no path.
        base_path: Path that a family of APIs shares, such as ``/api/now``.
        api_path: Path of the API below it, such as ``/table/incident``.

    Raises:
        InvalidUsage: A path is not made of plain segments.
    """

    def __init__(self, base_url: str, base_path: str, api_path: str) -> None:
        self.base_url: str = base_url
        self.base_path: str = self.validate_path(base_path)
        self.api_path: str = self.validate_path(api_path)
        self.path: str = self.base_path + self.api_path

    @staticmethod
    def validate_path(path: Any) -> str:
        """Check a path, segment by segment.

        Args:
            path: ``/`` and segments of letters, digits and ``. _ ~ -``, with single slashes between them. One slash at
                the end is taken off.

        Returns:
            The path.

        Raises:
            InvalidUsage: It is something else: relative, with ``..``, an escape, a query, a whole address.
        """
        if not isinstance(path, str):
            raise InvalidUsage(f"A path must be a text such as '/table/incident', not {type(path).__name__}")
        if "?" in path:
            raise InvalidUsage(f"Path {path!r} holds a '?': pass query parameters with params={{...}} instead")
        if "://" in path:
            raise InvalidUsage(f"Path {path!r} is a whole address: pass the part behind the host only")
        segments = path.removesuffix("/").split("/")
        if segments.pop(0) != "" or not segments:
            raise InvalidUsage(f"Path {path!r} must begin with '/' and name something, such as '/table/incident'")
        for segment in segments:
            if not _SEGMENT.fullmatch(segment) or segment in (".", ".."):
                raise InvalidUsage(
                    f"Path {path!r} has the segment {segment!r}: use letters, digits, '.', '_', '~' and '-', "
                    "with single slashes between segments"
                )
        return "/" + "/".join(segments)

    @staticmethod
    def get_base_url(use_ssl: bool, instance: str | None = None, host: str | None = None) -> str:
        """Address of an instance; see :func:`instance_url`."""
        return instance_url(instance=instance, host=host, use_ssl=use_ssl)

    def get_url(self) -> str:
        """Address of the API path."""
        return self.base_url + self.path

    def get_path(self, append: Any = None) -> str:
        """Path of the API below the host, with more segments behind it.

        Args:
            append: What lies below, with or without a leading slash: a text, or a mapping with a ``value`` such as a
                reference or a ``sys_id`` read with ``display_value="all"``.

        Raises:
            InvalidUsage: It is neither, or not made of plain segments.
        """
        if append is None:
            return self.path
        append = raw_value(append)
        if not isinstance(append, str):
            raise InvalidUsage(f"path_append must be a text such as '/<sys_id>', not {type(append).__name__}")
        return self.path + self.validate_path(append if append.startswith("/") else f"/{append}")

    def get_appended_custom(self, path_append: Any) -> str:
        """Address of what lies below the API path; ``path_append`` as in :meth:`get_path`.

        Raises:
            InvalidUsage: It is not a path.
        """
        return self.base_url + self.get_path(path_append)


def table_of(path: str) -> tuple[str, bool] | None:
    """The table that a path of the Table API names, and whether it names nothing below it; None for other paths.

    Args:
        path: Path below the host, or below ``/api/now``.
    """
    found = _TABLE_PATH.fullmatch(path)
    return (found["name"], not found["below"]) if found else None


def checked_table(name: Any) -> str:
    """The name of a table, if it is one.

    Raises:
        InvalidUsage: It holds something else than letters, digits and ``_``.
    """
    if isinstance(name, str) and _TABLE_NAME.fullmatch(name):
        return name
    raise InvalidUsage(f"A table name has letters, digits and '_' only, such as 'incident'; not {name!r}")


def instance_url(
    instance: str | None = None, host: str | None = None, *, use_ssl: bool = True, allow_http: bool = False
) -> str:
    """Address of an instance, from any spelling of it.

    Args:
        instance: Name (``dev1``), host name (``dev1.service-now.com``, a custom domain) or address
            (``https://dev1.service-now.com/nav_to.do?uri=...``) of the instance.
        host: Host name, with a port if need be, or address.
        use_ssl: False for plain HTTP.
        allow_http: Whether an address may say plain HTTP by itself, wherever it leads.

    Returns:
        Scheme, host and port.

    Raises:
        InvalidUsage: Neither or both are given, one cannot be read, holds a user name, or asks for plain HTTP to
            another machine without ``use_ssl=False`` or ``allow_http``.
    """
    if instance and host:
        raise InvalidUsage("Arguments 'instance' and 'host' are mutually exclusive: pass one of them")
    spelling = instance or host
    if not spelling:
        raise InvalidUsage("Which instance? Pass instance='dev1', or host='dev1.example.com'")
    if not isinstance(spelling, str):
        raise InvalidUsage(f"An instance is named by a text, not {type(spelling).__name__}")
    if "@" in spelling:  # what stands before it may be a password, so nothing is quoted
        raise InvalidUsage("An address must not hold a user name: pass user= and password= instead")
    spelling = spelling.strip()
    name = re.split("[/?#]", spelling, maxsplit=1)[0]
    if instance and not set(name) & set(".:"):
        if not _INSTANCE_NAME.fullmatch(name) or spelling.startswith(f"{name}?"):
            raise InvalidUsage(
                f"{spelling!r} is no instance: a name has letters, digits and, between them, '-'; 63 at the most"
            )
        return f"{'https' if use_ssl else 'http'}://{name.lower()}{_DOMAIN}"
    return _address(spelling, use_ssl, allow_http)


def _address(spelling: str, use_ssl: bool, allow_http: bool) -> str:
    explicit = "://" in spelling
    parts = _split(spelling if explicit else f"{'https' if use_ssl else 'http'}://{spelling}", spelling)
    if parts.scheme not in ("http", "https"):
        raise InvalidUsage(f"{spelling!r} is not an http(s) address of an instance")
    if parts.netloc.endswith(":"):
        raise InvalidUsage(f"{spelling!r} is no address of an instance: there is nothing behind the colon")
    name = _host_name(parts.hostname or "", spelling)
    if explicit and parts.scheme == "http" and use_ssl and not (allow_http or _is_loopback(name)):
        raise InvalidUsage(
            f"{spelling!r} is plain HTTP: write https://; if everybody on the way may read password and data, pass "
            "allow_insecure_http=True"
        )
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{name}{port}"


def _split(address: str, spelling: str) -> SplitResult:
    if re.search(r"[\s\\\x00-\x20\x7f]", address):
        raise InvalidUsage(f"{spelling!r} is no address of an instance: it holds blanks or control characters")
    try:
        parts = urlsplit(address)
        _ = parts.port  # parsed, and refused, on access
    except ValueError as exc:
        raise InvalidUsage(f"{spelling!r} is no address of an instance: {exc}") from exc
    return parts


def _host_name(name: str, spelling: str) -> str:
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]"
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError as exc:
            raise InvalidUsage(f"{spelling!r} is no host name: {exc}") from exc
    if not _HOST_NAME.fullmatch(name):
        raise InvalidUsage(f"{spelling!r} is neither an instance's name, a host name nor an address")
    return name


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
