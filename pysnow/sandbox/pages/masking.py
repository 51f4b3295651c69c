"""Secrets in what a request carried, taken out before a page shows it.

The log itself keeps bodies as they came, but for OAuth forms: tests compare them with what was sent. Names decide what
is secret, and rather too many than too few.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable

from pysnow.sandbox.http.request_log import MASK

_WORDS = r"(?:passw(?:or)?d|passphrase|passcode|secret|token|api_?key|assertion|credential|authorization|cookie)"
_NAME = rf"[\w.:%-]*{_WORDS}[\w.:%-]*?"
_SECRET_NAME = re.compile(_WORDS, re.I)
# Of forms and encoded queries: the operator stays, what is compared goes.
_PAIR = re.compile(
    rf"((?<![<\w.:%/-]){_NAME}"
    r"(?:!=|>=|<=|=|>|<|NOT LIKE|NOT IN|NOTIN|LIKE|STARTSWITH|ENDSWITH|BETWEEN|NSAMEAS|SAMEAS|IN|[*%]))"
    r"(?:[^&^]|\^\^)+",
    re.I,
)
_MEMBER = re.compile(rf'("{_NAME}"\s*:\s*")(?:[^"\\]|\\.)*', re.I | re.DOTALL)
_ELEMENT = re.compile(rf"(<{_NAME}(?:\s[^<>]*)?>)[^<]+", re.I)
_HEADER = re.compile(r"(authorization:\s*\w+\s+)[^\s\"']+", re.I)


def masked_pairs(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give parameters without the secrets in them, the conditions of encoded queries included."""
    return [(name, MASK if _is_secret(name) else masked_text(value)) for name, value in pairs]


def masked_body(text: str) -> str:
    """Give a body without the secrets in it: JSON, a form or XML, whole or cut."""
    try:
        document = json.loads(text)
        masked = _masked(document)
        return text if masked == document else json.dumps(masked, ensure_ascii=False)
    except (ValueError, RecursionError):
        return masked_text(text)


def masked_text(text: str) -> str:
    """Give a text without what follows a secret's name: in pairs, members, elements and headers."""
    for pattern in (_MEMBER, _ELEMENT, _HEADER, _PAIR):
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def _masked(value: object) -> object:
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {key: _masked_member(value, key) for key in value}
    return masked_text(value) if isinstance(value, str) else value


def _masked_member(members: dict[str, object], key: str) -> object:
    value = members[key]
    # A batch holds headers as {"name": ..., "value": ...} and bodies in base64 (Batch API documentation).
    is_secret = _is_secret(key) or (key == "value" and _is_secret(str(members.get("name"))))
    if is_secret and value not in (None, ""):
        return MASK
    if key == "body" and "url" in members and isinstance(value, str):
        return _masked_base64(value)
    return _masked(value)


def _masked_base64(text: str) -> str:
    try:
        inner = b64decode(text, validate=True).decode()
    except ValueError:
        return masked_text(text)
    masked = masked_body(inner)
    return text if masked == inner else b64encode(masked.encode()).decode()


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None
