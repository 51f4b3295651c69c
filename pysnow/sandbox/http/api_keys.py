"""API keys: the header, or by an access policy the query parameter, ``x-sn-apikey`` ("API key", vendor docs)."""

from __future__ import annotations

import hmac

from werkzeug.wrappers import Request

from pysnow.sandbox.instance.api_policies import Admission
from pysnow.sandbox.instance.platform import Platform, same

KEY_NAME = "x-sn-apikey"

_TABLE = "api_key"


def key_of(request: Request, admission: Admission) -> str:
    """Give the API key of a request, from where the API takes one; empty for none."""
    if "header" in admission.key_places and (key := request.headers.get(KEY_NAME, "")):
        return key
    return request.args.get(KEY_NAME, "") if "query" in admission.key_places else ""


def user_of_key(platform: Platform, key: str) -> str | None:
    """Give the user name an active key stands for; None when there is no such key."""
    now = platform.now()
    columns = ("token", "expires", "user.user_name")
    for row in platform.rows_where(_TABLE, same("active", "true"), columns=columns):
        is_living = row["expires"] is None or row["expires"] > now
        if is_living and hmac.compare_digest((row["token"] or "").encode(), key.encode("utf-8", "replace")):
            return row["user.user_name"]
    return None
