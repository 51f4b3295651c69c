"""Records as Arrow, Parquet, pandas and polars; run by ``tox -e frames``, which has these libraries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage, MalformedResponse
from pysnow.exporting.arrow_columns import column
from pysnow.exporting.exports import Exports, ExportSource

TYPES = {
    "active": "boolean",
    "priority": "integer",
    "cost": "decimal",
    "share": "float",
    "opened_at": "glide_date_time",
    "day": "glide_date",
    "took": "glide_duration",
}
WIRE = {
    "active": "true",
    "priority": "-2",
    "cost": "12.50",
    "share": "0.25",
    "opened_at": "2026-03-01 23:59:59",
    "day": "2026-02-28",
    "took": "1970-01-05 11:00:11",
    "to": {"value": "x", "link": "y"},
}
MEANT = {
    "active": True,
    "priority": -2,
    "cost": Decimal("12.50"),
    "share": 0.25,
    "opened_at": datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC),
    "day": date(2026, 2, 28),
    "took": timedelta(days=4, hours=11, seconds=11),
    "to": "x",
}


class Rows(Exports):
    """Records at hand, of a table that has these types."""

    def __init__(self, rows: Sequence[dict[str, Any]], fields: Sequence[str] = ()) -> None:
        self.rows, self.fields = rows, fields

    def _export_source(self) -> ExportSource:
        return ExportSource(self.rows, self.fields, lambda: TYPES)


def test_arrow__values_are_what_the_dictionary_says():
    assert Rows([WIRE]).to_arrow().to_pylist() == [MEANT]


def test_arrow__empty_texts_are_no_values_but_in_columns_of_texts():
    row = Rows([dict.fromkeys(WIRE, "")]).to_arrow().to_pylist()[0]
    assert row == {**dict.fromkeys(TYPES), "to": ""}


def test_arrow__missing_members_are_null():
    assert Rows([{"priority": "1"}, {"x": "2"}]).to_arrow().to_pylist() == [
        {"priority": 1, "x": None},
        {"priority": None, "x": "2"},
    ]


def test_arrow__without_types_all_is_text():
    assert Rows([WIRE]).to_arrow(types=None).to_pylist()[0]["priority"] == "-2"


def test_arrow__given_types_stand_alone():
    assert Rows([WIRE]).to_arrow(types={"priority": "integer"}).to_pylist()[0] == {
        **{name: text for name, text in WIRE.items() if isinstance(text, str)},
        "priority": -2,
        "to": "x",
    }


def test_arrow__labels_are_texts():
    rows = Rows([{"priority": {"value": "1", "display_value": "1 - Critical"}}])
    assert rows.to_arrow(values="both").to_pylist() == [{"priority": 1, "priority_display": "1 - Critical"}]
    assert rows.to_arrow(values="display").to_pylist() == [{"priority": "1 - Critical"}]


@pytest.mark.parametrize(
    ("internal_type", "text"),
    [
        ("boolean", "maybe"),
        ("integer", "1,000"),
        ("integer", " 1"),
        ("integer", "9" * 30),
        ("decimal", "1.0000000001"),
        ("glide_date_time", "2026-02-31 00:00:00"),
        ("glide_date_time", "01/02/2026 10:00 AM"),
        ("glide_date_time", "2026-01-01 00:00:00Z"),
        ("glide_date", "2026-13-01"),
        ("glide_duration", "3 Hours"),
    ],
)
def test_column__that_is_not_of_its_type_is_named(internal_type: str, text: str):
    with pytest.raises(MalformedResponse, match=f"Column 'c' holds {re.escape(repr(text)[:50])}"):
        column("c", ["", text], internal_type)


@given(st.lists(st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))))
def test_column__of_moments(moments: list[datetime | None]):
    whole = [moment and moment.replace(microsecond=0) for moment in moments]
    texts = [f"{moment:%Y-%m-%d %H:%M:%S}".zfill(19) if moment else "" for moment in whole]
    assert column("c", texts, "glide_date_time").to_pylist() == [
        moment and moment.replace(tzinfo=UTC) for moment in whole
    ]


@given(st.lists(st.integers(0, 10**9)))
def test_column__of_durations(seconds: list[int]):
    texts = [f"{datetime(1970, 1, 1) + timedelta(seconds=number):%Y-%m-%d %H:%M:%S}" for number in seconds]
    assert column("c", texts, "glide_duration").to_pylist() == [timedelta(seconds=number) for number in seconds]


def test_types__must_be_some():
    with pytest.raises(InvalidUsage, match="types must be a mapping"):
        Rows([WIRE]).to_arrow(types="all")  # type: ignore[arg-type]


def test_arrow__many_records_and_none():
    assert Rows([{"priority": str(number)} for number in range(20_001)]).to_arrow().num_rows == 20_001
    assert Rows([], ["priority"]).to_arrow().schema.field("priority").type == pyarrow.int64()


def test_parquet__reads_back(tmp_path: Path):
    assert Rows([WIRE] * 10_001).to_parquet(tmp_path / "a.parquet") == 10_001
    read = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert (len(read), read[-1]) == (10_001, MEANT)


def test_parquet__broken_off_leaves_nothing(tmp_path: Path):
    with pytest.raises(MalformedResponse):
        Rows([{"priority": "1"}] * 10_001 + [{"priority": "x"}]).to_parquet(tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_pandas__integers_stay_integers_beside_missing_ones():
    frame = Rows([{"priority": "1", "active": "true"}, {"priority": "", "active": ""}]).to_pandas()
    assert frame["priority"].dtype == pandas.Int64Dtype()
    assert frame["priority"].isna().tolist() == [False, True]
    assert frame["active"].dtype == pandas.BooleanDtype()


def test_pandas__moments_are_aware():
    frame = Rows([WIRE]).to_pandas()
    assert frame["opened_at"][0] == pandas.Timestamp(MEANT["opened_at"])


def test_polars__holds_the_same():
    frame = Rows([WIRE]).to_polars()
    assert frame["priority"].to_list() == [-2]
    assert frame["opened_at"].to_list() == [MEANT["opened_at"]]


def test_capsule__is_read_by_others():
    assert polars.DataFrame(Rows([WIRE]))["took"].to_list() == [MEANT["took"]]
    assert pyarrow.table(Rows([WIRE]))["cost"].to_pylist() == [MEANT["cost"]]
