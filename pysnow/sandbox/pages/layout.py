"""What all pages share: head, navigation and foot, and the small pieces they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pysnow.sandbox.http.answer import Answer, Content
from pysnow.sandbox.markup import Child, Html, document, group, joined, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.visit import Visit

HTML = "text/html; charset=utf-8"

_PLACES = (("Tables", addresses.HOME), ("Requests", addresses.REQUESTS), ("Faults", addresses.FAULTS))


def page(
    visit: Visit,
    title: str,
    *content: Child,
    way: Sequence[tuple[str, str]] = (),
    place: str = addresses.HOME,
    status: int = 200,
) -> Answer:
    """Build a whole page.

    Args:
        visit: The visit.
        title: Title of the page, also its heading.
        *content: What stands below the heading.
        way: Labels and addresses of the pages above this one.
        place: Which part of the navigation the page belongs to.
        status: HTTP status.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} - pysnow sandbox"),
        tag("link", rel="stylesheet", href=addresses.STYLE),
        tag("link", rel="icon", href=addresses.ICON, type="image/svg+xml"),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", class_="skip", href="#content"),
        tag("header", tag("div", _brand(), " ", _navigation(place), class_="bar")),
        tag("main", _trail(way) if way else None, tag("h1", title), *content, id="content"),
        tag("footer", _foot(visit)),
    )
    return Answer(status, Content(iter((document("en", head, body),)), HTML))


def see_other(address: str) -> Answer:
    """Send the visitor on with a GET, after a form or from the address of another page."""
    return Answer(303, headers=(("Location", address),))


def link(text: Child, address: str, **attributes: str) -> Html:
    """Build a link."""
    return tag("a", text, href=address, **attributes)


def notice(*content: Child, kind: str = "note") -> Html:
    """Build a remark that stands out; ``kind`` is ``note`` or ``warning``."""
    return tag("p", *content, class_=f"notice {kind}")


def prose(text: str) -> Html:
    """Build running text out of a docstring: what stands between double backquotes is code."""
    return group(code(part) if position % 2 else part for position, part in enumerate(text.split("``")))


def code(text: str) -> Html:
    """Build a short piece of code."""
    return tag("code", text)


def copyable(label: str, text: str) -> Html:
    """Build a block of code that one click selects whole."""
    return tag("figure", tag("figcaption", label), tag("pre", tag("code", text), tabindex="0"))


def table_of(heads: tuple[Child, ...], rows: list[Html], *, caption: str = "", class_: str = "") -> Html:
    """Build a table, which scrolls sideways where it is too wide.

    Args:
        heads: Its column heads: cells, or what stands in them.
        rows: Its rows.
        caption: What it shows, for those who do not see it.
        class_: Class of its look.
    """
    cells = [head if isinstance(head, Html) else tag("th", head, scope="col") for head in heads]
    whole = tag(
        "table",
        tag("caption", caption) if caption else None,
        tag("thead", tag("tr", cells)),
        tag("tbody", rows),
        class_=class_ or None,
    )
    return tag("div", whole, class_="scroll", tabindex="0", role="region", aria_label=caption or None)


def button_form(visit: Visit, label: str, action: str, fields: Mapping[str, str] | None = None) -> Html:
    """Build a form that is nothing but a button."""
    hidden = [tag("input", type="hidden", name=name, value=value) for name, value in (fields or {}).items()]
    return tag("form", token_field(visit), hidden, tag("button", label), method="post", action=action, class_="inline")


def token_field(visit: Visit) -> Html:
    """Build the hidden field without which nothing is changed."""
    return tag("input", type="hidden", name="token", value=visit.token)


def _trail(way: Sequence[tuple[str, str]]) -> Html:
    items = [tag("li", link(label, address)) for label, address in way]
    return tag("nav", tag("ol", items), class_="trail", aria_label="Way to this page")


def _brand() -> Html:
    return link(group("pysnow ", tag("span", "sandbox")), addresses.HOME, class_="brand")


def _navigation(place: str) -> Html:
    return tag("nav", joined(" ", _nav_links(place)), aria_label="Parts of the sandbox")


def _nav_links(place: str) -> Iterator[Html]:
    for label, address in _PLACES:
        yield tag("a", label, href=address, aria_current="page" if address == place else None)


def _foot(visit: Visit) -> Html:
    caller = visit.caller
    return tag(
        "p",
        "A local instance at ",
        code(visit.instance.base_url),
        f". Pages show everything, whatever the access rules, with times in {caller.time_zone} as {caller.name} sees "
        "them. Their visits are not in the request log.",
    )
