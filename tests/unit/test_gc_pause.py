"""The search for cycles, held off and let go again; each test leaves it as it was."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from pysnow.reading.gc_pause import GC_PAUSE, GCPause


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def fail_within(pause: GCPause) -> None:
    with pause:
        raise LookupError


def test_pause__holds_the_search_off() -> None:
    with GC_PAUSE:
        assert not gc.isenabled()


def test_pause__lets_it_go_on() -> None:
    with GC_PAUSE:
        pass
    assert gc.isenabled()


def test_pause__lets_it_go_on_after_an_error() -> None:
    with pytest.raises(LookupError):
        fail_within(GCPause())
    assert gc.isenabled()


def test_pause__leaves_a_search_off_that_was_off() -> None:
    gc.disable()
    with GC_PAUSE:
        pass
    assert not gc.isenabled()


def test_pause__inner_end_changes_nothing() -> None:
    with GC_PAUSE:
        with GC_PAUSE:
            pass
        assert not gc.isenabled()


def test_pause__outer_end_lets_it_go_on() -> None:
    with GC_PAUSE, GC_PAUSE:
        pass
    assert gc.isenabled()


def test_pause__can_be_switched_off() -> None:
    pause = GCPause()
    pause.is_wanted = False
    with pause:
        assert gc.isenabled()
    assert gc.isenabled()


def test_pause__switched_off_within_ends_all_the_same() -> None:
    pause = GCPause()
    with pause:
        pause.is_wanted = False
    assert gc.isenabled()


class Builder(threading.Thread):
    """A thread that stays within a pause until it is told to leave."""

    def __init__(self, pause: GCPause) -> None:
        super().__init__()
        self.pause, self.entered, self.may_leave = pause, threading.Event(), threading.Event()

    def run(self) -> None:
        with self.pause:
            self.entered.set()
            self.may_leave.wait(10)

    def __enter__(self) -> Builder:
        self.start()
        self.entered.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.may_leave.set()
        self.join()


def test_pause__lasts_until_the_last_thread_is_done() -> None:
    pause = GCPause()
    with Builder(pause):
        with pause:
            pass
        assert not gc.isenabled()


def test_pause__of_all_threads_ends_with_the_last_one() -> None:
    pause = GCPause()
    with Builder(pause), Builder(pause):
        pass
    assert gc.isenabled()


def test_pause__of_the_forking_thread_goes_on_in_the_child() -> None:
    pause = GCPause()
    with pause:
        pause.part_from_parent()
        assert not gc.isenabled()


FORK = """
import gc, os, threading
from pysnow.reading.gc_pause import GC_PAUSE

entered, may_leave = threading.Event(), threading.Event()

def build():
    with GC_PAUSE:
        entered.set()
        may_leave.wait(30)

thread = threading.Thread(target=build)
thread.start()
entered.wait(30)
child = os.fork()
if not child:
    os._exit(0 if gc.isenabled() else 1)
status = os.waitpid(child, 0)[1]
may_leave.set()
thread.join()
print(status)
"""


def test_pause__does_not_outlive_a_fork() -> None:
    """The other thread stays in the parent, and will never end its pause in the child."""
    command = [sys.executable, "-W", "ignore", "-c", FORK]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("0\n", "")
