"""Reading of forms, which the OAuth endpoints and the pages are sent."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from pysnow.sandbox.http.errors import too_large_body

LONGEST_FORM = 500_000
"""Bytes of a form; our default."""


def read_form(request: Request) -> Mapping[str, str]:
    """Read the fields of a form; of a repeated name the first counts.

    Raises:
        ApiError: 400, the form is too large.
    """
    request.max_content_length = LONGEST_FORM
    try:
        return request.form
    except RequestEntityTooLarge:
        raise too_large_body(request.content_length or LONGEST_FORM + 1, LONGEST_FORM) from None
