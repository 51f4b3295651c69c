"""Settings that hold when nothing else is said, each with its unit and where it comes from."""

from __future__ import annotations

from typing import Final

BASE_PATH: Final = "/api/now"
"""Path that the platform's own REST APIs share (REST API documentation)."""

LIMIT_RECORDS: Final = 10_000
"""Records of one page: the instance's own default (``glide.db.max_view_records``), always sent in words."""

CHUNK_SIZE_BYTES: Final = 8192
"""Bytes read before the first record of a streamed answer can come."""

BUFFERED_BODY_BYTES: Final = 268_435_456
"""Longest body that is held in memory, inflated: 256 MiB, some 100,000 wide records; streams have no limit."""

ERROR_BODY_BYTES: Final = 1_048_576
"""How much of an answer's body is read to explain why it is no success; explanations take a few hundred bytes."""

CONNECT_TIMEOUT_SECONDS: Final = 10.0
"""Longest wait for a connection; a reachable instance answers within one or two."""

READ_TIMEOUT_SECONDS: Final = 60.0
"""Longest silence within an answer: the platform cancels REST transactions after 60 seconds (KB1297438)."""

TIMEOUT: Final[tuple[float, float]] = (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
"""Connect and read timeout of every request."""

DEADLINE_SECONDS: Final = 120.0
"""Longest time of a call, all attempts together: twice the time that the platform gives a transaction."""

TOKEN_DEADLINE_SECONDS: Final = 30.0
"""Longest time of asking for a token, which takes the platform a fraction of a second."""

TOKEN_LIFETIME_SECONDS: Final = 1800
"""Lifetime of an access token whose answer does not tell: the platform's default (OAuth documentation)."""

ATTACHMENTS_LISTED: Final = 100
"""Attachments listed when no record is named."""
