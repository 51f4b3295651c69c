"""ECDSA over the curve P-256 (FIPS 186-5, SEC 1), as plain arithmetic: keys and signatures of one sandbox's life.

Points are pairs of coordinates; None is the point at infinity.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from pysnow.sandbox.tls import der

P256 = "1.2.840.10045.3.1.7"
"""Object identifier of the curve."""

_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_SIZE = 32

_Point = tuple[int, int] | None
RandomBelow = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key.

    Attributes:
        number: The secret.
        public: The public key: 04, x, y.
    """

    number: int
    public: bytes

    def __repr__(self) -> str:
        return "<SigningKey>"

    def sign(self, message: bytes, random_below: RandomBelow = secrets.randbelow) -> bytes:
        """Sign a message with SHA-256; gives the signature in DER."""
        digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
        while True:
            nonce = 1 + random_below(_ORDER - 1)
            point = _multiple(nonce, _BASE)
            r = point[0] % _ORDER if point else 0
            s = pow(nonce, -1, _ORDER) * (digest + r * self.number) % _ORDER
            if r and s:
                return der.sequence(der.integer(r), der.integer(s))

    def encoded(self) -> bytes:
        """Give the key in DER, as SEC 1 has it."""
        secret = der.octet_string(self.number.to_bytes(_SIZE, "big"))
        curve = der.explicit(0, der.object_identifier(P256))
        return der.sequence(der.integer(1), secret, curve, der.explicit(1, der.bit_string(self.public)))


def new_key(random_below: RandomBelow = secrets.randbelow) -> SigningKey:
    """Make a key."""
    number = 1 + random_below(_ORDER - 1)
    point = _multiple(number, _BASE)
    assert point is not None  # the base has a prime order, which the number is below
    x, y = point
    return SigningKey(number, b"\x04" + x.to_bytes(_SIZE, "big") + y.to_bytes(_SIZE, "big"))


def _multiple(factor: int, point: _Point) -> _Point:
    result: _Point = None
    while factor:
        if factor & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        factor >>= 1
    return result


def _sum(one: _Point, other: _Point) -> _Point:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % _PRIME == 0:
        return None
    # A tangent, with the curve's a = -3, or a chord.
    rise, run = (3 * x1 * x1 - 3, 2 * y1) if one == other else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, _PRIME)
    x = (slope * slope - x1 - x2) % _PRIME
    return x, (slope * (x1 - x) - y1) % _PRIME
