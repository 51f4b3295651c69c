"""Names for the fixed words of the query language."""

from __future__ import annotations

from enum import Enum

__all__ = [
    "Boolean",
    "Comparator",
    "DateTimeOn",
    "Equality",
    "Order",
    "RelativeDirection",
    "RelativeEquality",
    "RelativeTimeWindows",
]


class Order(Enum):
    """Direction of an order."""

    asc = "ASC"
    desc = "DESC"


class Comparator(Enum):
    """Base of the words that stand between two things."""


class Equality(Comparator):
    """Comparison of a column with a value."""

    eq = "="
    ne = "!="
    gt = ">"
    gte = ">="
    lt = "<"
    lte = "<="


class Boolean(Comparator):
    """What joins two conditions; ``nq_`` begins another query, whose rows are added."""

    and_ = "^"
    or_ = "^OR"
    nq_ = "^NQ"


class RelativeEquality(Enum):
    """Comparison of a moment with another one that is given relative to now."""

    eq = "RELATIVEEE"
    gt = "RELATIVEGT"
    gte = "RELATIVEGE"
    lt = "RELATIVELT"
    lte = "RELATIVELE"


class RelativeTimeWindows(Enum):
    """Unit of a distance in time."""

    minute = "minute"
    hour = "hour"
    day = "dayofweek"
    month = "month"
    quarter = "quarter"
    year = "year"


class RelativeDirection(Enum):
    """Side of now: before it or after it."""

    ago = "ago"
    ahead = "ahead"


def _period(label: str, name: str) -> str:
    return f"{label}@javascript:gs.beginningOf{name}()@javascript:gs.endOf{name}()"


class DateTimeOn(Enum):
    """Periods for the operators ON and NOTON; the instance finds their ends, in the time zone of the account."""

    today = _period("Today", "Today")
    yesterday = _period("Yesterday", "Yesterday")
    tomorrow = _period("Tomorrow", "Tomorrow")
    this_week = _period("This week", "ThisWeek")
    last_week = _period("Last week", "LastWeek")
    next_week = _period("Next week", "NextWeek")
    this_month = _period("This month", "ThisMonth")
    last_month = _period("Last month", "LastMonth")
    next_month = _period("Next month", "NextMonth")
    last_3_months = _period("Last 3 months", "Last3Months")
    last_6_months = _period("Last 6 months", "Last6Months")
    last_9_months = _period("Last 9 months", "Last9Months")
    last_12_months = _period("Last 12 months", "Last12Months")
    this_quarter = _period("This quarter", "ThisQuarter")
    last_quarter = _period("Last quarter", "LastQuarter")
    last_2_quarters = _period("Last 2 quarters", "Last2Quarters")
    next_quarter = _period("Next quarter", "NextQuarter")
    next_2_quarters = _period("Next 2 quarters", "Next2Quarters")
    this_year = _period("This year", "ThisYear")
    last_year = _period("Last year", "LastYear")
    last_2_years = _period("Last 2 years", "Last2Years")
    next_year = _period("Next year", "NextYear")
    last_7_days = _period("Last 7 days", "Last7Days")
    last_30_days = _period("Last 30 days", "Last30Days")
    last_60_days = _period("Last 60 days", "Last60Days")
    last_90_days = _period("Last 90 days", "Last90Days")
    last_120_days = _period("Last 120 days", "Last120Days")
    current_hour = _period("Current hour", "CurrentHour")
    last_hour = _period("Last hour", "LastHour")
    last_2_hours = _period("Last 2 hours", "Last2Hours")
    current_minute = _period("Current minute", "CurrentMinute")
    last_minute = _period("Last minute", "LastMinute")
    last_15_minutes = _period("Last 15 minutes", "Last15Minutes")
    last_30_minutes = _period("Last 30 minutes", "Last30Minutes")
    last_45_minutes = _period("Last 45 minutes", "Last45Minutes")
    one_year_ago = _period("One year ago", "OneYearAgo")

    # As pysnow 0.7 spelt them.
    last_yesr = last_year
    next_2_quarter = next_2_quarters
