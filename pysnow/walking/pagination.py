"""Values that walks through a table are made of: what to ask for, what came, how large a page should be.

Nothing is fetched here. ``keyset_walk`` and ``offset_walk`` decide, ``page_source`` fetches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pysnow.encoded_query import Condition
from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import JSON, Record
    from pysnow.exceptions import PysnowException

__all__ = [
    "MAX_EMPTY_PAGES",
    "Ask",
    "Coverage",
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

_FEW: Final = 10
"""Hidden rows that are rather taken one by one than passed at the word of a header."""

_PLACES: Final = (0.5, 0.75, 0.25, 0.9)
"""Where, among the rows that are left, one is searched for that is shown."""

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


class Coverage:
    """How many rows behind an offset an instance has certainly looked at, when it answers with few or none.

    Threads that walk through the same table may share it.
    """

    def __init__(self) -> None:
        self._largest = 0
        self._stride = 0
        self._believed = 0
        self._tried = 0
        self._searches = 0
        self._out_of_reach: int | None = None
        self._lock = Lock()

    @property
    def is_blank(self) -> bool:
        """Whether no page has shown so far how far one reaches."""
        return not self._largest

    @property
    def rests_on_word(self) -> bool:
        """Whether more rows were passed at a time than any page has borne out, as ``Link`` alone allowed it.

        An instance that caps the limit may still reckon with what was asked for.
        """
        return self._believed > max(self._largest, 1)

    def note_page(self, rows: int) -> None:
        """Note how many rows a page held, or certainly reached."""
        self._largest = max(self._largest, rows)

    def is_filled_by(self, rows: int) -> bool:
        """Tell whether a page of so many rows may have been cut at the limit that the instance keeps to."""
        return rows >= self._largest > 0

    def rows(self, ask: Ask) -> int:
        """Give the number, 1 at least: as far as a page has been seen to reach.

        Args:
            ask: What was asked for.
        """
        return min(max(self._largest, 1), ask.limit)

    def rows_at_word(self, ask: Ask, left: int) -> int:
        """Give the number as ``Link`` has it, where no page has shown how far one reaches; otherwise as seen.

        Args:
            ask: What was asked for.
            left: Rows that are left.
        """
        takes_word = self.is_blank and self._out_of_reach is None and left > _FEW
        return min(max(self._stride, 1), ask.limit) if takes_word else self.rows(ask)

    def note_stride(self, ask: Ask, stride: int | None) -> None:
        """Note how far behind a page the next one begins, as ``Link`` has it.

        Args:
            ask: What was asked for.
            stride: The number; None without a next one.
        """
        if stride is not None and 0 < stride <= ask.limit:
            self._stride = max(self._stride, stride)

    def note_passed(self, rows: int) -> None:
        """Note how many rows were passed at a time, none of which came."""
        with self._lock:  # of what pages show, a smaller number may win; of what was believed, never
            self._believed = max(self._believed, rows)

    def limit_to_learn(self, left: int, page_size: int) -> int | None:
        """Rows to ask for so that ``Link`` tells how far such a page reaches; None when that is known well enough.

        A page that would hold all that is left has no next one, and ``Link`` says nothing; and where few rows have come
        that could tell, a walk would have to take hidden rows one by one. So few that this is bearable are taken so.

        Args:
            left: Rows behind the last one, hidden ones included.
            page_size: Most rows to ask for.
        """
        limit = min(left // 2, page_size)
        if not self.is_blank or left <= _FEW or limit <= 2 * max(self._stride, self._tried):
            return None
        self._tried = limit
        return limit

    def offset_to_search(self, left: int) -> int | None:
        """Rows to skip to come upon one that may tell how far a page reaches, as none has come; None for no use.

        Args:
            left: Rows that are left, hidden ones included.
        """
        if not self.is_blank or left <= _FEW or self._searches == len(_PLACES):
            return None
        self._searches += 1
        return int(left * _PLACES[self._searches - 1])

    def limit_of_look(self, rows: int, page_size: int) -> int | None:
        """Rows to ask for so that a page that shows the last of them tells how far it reaches; None for no use.

        Args:
            rows: Rows there are, hidden ones included.
            page_size: Most rows to ask for.
        """
        limit = min(rows, page_size, self._out_of_reach or page_size)
        return limit if rows > _FEW and limit > 2 * max(self._largest, 1) else None

    def note_out_of_reach(self, rows: int) -> None:
        """Note that a page of so many rows did not show the last of them, although it was to be seen before."""
        self._out_of_reach = max(1, rows // 2)
