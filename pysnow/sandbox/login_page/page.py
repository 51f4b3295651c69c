"""The frame of the pages people sign in on."""

from __future__ import annotations

from collections.abc import Mapping

from pysnow.sandbox.http.answer import Answer, Content
from pysnow.sandbox.markup import Child, Html, document, group, tag

_HEADERS = (
    # No page of another site may show one of ours in a frame and have people click on it.
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'"),
)


def page(title: str, *content: Child, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Give a page.

    Args:
        title: Its title.
        *content: What it shows.
        status: HTTP status.
        headers: Headers beside those of every page.
    """
    head = tag("head", tag("meta", charset="utf-8"), tag("title", title))
    text = document("en", head, tag("body", tag("h1", title), *content))
    return Answer(status, Content(iter((text,)), "text/html;charset=UTF-8"), (*_HEADERS, *headers))


def error_page(status: int, text: str) -> Answer:
    """Give a page that says what is wrong."""
    return page("Error", tag("p", text), status=status)


def hidden_fields(values: Mapping[str, str]) -> Html:
    """Give fields of a form that nobody sees."""
    return group(tag("input", type="hidden", name=name, value=value) for name, value in values.items())
