"""Figures as a table for a terminal, and as files for the documentation."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Results
from benchmarks.plot import draw

__all__ = ["COLUMNS", "print_table", "write_files"]

_LINE = "{:<20}{:>9}{:>14}{:>9}{:>17}{:>9}"
COLUMNS = ("client", "CPU s", "of the limit", "wall s", "first record ms", "MiB")


def rows_of(results: Results) -> Iterator[tuple[str, ...]]:
    """The table's rows, the quickest client first; those without figures last."""
    for name, one in sorted(results.figures.items(), key=lambda item: item[1].cpu):
        share = one.share
        yield (
            name,
            f"{one.cpu:.3f}",
            f"{share:.0%}" if share else "",
            f"{one.wall:.3f}",
            f"{one.first * 1000:.1f}" if results.scenario.mode == "stream" else "",
            f"{one.mib:.1f}",
        )
    for name, reason in results.missing.items():
        yield (name, "missing", reason, "", "", "")


def print_table(results: Results) -> None:
    """Print one table."""
    print(f"\n{results.scenario.title}")
    for row in (COLUMNS, *rows_of(results)):
        print(f"{row[0]:<20} missing: {row[2]}" if row[1] == "missing" else _LINE.format(*row))


def write_files(folder: Path, machine: dict[str, Any], tables: list[Results]) -> None:
    """Write ``speed.json``, ``speed.csv`` and ``speed.svg``.

    Args:
        folder: Where.
        machine: What the figures were taken on.
        tables: The figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "tables": [results.as_json() for results in tables]}
    (folder / "speed.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with (folder / "speed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("run", *COLUMNS))
        for results in tables:
            writer.writerows((results.scenario.title, *row) for row in rows_of(results))
    (folder / "speed.svg").write_text(draw(tables), encoding="utf-8")
