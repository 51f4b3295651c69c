"""Python's search for reference cycles, while a list of records is built."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from pysnow.reading.gc_pause import GC_PAUSE

if TYPE_CHECKING:
    from pysnow.resource import Resource


def _searches_of_a_list(incidents: Resource) -> int:
    """Searches for cycles while the records of one page become a list."""
    answer, searches = incidents.get(limit=50), []

    def note(phase: str, _: dict[str, int]) -> None:
        if phase == "stop":
            searches.append(phase)

    before = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(20)
    try:
        assert len(answer.all()) == 50
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(note)
    return len(searches)


def test_list__holds_the_search_off_unless_told_otherwise(incidents: Resource, monkeypatch: pytest.MonkeyPatch) -> None:
    held_off = _searches_of_a_list(incidents)
    monkeypatch.setattr(GC_PAUSE, "is_wanted", False)
    assert held_off < _searches_of_a_list(incidents)
