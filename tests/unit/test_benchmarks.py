"""The measurements' own parts; what they measure is no test's business."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from benchmarks.contenders import CONTENDERS, LIMIT, Contender
from benchmarks.data import SHAPES, make_page
from benchmarks.measuring import Figures, Results
from benchmarks.one_call import ways_of
from benchmarks.plot import draw
from benchmarks.report import rows_of
from benchmarks.scenarios import FULL, QUICK, Scenario
from benchmarks.static_server import serving, table_name

CLIENTS = Path(__file__).parents[2] / "benchmarks" / "clients"
RESULTS = Results(
    Scenario("wide", 10, 10, "stream"),
    {LIMIT: Figures(1.0, 1.0, 0.001, 0.0, 3, 1.0), "pysnow": Figures(2.0, 2.0, 0.002, 1.0, 3, 0.5)},
    {"<other>": "not installed"},
)


@pytest.mark.parametrize("shape", SHAPES)
def test_page__is_the_same_every_time(shape: str) -> None:
    assert make_page(shape, 5) == make_page(shape, 5)


def test_page__of_the_wide_kind_has_every_column() -> None:
    assert {len(row) for row in json.loads(make_page("wide", 5).identity)["result"]} == {92}


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda contender: contender.name)
def test_contender__has_a_client(contender: Contender) -> None:
    assert (CLIENTS / f"{contender.client}.py").is_file()


@pytest.mark.parametrize("scenario", [*FULL, *QUICK], ids=lambda scenario: scenario.title)
def test_scenario__has_whole_pages(scenario: Scenario) -> None:
    assert scenario.total % scenario.page == 0


def test_one_call__each_way_reads_the_record() -> None:
    with serving([("narrow", 1)]) as address:
        assert [len(list(call())) for call in ways_of(address).values()] == [1] * 4


def test_server__ends_behind_the_last_page() -> None:
    with serving([("narrow", 5)]) as address:
        lengths = []
        for offset in (0, 5, 10):
            url = f"http://{address}/api/now/table/{table_name('narrow', 5, 10)}?sysparm_offset={offset}"
            with urlopen(Request(url), timeout=10) as answer:
                lengths.append(len(json.load(answer)["result"]))
    assert lengths == [5, 5, 0]


def test_report__names_who_is_missing() -> None:
    assert list(rows_of(RESULTS))[-1] == ("<other>", "missing", "not installed", "", "", "")


def test_report__gives_shares_of_the_limit() -> None:
    assert [row[2] for row in rows_of(RESULTS)] == ["100%", "50%", "not installed"]


def test_plot__has_a_bar_for_each_client() -> None:
    bars = ElementTree.fromstring(draw([RESULTS])).findall("{http://www.w3.org/2000/svg}rect[@x]")
    assert [float(bar.get("width", 0)) for bar in bars] == [530.0, 265.0]
