"""A visitor of the sandbox's pages: asks for them as a browser does, and reads them with Python's own HTML parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import Client, TestResponse

from pysnow.sandbox import Sandbox

_VOID = frozenset({"br", "hr", "input", "link", "meta"})


@dataclass
class Element:
    """One element of a page."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text below it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def iter(self) -> Iterator[Element]:
        """The element and all below it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.iter()

    def all(self, name: str, /, **attributes: str) -> list[Element]:
        """All elements of a name, with certain values of attributes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [each for each in self.iter() if each.name == name and wanted.items() <= each.attributes.items()]

    def one(self, name: str, /, **attributes: str) -> Element:
        """The only element of that kind."""
        (found,) = self.all(name, **attributes)
        return found

    def links(self) -> dict[str, str]:
        """Addresses by the text of the link; of equal texts the first counts."""
        found: dict[str, str] = {}
        for each in self.all("a"):
            found.setdefault(each.text, each.attributes["href"] or "")
        return found

    def rows(self) -> list[list[str]]:
        """Texts of the cells of all table bodies, row by row."""
        bodies = self.all("tbody")
        return [
            [cell.text for cell in row.children if isinstance(cell, Element)]
            for body in bodies
            for row in body.all("tr")
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(text: str) -> Element:
    """Read HTML that closes every element it opens, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].name}> is never closed"
    return reader.open[0]


class Visitor:
    """Visits the pages of a sandbox without a socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._client = Client(sandbox)

    def get(self, address: str, **headers: str) -> TestResponse:
        """Ask for an address as a browser does."""
        sent = {"Accept": "text/html,*/*;q=0.8"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self._client.get(address, headers=sent)

    def page(self, address: str) -> Element:
        """Visit a page that is there."""
        answer = self.get(address)
        assert answer.status_code == 200, answer.text
        return read_html(answer.text)

    def post(self, address: str, form: dict[str, str], **headers: str) -> TestResponse:
        """Post a form as it is."""
        return self._client.post(
            address, data=form, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    def submit(self, form: Element, **changes: str) -> TestResponse:
        """Fill in a form of a page, and post it."""
        fields = {each.attributes["name"] or "": each.attributes.get("value") or "" for each in form.all("input")}
        for select in form.all("select"):
            chosen = [each for each in select.all("option") if "selected" in each.attributes] or select.all("option")
            fields[select.attributes["name"] or ""] = chosen[0].attributes.get("value", chosen[0].text) or ""
        return self.post(form.attributes["action"] or "", fields | changes)
