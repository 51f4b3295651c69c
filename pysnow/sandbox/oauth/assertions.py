"""Signed assertions (``urn:ietf:params:oauth:grant-type:jwt-bearer``, RFC 7523): who signed, for whom, until when.

The application's registered keys are rows of ``jwt_verifier_map``, found by the ``kid`` of the assertion's header. A
row with a shared key takes ``HS256`` alone and one with a certificate ``RS256`` alone, so that nobody can have a public
certificate taken for a shared key.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.instance.platform import Platform, Row, same
from pysnow.sandbox.oauth.applications import Application
from pysnow.sandbox.oauth.credentials import Credential, Credentials, Kind
from pysnow.sandbox.oauth.signatures import HS256, RS256, is_hs256, is_rs256

_VERIFIERS = "jwt_verifier_map"
_CERTIFICATES = "sys_certificate"
_UNSIGNED = "none"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion, taken apart and not verified.

    Attributes:
        algorithm: ``alg`` of the header.
        key_id: ``kid`` of the header; empty for none.
        claims: The claims.
        signed: The bytes that the signature covers.
        signature: The signature.
    """

    algorithm: str
    key_id: str
    claims: Mapping[str, object]
    signed: bytes
    signature: bytes

    def text(self, claim: str) -> str:
        """Give a claim that is a text; empty when it is none, or one that no database can hold."""
        value = self.claims.get(claim)
        return value if isinstance(value, str) and not _LONE_SURROGATE.search(value) else ""

    def moment(self, claim: str) -> datetime | None:
        """Give a claim that is a point in time (seconds since 1970); None when it is none."""
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, ValueError, OSError):
            return None


def read_assertion(text: str) -> Assertion | None:
    """Take a compact JSON Web Token apart; None when it is none."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims, signature = (_unpadded(part) for part in parts)
        members, values = json.loads(header), json.loads(claims)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or not isinstance(values, dict):
        return None
    signed = ".".join(parts[:2]).encode()
    return Assertion(str(members.get("alg", "")), str(members.get("kid", "")), values, signed, signature)


class AssertionVerifier:
    """Decides whether an assertion proves what it says; threads may share it.

    Args:
        platform: The instance's store and clock.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._credentials = Credentials(platform)

    def user_of(self, application: Application, text: str) -> str | None:
        """Give the key of the user an application's assertion speaks for; None when it proves nothing.

        Raises:
            ApiError: 501, the signature cannot be verified here.
        """
        assertion = read_assertion(text)
        if assertion is None or not self._is_signed(application, assertion):
            return None
        if not self._is_meant_for_us(application, assertion) or not self._is_timely(application, assertion):
            return None
        user = self._user(application, assertion.text("sub"))
        if user is None or not self._is_first_use(application, assertion):
            return None
        return user

    def _is_signed(self, application: Application, assertion: Assertion) -> bool:
        if assertion.algorithm == _UNSIGNED:
            return False
        if assertion.algorithm not in (HS256, RS256):
            raise not_emulated(f"JWT signed with {assertion.algorithm[:20]!r}: {HS256} and {RS256} are known")
        keys = self._platform.rows_where(_VERIFIERS, same("oauth_jwt", application.sys_id))
        return any(self._fits(key, assertion) for key in keys if (key["kid"] or "") == assertion.key_id)

    def _fits(self, key: Row, assertion: Assertion) -> bool:
        if assertion.algorithm == HS256:
            shared_key = key["shared_key"]
            return bool(shared_key) and is_hs256(shared_key or "", assertion.signed, assertion.signature)
        certificate = self._platform.store.get(_CERTIFICATES, key["sys_certificate"] or "")
        if certificate is None or certificate["active"] != "true":
            return False
        return is_rs256(certificate["pem_certificate"] or "", assertion.signed, assertion.signature)

    def _is_meant_for_us(self, application: Application, assertion: Assertion) -> bool:
        """Tell whether issuer and audience are the application's client id (documentation of the JWT grant)."""
        audience = assertion.claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        return assertion.text("iss") == application.client_id and application.client_id in audiences

    def _is_timely(self, application: Application, assertion: Assertion) -> bool:
        now, skew = self._platform.clock(), application.clock_skew
        ends = assertion.moment("exp")
        if ends is None or ends <= now - skew:
            return False
        # Claims that are there must be right, those that are not are nobody's claims.
        starts = [assertion.moment(name) for name in ("nbf", "iat") if name in assertion.claims]
        return all(start is not None and start <= now + skew for start in starts)

    def _user(self, application: Application, subject: str) -> str | None:
        if not subject or self._platform.dictionary.column("sys_user", application.user_field) is None:
            return None
        users = self._platform.rows_where("sys_user", same(application.user_field, subject), limit=2)
        found = [user["sys_id"] for user in users if (user[application.user_field] or "").lower() == subject.lower()]
        return found[0] if len(found) == 1 else None

    def _is_first_use(self, application: Application, assertion: Assertion) -> bool:
        """Note the id of an assertion, and tell whether it is new."""
        if not application.checks_ids:
            return True
        name, ends = assertion.text("jti"), assertion.moment("exp")
        if not name or ends is None:
            return False
        text = hashlib.sha256(f"{application.sys_id} {name}".encode()).hexdigest()
        return self._credentials.add(Credential(Kind.JWT_ID, text, application.sys_id, "", ends))


def _unpadded(part: str) -> bytes:
    """Decode base64url without padding (RFC 7515, appendix C).

    Raises:
        ValueError: The part is something else.
    """
    try:
        return urlsafe_b64decode(part.encode("ascii") + b"=" * (-len(part) % 4))
    except (Base64Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
