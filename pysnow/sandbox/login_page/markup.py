"""Small pages of HTML. Every text that comes from elsewhere passes through ``escape``."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from pysnow.sandbox.http.answer import Answer, Content

_HEADERS = (
    # No page of another site may show one of ours in a frame and have people click on it.
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'"),
)


def page(title: str, body: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Give a page.

    Args:
        title: Its title, as text.
        body: What it shows, as HTML.
        status: HTTP status.
        headers: Headers beside those of every page.
    """
    text = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f"<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )
    return Answer(status, Content(iter((text.encode(),)), "text/html;charset=UTF-8"), (*_HEADERS, *headers))


def error_page(status: int, text: str) -> Answer:
    """Give a page that says what is wrong."""
    return page("Error", f"<p>{escape(text)}</p>", status=status)


def hidden_fields(values: Mapping[str, str]) -> str:
    """Give fields of a form that nobody sees."""
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in values.items()
    )
