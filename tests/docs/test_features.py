"""The page of features: every line has a test that bears it out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "features.rst").read_text(encoding="utf-8")
NAMED = re.findall(r"^      - ``(test_\w+)``$", PAGE, re.MULTILINE)
TESTS = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("name", NAMED)
def test_feature__has_its_test(name: str) -> None:
    assert name in TESTS


def test_feature__each_line_names_one() -> None:
    assert len(NAMED) == PAGE.count("    * - ") > 0
