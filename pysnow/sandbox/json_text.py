"""JSON as an instance writes it: no whitespace, raw UTF-8, escapes for control characters only."""

from __future__ import annotations

import json
from json.encoder import encode_basestring

_encoder = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def json_text(value: object) -> str:
    """Write one value as JSON text."""
    return _encoder.encode(value)


string_text = encode_basestring
"""Write a text as JSON text: what ``json_text`` does, in a third of its time; a page holds tens of thousands."""
