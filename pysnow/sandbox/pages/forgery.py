"""Posts from elsewhere: a page of another site must not make its visitor's browser change anything here."""

from __future__ import annotations

import hmac

from werkzeug.wrappers import Request

from pysnow.sandbox.pages.visit import PageError

_OWN = frozenset({"", "same-origin"})


def check_post(request: Request, given: str, token: str) -> None:
    """Refuse a post that does not come from a form of the sandbox itself.

    Args:
        request: The post.
        given: Token in its form.
        token: The token of the sandbox's own forms.

    Raises:
        PageError: 403, it came from elsewhere, or its form is from before a restart.
    """
    if not _is_from_here(request) or not hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
        text = "This form did not come from this sandbox, or the sandbox was restarted since: load the page again."
        raise PageError(403, "Refused", text)


def _is_from_here(request: Request) -> bool:
    # Browsers send both headers with a post (Fetch standard); text browsers send neither, and have the token.
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.host}"
    return origin in (None, own) and request.headers.get("Sec-Fetch-Site", "") in _OWN
