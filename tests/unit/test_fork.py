"""In a forked process each owner makes its things anew, before anything else runs."""

from __future__ import annotations

import gc
import os

import pytest

from pysnow import fork
from pysnow.fork import renew_after_fork


class Owner:
    """Counts how often it parted from a parent."""

    parted = 0

    def part_from_parent(self) -> None:
        self.parted += 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_renew_after_fork__in_the_child_alone() -> None:
    owner = Owner()
    renew_after_fork(owner)
    child = os.fork()
    if child == 0:
        os._exit(owner.parted)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert owner.parted == 0


def test_renew_after_fork__keeps_nobody_alive() -> None:
    before = len(fork._OWNERS)
    renew_after_fork(Owner())
    gc.collect()
    assert len(fork._OWNERS) <= before
