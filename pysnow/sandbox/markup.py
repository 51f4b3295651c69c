"""HTML as values: text is escaped when it becomes part of an element, and nothing else makes HTML.

The invariant: an ``Html`` is well-formed, and every text from outside that went into it can only be read as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TypeAlias

_VOID = frozenset({"br", "hr", "input", "link", "meta"})
# No page may hold them (HTML Standard, "Preprocessing the input stream"); shown, so that nobody overlooks them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of a page.

    Attributes:
        text: The HTML.
    """

    text: str


Child: TypeAlias = "Html | str | int | None | Iterable[Child]"
"""What an element may hold: None is nothing, text is escaped."""
Attribute: TypeAlias = "str | int | bool | None"
"""Value of an attribute: True writes the name alone, None and False leave it out."""

NOTHING = Html("")


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """Build an element.

    Args:
        name: Its name.
        *children: What it holds; a void element holds nothing.
        **attributes: Its attributes; an underscore at the end of a name is dropped (``class_``), one inside becomes a
            hyphen.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(start if name in _VOID else f"{start}{group(*children).text}</{name}>")


def group(*children: Child) -> Html:
    """Put pieces one after the other."""
    return Html("".join(map(_inside, children)))


def joined(separator: str, items: Iterable[Child]) -> Html:
    """Put pieces one after the other, with a text between each two."""
    return group(*((separator, item) if position else item for position, item in enumerate(items)))


def document(language: str, *children: Child) -> bytes:
    """Write a whole page.

    Args:
        language: Its language, such as ``en``.
        *children: Head and body.
    """
    return f"<!DOCTYPE html>\n{tag('html', *children, lang=language).text}\n".encode()


def _inside(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child.text
    if isinstance(child, str | int):
        return _escaped(str(child))
    return "".join(map(_inside, child))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _escaped(text: str) -> str:
    return escape(_UNPRINTABLE.sub("\ufffd", text), quote=True)
