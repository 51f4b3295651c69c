"""X.509 certificates (RFC 5280): an authority, and one server below it."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from pysnow.sandbox.tls import der
from pysnow.sandbox.tls.p256 import P256, SigningKey, new_key

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

_LIFE = timedelta(days=90)
_SLACK = timedelta(days=1)  # for the clocks of containers and other machines
_AUTHORITY = "pysnow sandbox authority"
_SERVER = "pysnow sandbox"

_EC_KEY = "1.2.840.10045.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_COMMON_NAME = "2.5.4.3"
_SUBJECT_KEY = "2.5.29.14"
_KEY_USAGE = "2.5.29.15"
_ALTERNATIVE_NAMES = "2.5.29.17"
_BASIC_CONSTRAINTS = "2.5.29.19"
_AUTHORITY_KEY = "2.5.29.35"
_EXTENDED_KEY_USAGE = "2.5.29.37"
_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"

_SIGNS_CERTIFICATES = der.bit_string(b"\x06", unused_bits=1)  # keyCertSign, cRLSign
_SIGNS_HANDSHAKES = der.bit_string(b"\x80", unused_bits=7)  # digitalSignature


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """What a server shows, and what its callers trust; all as PEM.

    Attributes:
        authority: Certificate of the authority. Its key is gone: nothing else can be signed with it.
        certificate: Certificate of the server.
        key: Key of the server.
    """

    authority: str
    certificate: str
    key: str

    def __repr__(self) -> str:
        return "<ServerIdentity>"


def new_identity(now: datetime, names: Iterable[str] = LOOPBACK_NAMES) -> ServerIdentity:
    """Make an authority and a server certificate signed by it.

    Args:
        now: The time; both are good for some months from the day before.
        names: Host names and addresses of the server.
    """
    authority, server = new_key(), new_key()
    root = _certificate(now, authority, _AUTHORITY, authority, _authority_extensions(authority))
    leaf = _certificate(now, authority, _SERVER, server, _server_extensions(authority, server, names))
    return ServerIdentity(
        _pem("CERTIFICATE", root), _pem("CERTIFICATE", leaf), _pem("EC PRIVATE KEY", server.encoded())
    )


def _certificate(now: datetime, issuer: SigningKey, subject: str, key: SigningKey, extensions: bytes) -> bytes:
    algorithm = der.sequence(der.object_identifier(_ECDSA_SHA256))
    contents = der.sequence(
        der.explicit(0, der.integer(2)),  # version 3
        der.integer(secrets.randbits(126) + 1),
        algorithm,
        _name(_AUTHORITY),
        der.sequence(der.utc_time(now - _SLACK), der.utc_time(now + _LIFE)),
        _name(subject),
        der.sequence(
            der.sequence(der.object_identifier(_EC_KEY), der.object_identifier(P256)), der.bit_string(key.public)
        ),
        der.explicit(3, extensions),
    )
    return der.sequence(contents, algorithm, der.bit_string(issuer.sign(contents)))


def _authority_extensions(key: SigningKey) -> bytes:
    return der.sequence(
        _extension(_BASIC_CONSTRAINTS, der.sequence(der.boolean(True), der.integer(0)), critical=True),
        _extension(_KEY_USAGE, _SIGNS_CERTIFICATES, critical=True),
        _extension(_SUBJECT_KEY, der.octet_string(_key_id(key))),
    )


def _server_extensions(authority: SigningKey, key: SigningKey, names: Iterable[str]) -> bytes:
    return der.sequence(
        _extension(_BASIC_CONSTRAINTS, der.sequence(), critical=True),
        _extension(_KEY_USAGE, _SIGNS_HANDSHAKES, critical=True),
        _extension(_EXTENDED_KEY_USAGE, der.sequence(der.object_identifier(_SERVER_AUTH))),
        _extension(_ALTERNATIVE_NAMES, der.sequence(*(_alternative(name) for name in names))),
        _extension(_SUBJECT_KEY, der.octet_string(_key_id(key))),
        _extension(_AUTHORITY_KEY, der.sequence(der.implicit(0, _key_id(authority)))),
    )


def _extension(identifier: str, value: bytes, *, critical: bool = False) -> bytes:
    mark = der.boolean(True) if critical else b""
    return der.sequence(der.object_identifier(identifier), mark, der.octet_string(value))


def _name(common_name: str) -> bytes:
    pair = der.sequence(der.object_identifier(_COMMON_NAME), der.utf8_string(common_name))
    return der.sequence(der.set_of(pair))


def _alternative(name: str) -> bytes:
    try:
        return der.implicit(7, ip_address(name).packed)
    except ValueError:
        return der.implicit(2, name.encode("idna"))


def _key_id(key: SigningKey) -> bytes:
    return hashlib.sha1(key.public, usedforsecurity=False).digest()  # as RFC 5280, 4.2.1.2 proposes: a name, no proof


def _pem(label: str, content: bytes) -> str:
    text = base64.b64encode(content).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
