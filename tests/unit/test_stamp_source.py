"""What a page shows of the instance's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pysnow import UnexpectedResponseFormat
from pysnow.tracking.stamp_source import DatedPage, shown_clock


def test_shown_clock__of_a_page() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert shown_clock(DatedPage(asked_at=noon)) == noon


def test_shown_clock__without_one_nothing_can_be_promised() -> None:
    with pytest.raises(UnexpectedResponseFormat, match="no Date header"):
        shown_clock(DatedPage())
