"""Ours beside the others: ``python -m benchmarks``; ``--quick`` while working, ``--docs`` for the manual's figures."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.environments import ENVIRONMENTS, NotInstalled, make_environment, versions
from benchmarks.measuring import Results, measure
from benchmarks.report import print_table, write_files
from benchmarks.scenarios import FULL, QUICK, Scenario
from benchmarks.static_server import serving

DOCS = Path(__file__).parents[1] / "docs" / "background" / "speed"
SHOWN = ("requests", "urllib3", "msgspec", "orjson", "isal", "ijson", "httpx", "dlt", "pysnc", "pysnow")


def main(arguments: list[str]) -> int:
    """Measure, print and write; the exit code tells whether ours could be measured."""
    options = _parser().parse_args(arguments)
    scenarios = QUICK if options.quick else FULL
    ready, missing = _prepare(options.only)
    tables = _measure_all(scenarios, ready, missing, rounds=options.rounds or (3 if options.quick else 7))
    folder = DOCS if options.docs else options.output
    write_files(folder, _machine(ready), tables)
    print(f"\nwritten to {folder}")
    ours = [one.name for one in CONTENDERS if one.is_checkout and _is_wanted(one, options.only)]
    return int(any(name not in results.figures for results in tables for name in ours))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small pages and few rounds")
    parser.add_argument("--rounds", type=int, help="samples of each client (default: 7, quick 3)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="clients whose names contain one of these")
    parser.add_argument("--output", type=Path, default=ENVIRONMENTS, help="folder for the figures (default: build)")
    parser.add_argument("--docs", action="store_true", help="write the figures that the manual shows")
    return parser


def _is_wanted(contender: Contender, only: list[str] | None) -> bool:
    return only is None or any(part in contender.name for part in only)


def _prepare(only: list[str] | None) -> tuple[list[tuple[Contender, Path]], dict[str, str]]:
    """Clients with their interpreters, and why the others have none."""
    ready, missing = [], {}
    for contender in CONTENDERS:
        if not _is_wanted(contender, only):
            continue
        _say(f"environment of {contender.name}")
        try:
            ready.append((contender, make_environment(contender.packages)))
        except NotInstalled as exc:
            missing[contender.name] = str(exc)
    return ready, missing


def _measure_all(
    scenarios: tuple[Scenario, ...], ready: list[tuple[Contender, Path]], missing: dict[str, str], *, rounds: int
) -> list[Results]:
    tables = []
    _say("pages")
    with serving(sorted({(scenario.shape, scenario.page) for scenario in scenarios})) as address:
        for scenario in scenarios:
            results = measure(scenario, ready, address, rounds=rounds, say=_say)
            results.missing |= missing
            _say("")
            print_table(results)
            tables.append(results)
    return tables


def _machine(ready: list[tuple[Contender, Path]]) -> dict[str, Any]:
    found: dict[str, str] = {}
    for contender, python in ready:
        listed = versions(python)
        found |= {f"{name} of {contender.name}": listed[name] for name in SHOWN if name in listed}
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": found,
    }


def _say(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
