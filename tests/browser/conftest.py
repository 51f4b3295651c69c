"""Tests in a real browser run where Debian's chromium is installed; elsewhere there is nothing to collect here.

``tox -e browser`` runs these alone, and fails where nothing was collected.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

CHROMIUM = shutil.which("chromium")

collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One browser for all tests, with a profile of its own."""
    from tests.browser.chromium import Chromium

    assert CHROMIUM is not None
    with Chromium(CHROMIUM, tmp_path_factory.mktemp("profile")) as browser:
        yield browser
