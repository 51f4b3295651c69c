"""Samples, taken in turn: each in a process of its own, all clients once in each round."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contenders import LIMIT, Contender
from benchmarks.scenarios import Scenario
from benchmarks.static_server import table_name

__all__ = ["Figures", "Results", "measure"]

REPOSITORY = Path(__file__).parents[1]
SAMPLE = Path(__file__).parent / "clients" / "sample.py"
SAMPLE_SECONDS = 300


@dataclass(frozen=True)
class Figures:
    """Medians of one client.

    Attributes:
        cpu: Seconds of processor time.
        wall: Seconds.
        first: Seconds until the first record was there.
        mib: Growth of the process while it read.
        rounds: Samples behind the medians.
        share: How much of the physical limit's speed it reached, by processor time: the median of the rounds, in each
            of which both were measured shortly after one another. None where the limit was not measured.
    """

    cpu: float
    wall: float
    first: float
    mib: float
    rounds: int
    share: float | None = None


@dataclass
class Results:
    """One table: figures by client, and why others have none."""

    scenario: Scenario
    figures: dict[str, Figures] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All of it, for a file."""
        figures = {name: asdict(one) for name, one in self.figures.items()}
        return {"scenario": asdict(self.scenario), "figures": figures, "missing": self.missing}


def measure(
    scenario: Scenario,
    contenders: Iterable[tuple[Contender, Path]],
    address: str,
    *,
    rounds: int,
    say: Callable[[str], None],
) -> Results:
    """Take the samples of one table.

    Args:
        scenario: What is read.
        contenders: Clients and their interpreters.
        address: Host and port of the server.
        rounds: Samples of each client.
        say: Told about progress.
    """
    results = Results(scenario)
    running = [(one, python) for one, python in contenders if not (scenario.is_large and one.is_slow)]
    samples: dict[str, list[dict[str, float]]] = {one.name: [] for one, _ in running}
    for turn in range(rounds):
        say(f"{scenario.title}: round {turn + 1} of {rounds}")
        for contender, python in running[turn % len(running) :] + running[: turn % len(running)]:
            if contender.name in results.missing:
                continue
            try:
                samples[contender.name].append(_sample(contender, python, scenario, address))
            except _Failed as failure:
                results.missing[contender.name] = str(failure)
    limits = samples.get(LIMIT, []) if LIMIT not in results.missing else []
    results.figures = {name: _medians(taken, limits) for name, taken in samples.items() if name not in results.missing}
    return results


class _Failed(Exception):
    pass


def _sample(contender: Contender, python: Path, scenario: Scenario, address: str) -> dict[str, float]:
    table = table_name(scenario.shape, scenario.page, scenario.total)
    job = [contender.client, scenario.mode, address, table, str(scenario.page), str(scenario.total)]
    # -E: whatever PYTHON... variables say is not for these environments.
    command = [str(python), "-E", str(SAMPLE), *job, *([str(REPOSITORY)] if contender.is_checkout else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SAMPLE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise _Failed(f"took more than {SAMPLE_SECONDS} seconds") from None
    if done.returncode:
        raise _Failed((done.stderr.strip().splitlines() or ["no message"])[-1])
    sample: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if sample["records"] != scenario.total:
        raise _Failed(f"gave {sample['records']:,} records instead of {scenario.total:,}")
    return sample


def _medians(samples: list[dict[str, float]], limits: list[dict[str, float]]) -> Figures:
    shares = [limit["cpu"] / sample["cpu"] for limit, sample in zip(limits, samples, strict=bool(limits))]
    values = {name: median(sample[name] for sample in samples) for name in ("cpu", "wall", "first", "mib")}
    return Figures(**values, rounds=len(samples), share=median(shares) if shares else None)
