"""Progress: whatever is there to show it, or nothing."""

from __future__ import annotations

import io
import sys
import types
from typing import Any

import pytest

from pysnow.exceptions import InvalidUsage
from pysnow.walking.progress import make_meter


class _Bar:
    """As much of ``tqdm.tqdm`` as is used."""

    made: list[_Bar] = []

    def __init__(self, **options: Any) -> None:
        self.options, self.n, self.is_closed = options, 0, False
        self.made.append(self)

    def update(self, count: int) -> None:
        self.n += count

    def close(self) -> None:
        self.is_closed = True


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def tqdm(monkeypatch: pytest.MonkeyPatch) -> type[_Bar]:
    """Has a tqdm installed."""
    _Bar.made.clear()
    module = types.ModuleType("tqdm")
    module.tqdm = _Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", module)
    return _Bar


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has neither tqdm nor rich."""
    for name in ("tqdm", "rich", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize("progress", [None, False])
def test_make_meter__nothing(progress):
    assert make_meter(progress) is None


@pytest.mark.parametrize("progress", ["yes", 1, 0])
def test_make_meter__nonsense(progress):
    with pytest.raises(InvalidUsage):
        make_meter(progress)


def test_meter__function_is_told_as_it_is():
    told = []
    make_meter(lambda received, expected: told.append((received, expected))).show(3, None)
    assert told == [(3, None)]


def test_meter__tqdm(tqdm):
    meter = make_meter(True)
    for received in (1, 2, 7):
        meter.show(received, 9)
    meter.end()
    assert [(bar.options["total"], bar.n, bar.is_closed) for bar in tqdm.made] == [(9, 7, True)]


def test_meter__tqdm_shows_nothing_before_the_first_row(tqdm):
    make_meter(True).end()
    assert tqdm.made == []


def test_meter__rich(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    meter = make_meter(True)
    meter.show(3, 9)
    assert meter.end() is None


def test_meter__line_on_a_terminal(nothing_installed, monkeypatch):
    stream = _Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    meter = make_meter(True)
    meter.show(1200, 5000)
    meter.end()
    assert stream.getvalue() == "\r1,200 of 5,000 rows\r1,200 of 5,000 rows\n"


def test_meter__line_without_expectation(nothing_installed, monkeypatch):
    stream = _Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    make_meter(True).show(12, None)
    assert stream.getvalue() == "\r12 rows"


def test_meter__nothing_in_a_log_file(nothing_installed, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    meter = make_meter(True)
    meter.show(1, 2)
    meter.end()
    assert stream.getvalue() == ""
