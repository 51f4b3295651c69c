"""Passwords: kept as salted hashes, never as text."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

SCHEME = "pbkdf2_sha256"

# Far fewer rounds than a service on the internet needs: these guard demo data, and every request with Basic
# authentication pays for them.
ROUNDS = 1000


def hash_password(password: str, *, salt: str | None = None) -> str:
    """Hash a password for ``sys_user.user_password``.

    Args:
        password: The password as typed.
        salt: Text mixed in; random unless given. A fixed one makes demo data reproducible.

    Returns:
        Scheme, rounds, salt and hash, joined by ``$``.
    """
    salt = secrets.token_hex(8) if salt is None else salt
    return f"{SCHEME}${ROUNDS}${salt}${_digest(password, salt, ROUNDS)}"


def verify_password(password: str, stored: str | None) -> bool:
    """Tell whether a password fits a stored hash; anything that is not a hash of ours never fits."""
    scheme, _, rest = (stored or "").partition("$")
    rounds, _, rest = rest.partition("$")
    salt, _, digest = rest.rpartition("$")
    if scheme != SCHEME or not (rounds.isascii() and rounds.isdigit()):
        return False
    return hmac.compare_digest(_digest(password, salt, int(rounds)), digest)


# A call without a session signs in anew, and most calls do so with the same password.
@lru_cache(maxsize=64)
def _digest(password: str, salt: str, rounds: int) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), rounds).hex()
