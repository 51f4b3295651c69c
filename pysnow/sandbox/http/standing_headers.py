"""Headers that every answer of an instance carries (recorded on a 2026 instance)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime


def standing_headers(
    transaction_id: str, *, now: datetime, is_logged_in: bool, waited_ms: int, secure: bool
) -> list[tuple[str, str]]:
    """Build the headers.

    Args:
        transaction_id: 12 hexadecimal digits.
        now: Time by the instance's clock.
        is_logged_in: Whether the caller was identified.
        waited_ms: Milliseconds the call waited for its session.
        secure: Whether the caller came over TLS.
    """
    headers = [
        ("Server", "snow_adc"),
        ("Date", format_datetime(now.astimezone(UTC), usegmt=True)),
        ("X-Is-Logged-In", "true" if is_logged_in else "false"),
        ("X-Transaction-ID", transaction_id),
        ("Server-Timing", f't;desc="{transaction_id}", sem_wait;dur=0, sesh_wait;dur={waited_ms}'),
        ("X-Content-Type-Options", "nosniff"),
        ("Pragma", "no-store,no-cache"),
        ("Cache-Control", "no-cache,no-store,must-revalidate,max-age=-1"),
        ("Expires", "0"),
    ]
    if secure:
        headers.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))
    return headers
