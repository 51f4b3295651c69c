"""Signatures of JSON Web Tokens: ``HS256`` by the standard library, ``RS256`` where ``cryptography`` is installed."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from pysnow.sandbox.http.errors import not_emulated

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

HS256 = "HS256"
RS256 = "RS256"


def is_hs256(shared_key: str, signed: bytes, signature: bytes) -> bool:
    """Tell whether a signature was made with a shared key (RFC 7518, 3.2)."""
    return hmac.compare_digest(hmac.new(shared_key.encode(), signed, hashlib.sha256).digest(), signature)


def is_rs256(pem_certificate: str, signed: bytes, signature: bytes) -> bool:
    """Tell whether a signature was made with the private key of a certificate (RFC 7518, 3.3).

    Raises:
        ApiError: 501, ``cryptography`` is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256
    except ImportError:
        raise not_emulated("JWT signed with RS256: install the package cryptography to have it verified") from None
    key = _public_key(pem_certificate)
    if key is None:
        return False
    try:
        key.verify(signature, signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _public_key(pem_certificate: str) -> RSAPublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_pem_x509_certificate

    try:
        key = load_pem_x509_certificate(pem_certificate.encode()).public_key()
    except ValueError:
        return None
    return key if isinstance(key, RSAPublicKey) else None
