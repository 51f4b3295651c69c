"""The matrix of faults: what each kind of call does under each kind of fault, checked against what the instance holds.

Of a change, the fault strikes the change itself; in ``again`` and ``seek`` it strikes the look that goes before one.

Cells:

* ``R``: it is done all the same, exactly once: another try helped, a look at the instance, or the fault did no harm.
* ``E``: an error of the library; a reading call gave nothing, and a change was not made, as its error says.
* ``T``: the same, and the error says when another try may succeed.
* ``V``: done exactly once, or an error that leaves open whether it was; never twice.
* ``C``: less than there is, and a warning says so.
* ``.``: no call that the fault can strike, or no promise: the answer is whole for all that can be told.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pysnow import Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.chaos.ground import CALLS, CHANGES, LOOKS, Ground, strike

_ROWS = 12
_START = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
"""Far from the end of an hour, at which a rate limit would end, too."""

# fault, as a SPEC                                             get
#                                                              | stream
#                                                              | | iterate
#                                                              | | | iterate, two workers
#                                                              | | | | download
#                                                              | | | | | create
#                                                              | | | | | | create with a key
#                                                              | | | | | | | update
#                                                              | | | | | | | | update that adds a work note
#                                                              | | | | | | | | | delete
#                                                              | | | | | | | | | | upload
#                                                              | | | | | | | | | | | create with a key that is taken
#                                                              | | | | | | | | | | | | update by query
#                                                              | | | | | | | | | | | | | refresh of a token
ONCE = """
drop-before                                                    R R R R R V V R R R V R R R
drop-before:reset=true                                         R R R R R V V R R R V R R R
drop-after                                                     R R R R R V R R R R R R R R
drop-after:reset=true                                          R R R R R V R R R R R R R R
stale-keep-alive                                               R R R R R V V R R R V R R .
hang-before:seconds=0.01                                       R R R R R V V R R R V R R R
hang-after:seconds=0.01                                        R R R R R V R R R R R R R R
latency:seconds=0.002                                          R R R R R R R R R R R R R R
drip:piece_bytes=2000,seconds=0.001                            R R R R R R R R R R R R R R
reset-body                                                     R R R R R R R R R R R R R R
cut-body:framing=length                                        R R R R R R R R R R R R R R
cut-body:framing=chunked                                       R R R R R R R R R R R R R R
cut-body:framing=in-chunk                                      R R R R R R R R R R R R R R
cut-body:framing=close                                         R R R R R R R R R R R R R R
cut-body:framing=close,after_rows=3                            R R R R R R R R R R R R R R
truncated-gzip                                                 R R R R R R R R R R R R R R
corrupt-gzip                                                   R R R R R R R R R R R R R R
mislabelled-gzip                                               R R R R R R R R R R R R R R
mislabelled-gzip:body=packed                                   R R R R R R R R R R R R R R
decompression-bomb:megabytes=8                                 E E E E E V V V V V V E E E
decompression-bomb:megabytes=8,commit=true                     E E E E E V R R R R R E E E
coding-chain                                                   R R R R R R R R R R R R R R
too-many-requests                                              R R R R R R R R R R R R R R
too-many-requests:retry_after=1                                R R R R R R R R R R R R R R
too-many-requests:retry_after=nonsense                         R R R R R R R R R R R R R R
too-many-requests:retry_after=99999                            T T T T T T T T T T T T T T
rate-limit:limit=0                                             T T T T T T T T T T T T T T
session-queue                                                  R R R R R R R R R R R R R R
server-error                                                   R R R R R V V R R R V R R R
server-error:commit=true                                       R R R R R V R R R R R R R R
transaction-cancelled                                          R R R R R V V R R R V R R R
transaction-cancelled:commit=true                              R R R R R V R R R R R R R R
server-error:status=502,html=true                              R R R R R V V R R R V R R R
server-error:status=503,html=true                              R R R R R V V R R R V R R R
server-error:status=503,html=true,commit=true                  R R R R R V R R R R R R R R
request-timeout                                                R R R R R V V R R R V R R R
request-timeout:commit=true                                    R R R R R V R R R R R R R R
accepted                                                       R R R R R V V R R R V R R R
accepted:commit=true                                           R R R R R V R R R R R R R R
empty-body:status=204                                          R R R R R R R R R R R R R R
empty-body:status=200                                          R R R R R R R R R R R R R R
unauthorized                                                   E E E E E E E E E E E E E E
forbidden                                                      E E E E E V V V V V V E E E
forbidden:commit=true                                          E E E E E V R V V V V E E E
server-error:status=400                                        E E E E E E E E E E E E E E
server-error:status=404                                        E E E E E V V V V V V E E E
error-only                                                     R R R R R R R R R R R R R R
rows-then-error:rows=2                                         R R R R . . . . . . . R R .
rows-then-error:rows=2,variant=comma                           R R R R . . . . . . . R R .
rows-then-error:rows=2,variant=cut-row                         R R R R . . . . . . . R R .
error-first                                                    R R R R R R R R R R R R R R
login-page                                                     E E E E E V V V V V V E E E
login-page:as_json=true                                        E E E E E V V V V V V E E E
login-page:commit=true                                         E E E E E V R R R R R E E E
hibernating-page                                               R R R R R V V R R R V R R R
hibernating-page:commit=true                                   R R R R R V R R R R R R R R
proxy-page                                                     E E E E E V V V V V V E E E
proxy-page:commit=true                                         E E E E E V R R R R R E E E
maintenance-page                                               E E E E E V V V V V V E E E
redirect                                                       E E E E E V V V V V V E E E
redirect:to=self                                               E E E E E V V V V V V E E E
redirect:status=307                                            E E E E E V V V V V V E E E
redirect:status=307,commit=true                                E E E E E V R V V V V E E E
null-body                                                      E E E E R R R R R R R E E R
bare-list                                                      E E E E R R R R R R R E E R
no-result                                                      E E E E R R R R R R R E E R
wrong-result                                                   E E E E R R R R R R R E E R
wrong-result:result=text                                       E E E E R R R R R R R E E R
row-not-object                                                 E E E E . . . . . . . E E .
row-without-sys-id                                             . . E E . . . . . . . R E .
not-a-number                                                   E E E E R R R R R R R E E R
byte-order-mark                                                R R R R R R R R R R R R R R
trailing-bytes                                                 E E E E R R R R R R R E E R
invalid-utf8                                                   E E E E R R R R R R R E E R
wrong-charset                                                  R R R R R R R R R R R R R R
duplicate-keys                                                 R R R R R R R R R R R R R R
lone-surrogate                                                 R R R R R R R R R R R R R R
nul-character                                                  R R R R R R R R R R R R R R
nul-character:raw=true                                         R R R R R R R R R R R R R R
deep-nesting:levels=200                                        E E E E R R R R R R R E E R
huge-integer                                                   E E E E R R R R R R R E E R
huge-field:kilobytes=64                                        R R R R R R R R R R R R R R
many-members:members=2000                                      R R R R R R R R R R R R R R
clock-skew:seconds=3600                                        R R R R R R R R R R R R R R
clock-skew:seconds=-3600                                       R R R R R R R R R R R R R R
url-limit:characters=20                                        E E E E E V V V V V V E E .
bad-expiry                                                     . . . . . . . . . . . . . R
bad-expiry:how=text                                            . . . . . . . . . . . . . R
bad-expiry:how=negative                                        . . . . . . . . . . . . . R
bad-expiry:how=words                                           . . . . . . . . . . . . . R
rotated-refresh-token                                          . . . . . . . . . . . . . R
revoked-refresh-token                                          . . . . . . . . . . . . . E
"""
"""Faults that strike once."""

_ALWAYS = """
foreign-link                                                   R R R R . . R . . . . R R .
foreign-link:to=file://                                        R R R R . . R . . . . R R .
same-page                                                      R R E E . . R . . . . R R .
capped-limit:rows=3                                            C C R R . . R . . . . R R .
wrong-count                                                    R R R R . . R . . . . R R .
wrong-count:how=low                                            R R R R . . R . . . . R R .
wrong-count:how=high                                           R R R R . . R . . . . R R .
wrong-count:how=text                                           R R R R . . R . . . . R R .
unstable-ties                                                  R R R R . . R . . . . R R .
hidden-rows:share=1.0                                          . . . . . . . . . . . V E .
slow-count:seconds=0.002                                       R R R R . . R . . . . R R .
"""
"""Faults that strike whatever list is asked for."""


@dataclass(frozen=True)
class _Cell:
    fault: str
    call: str
    letter: str
    times: int


def _cells() -> Iterator[_Cell]:
    for table, times in ((ONCE, 1), (_ALWAYS, 0)):
        for line in table.strip().splitlines():
            fault, *letters = line.split()
            for call, letter in zip(CALLS, letters, strict=True):
                if letter != ".":
                    yield _Cell(fault, call, letter, times)


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    began = time.monotonic()
    with Sandbox(seed=False, clock=lambda: _START + timedelta(seconds=time.monotonic() - began)) as sandbox:
        for number in range(_ROWS):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


@pytest.fixture
def ground(instance: Sandbox, patient: Callable[..., Client], tmp_path: Path) -> Ground:
    return Ground(instance, patient, tmp_path)


@pytest.mark.parametrize("cell", list(_cells()), ids=lambda cell: f"{cell.call}-{cell.fault}-{cell.letter}")
def test_call_under_fault__keeps_its_guarantee(cell: _Cell, ground: Ground) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        times, error = ground.play(cell.call, strike(cell.fault, cell.call, cell.times))
    assert ground.struck > 0
    if cell.letter == "R":
        assert (times, error) == (1, None)
    elif cell.letter == "C":
        assert error is None
        assert "IncompleteResultWarning" in [each.category.__name__ for each in said]
    elif cell.letter == "V":
        assert _is_open(times, error)
    else:
        assert times == 0
        assert error is not None
        assert error.committed is False or cell.call not in (*CHANGES, *LOOKS)
        assert cell.letter == "E" or error.retry_at is not None


def _is_open(times: int, error: PysnowException | None) -> bool:
    """Whether a change was made once, or an error says that it may have been."""
    return times == 1 if error is None else times <= 1 and (times == 0 or error.committed is None)
