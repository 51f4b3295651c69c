"""Signed assertions for the JWT bearer grant (RFC 7523), RS256 by the package ``cryptography``."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from pysnow.auth import Secret
from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AssertionSigner"]


class AssertionSigner:
    """Signs claims with a private RSA key. Threads may share it.

    Args:
        key: The key as PEM.
        key_id: What the instance knows the key by (``kid``).
        passphrase: What the PEM is encrypted with, if it is.

    Raises:
        InvalidUsage: The key cannot be read, is none of RSA, or ``cryptography`` is not installed.
    """

    def __init__(self, key: Secret[str], key_id: str, passphrase: Secret[str] | None = None) -> None:
        self._key = _private_key(key, passphrase)
        self._header = {"alg": "RS256", "typ": "JWT", "kid": key_id}

    def __repr__(self) -> str:
        return "AssertionSigner()"

    def signed(self, claims: Mapping[str, object]) -> Secret[str]:
        """Give claims with their signature, as a compact JSON Web Token.

        Args:
            claims: What is asserted.
        """
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        text = f"{_encoded(self._header)}.{_encoded(claims)}"
        signature = self._key.sign(text.encode(), PKCS1v15(), SHA256())
        return Secret(f"{text}.{_unpadded(signature)}")


def _private_key(key: Secret[str], passphrase: Secret[str] | None) -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] != "cryptography":
            raise
        raise InvalidUsage("Signing needs the package cryptography: pip install 'pysnow[jwt]'") from None
    try:
        found = load_pem_private_key(
            key.reveal().encode(), passphrase.reveal().encode() if passphrase is not None else None
        )
    except (ValueError, TypeError) as exc:  # not a key; a passphrase too many or too few, or a wrong one
        reason = str(exc).partition("(")[0].strip()[:100]
        found = None
    else:
        reason = "it is a key of another kind"
    if not isinstance(found, RSAPrivateKey):
        raise InvalidUsage(f"The key must be a private RSA key as PEM text: {reason}")
    return found


def _encoded(value: object) -> str:
    return _unpadded(json.dumps(value, separators=(",", ":")).encode())


def _unpadded(data: bytes) -> str:
    """Base64url without padding (RFC 7515, appendix C)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
