"""Answers that inflate to many times their size, read in a process of their own, whose memory is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="memory of a process is told in another way there")

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("way", ["buffered", "stream"])
def test_bomb__is_refused_before_it_fills_the_memory(way: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz.bomb", "96", way]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    error, mebibytes = done.stdout.split()
    assert (error, float(mebibytes) < 64) == ("MalformedResponse", True)
