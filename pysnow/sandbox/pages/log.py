"""The request log: what came, how it was answered, and each request in words to use again."""

from __future__ import annotations

from collections.abc import Sequence

from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.request_log import KEPT_BODY_BYTES, LoggedRequest
from pysnow.sandbox.markup import Html, group, joined, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.layout import button_form, code, copyable, link, notice, page, see_other
from pysnow.sandbox.pages.masking import masked_body, masked_pairs, masked_text
from pysnow.sandbox.pages.replay import Call
from pysnow.sandbox.pages.spellings import spellings
from pysnow.sandbox.pages.visit import Visit

_LIMIT = 50
_LONGEST_BODY = 8 * 1024  # characters of a body that a page shows; programs read more from the log itself
_TELLING_HEADERS = ("accept", "content-type", "user-agent", "x-http-method-override", "x-no-response-body")


def show_requests(visit: Visit) -> Answer:
    """Show the log, the newest request first."""
    newest_first = visit.log[::-1]
    offset = visit.parameters.count("offset", 0)
    shown = newest_first[offset : offset + _LIMIT]
    total = len(newest_first)
    return page(
        visit,
        "Requests",
        _top(visit, offset, len(shown), total),
        tag("ol", [_entry(visit, entry) for entry in shown], class_="cards") if shown else _nothing(visit),
        _pager(offset, total) if total > _LIMIT else None,
        place=addresses.REQUESTS,
    )


def clear_requests(visit: Visit) -> Answer:
    """Forget all requests."""
    visit.log.clear()
    return see_other(addresses.REQUESTS)


def _top(visit: Visit, offset: int, shown: int, total: int) -> Html:
    span = f"{offset + 1:,} to {offset + shown:,} of {total:,}, newest first" if shown else f"{total:,} in all"
    again = link("Refresh", addresses.REQUESTS)
    forget = button_form(visit, "Forget all", addresses.CLEAR_REQUESTS) if total else None
    return tag("div", tag("span", span, class_="soft"), " ", again, " ", forget, class_="pager")


def _nothing(visit: Visit) -> Html:
    call = code(f"{visit.instance.base_url}/api/now/table/incident")
    return notice("Nothing was asked yet. Send a request to ", call, " and come back.")


def _pager(offset: int, total: int) -> Html:
    places = (("Newer", max(offset - _LIMIT, 0), offset > 0), ("Older", offset + _LIMIT, offset + _LIMIT < total))
    links = [
        link(label, addresses.with_parameters(addresses.REQUESTS, offset=place))
        for label, place, is_there in places
        if is_there
    ]
    return tag("nav", joined(" ", links), class_="pager", aria_label="Pages of the log")


def _entry(visit: Visit, entry: LoggedRequest) -> Html:
    query = masked_pairs(entry.query)
    body = masked_body(_body(entry))
    return tag(
        "li",
        _headline(entry),
        _parameters(query),
        tag("ul", [tag("li", _headline(part)) for part in entry.parts], class_="parts") if entry.parts else None,
        tag(
            "details",
            tag("summary", "Details, and how to repeat it"),
            _headers(entry),
            copyable("Body", body[:_LONGEST_BODY] or " ") if body else None,
            spellings(visit, _call(entry, query, body), entry.user),
        ),
    )


def _headline(entry: LoggedRequest) -> Html:
    parts = (
        tag("code", entry.method, class_="method"),
        tag("code", masked_text(entry.path), class_="path"),
        tag("span", f"fault: {entry.fault}", class_="chip bad") if entry.fault else None,
        tag("span", "changed data", class_="chip odd") if entry.committed else None,
        tag("span", entry.user or "nobody", class_="soft"),
        tag("span", entry.status or "no answer", class_=f"status {_mood(entry.status)}"),
    )
    return tag("p", joined(" ", filter(None, parts)), class_="call")


def _mood(status: int) -> str:
    if not status or status >= 500:
        return "bad"
    return "odd" if status >= 400 else "good"


def _parameters(query: Sequence[tuple[str, str]]) -> Html | None:
    if not query:
        return None
    return tag("dl", [group(tag("dt", code(name)), tag("dd", code(value))) for name, value in query], class_="sent")


def _headers(entry: LoggedRequest) -> Html:
    told = [(name, masked_text(entry.headers[name])) for name in _TELLING_HEADERS if name in entry.headers]
    scheme = entry.headers.get("authorization", "").partition(" ")[0]
    pairs = [*told, ("authorization", f"{scheme} ***")] if scheme else told
    return tag("dl", [group(tag("dt", name), tag("dd", value)) for name, value in pairs], class_="sent")


def _body(entry: LoggedRequest) -> str:
    """Give the body as text; what is no text is named by its size."""
    try:
        return entry.body.decode()
    except UnicodeDecodeError:
        size = len(entry.body)
        return f"({size:,}{' or more' if size >= KEPT_BODY_BYTES else ''} bytes that are no text)"


def _call(entry: LoggedRequest, query: Sequence[tuple[str, str]], body: str) -> Call:
    return Call(entry.method, entry.path, tuple(query), body, entry.headers.get("content-type", ""))
