"""One-time codes of multifactor authentication: six digits, another every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
from base64 import b32decode
from binascii import Error as Base32Error
from datetime import datetime

CODE_DIGITS = 6
STEP_SECONDS = 30

# A code is taken a step early and a step late: clocks of telephones differ (RFC 6238, 5.2).
_STEPS = (0, -1, 1)


def one_time_code(secret: str, moment: datetime) -> str:
    """Give the code of a moment.

    Args:
        secret: The key in base32, as authenticator apps take it.
        moment: The time, aware of its zone.

    Raises:
        ValueError: The secret is not base32.
    """
    return _code(_key(secret), int(moment.timestamp()) // STEP_SECONDS)


def is_current_code(code: str, secret: str, now: datetime) -> bool:
    """Tell whether a code is the present one, or a neighbour; nothing fits a secret that is not base32."""
    try:
        key = _key(secret)
    except ValueError:
        return False
    step = int(now.timestamp()) // STEP_SECONDS
    expected = (_code(key, step + off) for off in _STEPS)
    return any(hmac.compare_digest(each.encode(), code.encode("utf-8", "replace")) for each in expected)


def _key(secret: str) -> bytes:
    text = secret.replace(" ", "").upper()
    try:
        key = b32decode(text + "=" * (-len(text) % 8))
    except Base32Error as error:
        raise ValueError("the secret is not base32") from error
    if not key:
        raise ValueError("the secret is empty")
    return key


def _code(key: bytes, step: int) -> str:
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)
