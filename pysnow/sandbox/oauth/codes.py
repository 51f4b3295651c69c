"""Authorization codes: given to a browser, exchanged once for tokens by the application it was sent back to.

With a code challenge (PKCE, RFC 7636, method ``S256``) only who knows the verifier can exchange the code.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

from pysnow.sandbox.instance.platform import Platform
from pysnow.sandbox.oauth.applications import Application
from pysnow.sandbox.oauth.credentials import Credential, Credentials, Kind

CODE_LIFE = timedelta(seconds=300)
"""Codes are short-lived; how short is our default (RFC 6749, 4.1.2 allows ten minutes)."""

_CODE_BYTES = 64
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_code_challenge(text: str) -> bool:
    """Tell whether a text can be a challenge of the method ``S256``: 32 bytes in base64url (RFC 7636, 4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def code_challenge(verifier: str) -> str:
    """Give the challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


class CodeBook:
    """All authorization codes of an instance; threads may share it.

    Args:
        platform: The instance's store and clock.
        new_code: Source of code texts.
    """

    def __init__(
        self, platform: Platform, new_code: Callable[[], str] = lambda: secrets.token_urlsafe(_CODE_BYTES)
    ) -> None:
        self._platform = platform
        self._credentials = Credentials(platform)
        self._new_code = new_code

    def issue(self, application: Application, user: str, *, redirect_uri: str, challenge: str = "") -> str:
        """Make a code for a user who agreed.

        Args:
            application: Who may exchange it.
            user: Key of the user in ``sys_user``.
            redirect_uri: Where it is sent; the exchange must name the same.
            challenge: Code challenge; empty for none.
        """
        code = Credential(
            Kind.CODE,
            self._new_code(),
            application.sys_id,
            user,
            self._platform.clock() + CODE_LIFE,
            redirect_uri=redirect_uri,
            code_challenge=challenge,
        )
        self._credentials.add(code)
        return code.text

    def redeem(self, application: Application, code: str, *, redirect_uri: str, verifier: str) -> Credential | None:
        """Take a code in exchange; None when it is not this application's, dead, used, or not proven.

        A code is used up by the first attempt, successful or not (our default).
        """
        found = self._credentials.find(Kind.CODE, code)
        # Of two at once only one removes it.
        if found is None or not self._credentials.remove(code):
            return None
        is_right = (found.application, found.redirect_uri) == (application.sys_id, redirect_uri)
        return found if is_right and _is_proven(found.code_challenge, verifier) else None


def _is_proven(challenge: str, verifier: str) -> bool:
    if not challenge:
        # A verifier without a challenge means that somebody took the challenge away (RFC 9700, 4.8.2).
        return not verifier
    is_well_formed = _VERIFIER.fullmatch(verifier) is not None
    return is_well_formed and hmac.compare_digest(code_challenge(verifier), challenge)
