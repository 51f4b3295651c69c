"""Values that walks through a table are made of: what to ask for, what came, how large a page should be.

Nothing is fetched here. ``keyset_walk`` and ``offset_walk`` decide, ``page_source`` fetches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pysnow.encoded_query import Condition
from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import JSON, Record
    from pysnow.exceptions import PysnowException

__all__ = [
    "MAX_EMPTY_PAGES",
    "Ask",
    "KeyedRow",
    "Page",
    "PageSize",
    "Position",
    "Span",
    "Step",
    "Walk",
    "is_border",
    "is_plain",
    "keyed",
    "odd_ones",
    "sys_id_of",
]

MAX_EMPTY_PAGES: Final = 1000
"""Empty pages in succession after which a walk is stuck."""

_GROWTH_PAUSE_MAX: Final = 8
"""Most whole pages to wait for before a page that was made smaller grows again."""

_PLAIN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PLAIN_LINES = re.compile(r"(?:[0-9a-f]{32}\n)*", re.ASCII)
_PLAIN_BOUND = re.compile(r"[0-9a-f]{1,32}", re.ASCII)

KeyedRow: TypeAlias = "tuple[str, Record]"
"""A record beside its sys_id; the sys_id is empty where a table has none."""


def is_plain(sys_id: str | None) -> bool:
    """Tell whether a sys_id is of the kind that the platform makes: its order is the same everywhere."""
    return sys_id is not None and _PLAIN.fullmatch(sys_id) is not None


def odd_ones(sys_ids: Sequence[str]) -> list[str]:
    """Those sys_ids that are not of the kind that the platform makes."""
    lines = "\n".join((*sys_ids, ""))
    if len(lines) == 33 * len(sys_ids) and _PLAIN_LINES.fullmatch(lines):
        return []
    return [sys_id for sys_id in sys_ids if not is_plain(sys_id)]


def is_border(text: str) -> bool:
    """Tell whether a text is the beginning of a sys_id of that kind."""
    return _PLAIN_BOUND.fullmatch(text) is not None


def sys_id_of(row: JSON) -> str:
    """Give the sys_id of a record, in whatever shape it was read; empty when it has none."""
    sys_id = row.get("sys_id") if isinstance(row, dict) else None
    if not isinstance(sys_id, str):
        sys_id = raw_value(sys_id)
    return sys_id if isinstance(sys_id, str) else ""


def keyed(rows: Sequence[JSON]) -> tuple[KeyedRow, ...]:
    """Put its sys_id beside each record."""
    try:
        keys = [row["sys_id"] for row in rows]
        "".join(keys)  # texts, all of them?
    except (TypeError, KeyError, IndexError):
        keys = [sys_id_of(row) for row in rows]
    return tuple(zip(keys, rows, strict=True))


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a table: the rows between two sys_ids, in the order of the instance.

    Attributes:
        low: Where it begins; None at the beginning of the table.
        is_low_included: Whether ``low`` itself belongs to it.
        high: Where it ends, without ``high`` itself; None at the end of the table.
    """

    low: str | None = None
    is_low_included: bool = False
    high: str | None = None

    def behind(self, sys_id: str) -> Span:
        """The part that comes after a row."""
        return Span(sys_id, False, self.high)

    def until(self, high: str | None) -> Span:
        """The part that comes before a border."""
        return Span(self.low, self.is_low_included, high)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the rows of it have in common."""
        low = () if self.low is None else (Condition("sys_id", ">=" if self.is_low_included else ">", self.low),)
        return low if self.high is None else (*low, Condition("sys_id", "<", self.high))

    def excludes(self, sys_id: str) -> bool:
        """Tell whether a row certainly does not belong here; not known of ids of another kind than the platform's."""
        if not is_plain(sys_id):
            return False
        # The beginning of an id is shorter than the ids that begin with it, thus below them.
        if self.low is not None and is_border(self.low) and (sys_id, self.is_low_included) <= (self.low, False):
            return True
        return self.high is not None and is_border(self.high) and sys_id >= self.high


@dataclass(frozen=True, slots=True)
class Ask:
    """A page to fetch.

    Attributes:
        span: Part of the table that it is about.
        limit: Most rows (``sysparm_limit``).
        offset: Rows of the span to skip (``sysparm_offset``).
        is_ahead: Whether it is fetched before the pages between the span's beginning and it have been seen; then it
            fits only if it holds the last row of the page before it.
        is_counted: Whether the instance is to count (False: ``sysparm_no_count``).
        is_look: Whether it is asked for to learn how far an answer reaches; its rows are left for later.
        is_backward: Whether the rows come in reverse order.
    """

    span: Span
    limit: int
    offset: int = 0
    is_ahead: bool = False
    is_counted: bool = True
    is_look: bool = False
    is_backward: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What came of it.

    Attributes:
        rows: The rows that came whole.
        total: Rows that match, hidden ones included (``X-Total-Count``); None when that was not said.
        stride: How far behind this page the next one begins, as ``Link`` has it; None without a next one.
        error: What cut the page short, or kept it from coming at all.
        was_repeated: Whether it was asked for repeatedly before the error was given.
        place: Rows of the same answer that came before these, when it is looked at part by part.
        has_more: Whether more of them follow.
    """

    rows: Sequence[JSON] = ()
    total: int | None = None
    stride: int | None = None
    error: PysnowException | None = None
    was_repeated: bool = False
    place: int = 0
    has_more: bool = False

    @property
    def reach(self) -> int:
        """Rows of the answer up to here."""
        return self.place + len(self.rows)


@dataclass(frozen=True, slots=True)
class Step:
    """What a page brought.

    Attributes:
        rows: Rows to hand out.
        error: What went wrong.
        is_flaw: Whether the error is that the page contradicts what was asked; asking again may heal that.
        duplicates: Rows left out because they had come before.
        is_missed: Whether the page, which was fetched ahead, does not join on to the one before it: nothing of it was
            taken.
    """

    rows: tuple[KeyedRow, ...] = ()
    error: PysnowException | None = None
    is_flaw: bool = False
    duplicates: int = 0
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on when a walk is taken up again.

    Attributes:
        spans: Parts of the table that are still to be read.
        offset: Rows to skip, where pages are counted off.
        last: The last row that was handed out.
    """

    spans: tuple[Span, ...] = (Span(),)
    offset: int = 0
    last: str | None = None


class Walk(Protocol):
    """A way through a part of a table."""

    @property
    def span(self) -> Span:
        """What is left."""
        ...

    @property
    def is_done(self) -> bool:
        """Whether the end was reached."""
        ...

    @property
    def is_proven(self) -> bool:
        """Whether the instance's count vouches for it."""
        ...

    @property
    def first_total(self) -> int | None:
        """Rows that matched when the walk began, hidden ones included; None when that was not said."""
        ...

    @property
    def offset(self) -> int:
        """Where the page that was taken last begins, where pages are counted off."""
        ...

    @property
    def takes_parts(self) -> bool:
        """Whether a page may be looked at part by part."""
        ...

    def ask(self, wanted: int | None = None) -> Ask:
        """Say which page is next.

        Args:
            wanted: Rows that are still wanted; None for all.
        """
        ...

    def take(self, ask: Ask, page: Page) -> Step:
        """Look at a page and decide how to go on."""
        ...

    def following(self, ask: Ask, last: str | None, total: int | None, wanted: int | None = None) -> Ask | None:
        """Guess which page is next behind one that has arrived, but has not been looked at; None for no guess.

        Args:
            ask: What the page answers.
            last: sys_id of its last row; None when that is not known.
            total: Its count.
            wanted: Rows that are still wanted, those of the page included; None for all.
        """
        ...

    def further(self, gained: int, total: int | None = None, wanted: int | None = None) -> Ask | None:
        """Say which page to fetch ahead, behind others that are under way; None for none.

        Args:
            gained: Rows that those are to bring.
            total: Rows that are left, if the page that comes next has told.
            wanted: Rows that are still wanted, theirs included; None for all.
        """
        ...

    def gain(self, ask: Ask, stride: int | None = None) -> int:
        """Rows that a page is to bring.

        Args:
            ask: What it answers.
            stride: How far behind it the next one begins, if that is known.
        """
        ...

    def shrink(self) -> bool:
        """Ask for smaller pages from now on; False when they cannot be smaller."""
        ...


class PageSize:
    """How many rows to ask for: half as many when an instance does not get done with a page, and more again later.

    Args:
        most: Rows of a page when all is well.
        now: Rows of the first page.
    """

    def __init__(self, most: int, now: int | None = None) -> None:
        self._most = most
        self.now = min(most, now or most)
        self._whole_pages = 0
        self._pause = 1

    def shrink(self) -> bool:
        """Halve it; False when it is 1 already."""
        if self.now == 1:
            return False
        self.now //= 2
        self._whole_pages = 0
        # What fails at one size will fail there again: try more and more rarely.
        self._pause = min(self._pause * 2, _GROWTH_PAUSE_MAX)
        return True

    def grow(self) -> None:
        """Note a page that came whole; after some of them, double the size."""
        self._whole_pages += 1
        if self.now < self._most and self._whole_pages >= self._pause:
            self.now = min(self.now * 2, self._most)
            self._whole_pages = 0
            self._pause = max(1, self._pause // 2)
