"""What a call wants of the instance, told from its verb and path alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOW = r"/api/now(?:/v\d+)?"
_WRITES = {"PUT": "update", "PATCH": "update", "DELETE": "delete"}

# Of several patterns that fit, the first counts.
_PATHS: tuple[tuple[re.Pattern[str], dict[str, str]], ...] = tuple(
    (re.compile(pattern), verbs)
    for pattern, verbs in (
        (_NOW + r"/table/(?P<table>[^/]+)", {"GET": "list", "POST": "create"}),
        (_NOW + r"/table/(?P<table>[^/]+)/(?P<sys_id>[^/]+)", {"GET": "read", **_WRITES}),
        (_NOW + r"/stats/(?P<table>[^/]+)", {"GET": "aggregate"}),
        (_NOW + r"/attachment", {"GET": "list"}),
        (_NOW + r"/attachment/(?:file|upload)", {"POST": "upload"}),
        (_NOW + r"/attachment/(?P<sys_id>[^/]+)/file", {"GET": "download"}),
        (_NOW + r"/attachment/(?P<sys_id>[^/]+)", {"GET": "read", "DELETE": "delete"}),
        (_NOW + r"/import/(?P<table>[^/]+)(?:/insertMultiple)?", {"POST": "import"}),
        (_NOW + r"/import/(?P<table>[^/]+)/(?P<sys_id>[^/]+)", {"GET": "read"}),
        (_NOW + r"/batch", {"POST": "batch"}),
        (r"/api/global/em/jsonv2", {"POST": "event"}),
        (r"/oauth_token\.do", {"POST": "token"}),
        (r"/oauth_revoke_token\.do", {"GET": "revoke", "POST": "revoke"}),
    )
)
_ATTACHMENTS = re.compile(_NOW + "/attachment(?:/.*)?")

REFRESH = "refresh"
"""A ``token`` call whose grant is a refresh token; only its body tells."""

OPERATIONS = frozenset({name for _, verbs in _PATHS for name in verbs.values()} | {REFRESH})
"""Names of all operations."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a call wants.

    Attributes:
        name: One of ``OPERATIONS``; empty for a path that belongs to none.
        table: Table of the call; empty when its path names none.
        sys_id: Record of the call; empty when its path names none.
    """

    name: str = ""
    table: str = ""
    sys_id: str = ""


def operation_of(method: str, path: str) -> Operation:
    """Tell the operation of a verb and a decoded path."""
    verb = "GET" if method == "HEAD" else method
    for pattern, verbs in _PATHS:
        if verb in verbs and (found := pattern.fullmatch(path)):
            parts = found.groupdict()
            table = parts.get("table") or ("sys_attachment" if _ATTACHMENTS.fullmatch(path) else "")
            return Operation(verbs[verb], table, parts.get("sys_id") or "")
    return Operation()
