"""What is read: shapes, lengths and modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["FULL", "QUICK", "Scenario"]


@dataclass(frozen=True)
class Scenario:
    """One table of figures.

    Attributes:
        shape: ``wide``: 92 columns. ``narrow``: seven. ``both``: 92 with values and display values.
        page: Records of a page.
        total: Records of all pages.
        mode: ``stream``: each record is dropped when the next one comes. ``list``: all of them are kept.
        is_large: Whether slow clients are left out.
    """

    shape: str
    page: int
    total: int
    mode: str
    is_large: bool = False

    @property
    def title(self) -> str:
        """What the table is headed with."""
        pages = "one page" if self.page == self.total else f"pages of {self.page:,}"
        return f"{self.shape}, {self.total:,} records in {pages}, {self.mode}"


FULL: Final = (
    Scenario("wide", 10_000, 10_000, "stream"),
    Scenario("wide", 10_000, 10_000, "list"),
    Scenario("both", 10_000, 10_000, "stream", is_large=True),
    Scenario("narrow", 10_000, 50_000, "stream", is_large=True),
    Scenario("wide", 100, 10_000, "stream", is_large=True),
    Scenario("wide", 10_000, 100_000, "stream", is_large=True),
)

QUICK: Final = (
    Scenario("wide", 1_000, 1_000, "stream"),
    Scenario("wide", 1_000, 1_000, "list"),
    Scenario("narrow", 1_000, 10_000, "stream"),
    Scenario("wide", 100, 1_000, "stream"),
)
