"""The matrix of faults: what each kind of call does under each kind of fault, checked against what the instance holds.

Cells:

* ``R``: it is done all the same, exactly once: another try helped, or the fault did no harm.
* ``E``: an error of the library; a reading call gave nothing, and a change was not made.
* ``V``: done exactly once, or an error that leaves open whether it was; never twice.
* ``.``: no promise: such an answer is whole for all that can be told, or says in a warning that it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from pysnow import Client, PysnowException
from pysnow.sandbox import Sandbox
from tests.client.writing import row_of, rows_of

_ROWS = 12
_CONTENT = b"what the file holds" * 50
_CALLS = ("get", "stream", "iterate", "workers", "create", "keyed", "update", "delete", "upload", "download")

# fault, as a SPEC                                             get
#                                                              | stream
#                                                              | | iterate
#                                                              | | | iterate with two workers
#                                                              | | | | create
#                                                              | | | | | create with a key
#                                                              | | | | | | update
#                                                              | | | | | | | delete
#                                                              | | | | | | | | upload
#                                                              | | | | | | | | | download
_MATRIX = """
drop-before:times=1                                            R R R R V R R R V R
drop-before:reset=true,times=1                                 R R R R V R R R V R
drop-after:times=1                                             R R R R V R R R R R
drop-after:reset=true,times=1                                  R R R R V R R R R R
stale-keep-alive:times=1                                       R R R R R R R R R R
hang-before:seconds=0.01,times=1                               R R R R V R R R V R
hang-after:seconds=0.01,times=1                                R R R R V R R R R R
drip:piece_bytes=2000,seconds=0.001                            R R R R R R R R R R
reset-body:times=1                                             R R R R R R R R R R
cut-body:framing=length,times=1                                R R R R R R R R R R
cut-body:framing=chunked,times=1                               R R R R R R R R R R
cut-body:framing=in-chunk,times=1                              R R R R R R R R R R
cut-body:framing=close,times=1                                 R R R R R R R R R R
cut-body:framing=close,after_rows=3,times=1                    R R R R R R R R R R
truncated-gzip:times=1                                         R R R R R R R R R R
corrupt-gzip:times=1                                           R R R R R R R R R R
mislabelled-gzip:times=1                                       R R R R R R R R R R
decompression-bomb:megabytes=8,times=1                         E E E E V E V V V E
coding-chain:times=1                                           R R R R R R R R R R
too-many-requests:times=1                                      R R R R R R R R R R
too-many-requests:retry_after=1,times=1                        R R R R R R R R R R
too-many-requests:retry_after=nonsense,times=1                 R R R R R R R R R R
too-many-requests:retry_after=99999,times=1                    E E E E E E E E E E
server-error:times=1                                           R R R R V R R R V R
transaction-cancelled:times=1                                  R R R R V R R R V R
server-error:status=502,html=true,times=1                      R R R R V R R R V R
server-error:status=503,html=true,times=1                      R R R R V R R R V R
server-error:status=504,html=true,times=1                      R R R R V R R R V R
server-error:commit=true,times=1                               R R R R V R R R R R
server-error:status=503,html=true,commit=true,times=1          R R R R V R R R R R
request-timeout:times=1                                        R R R R V R R R V R
request-timeout:commit=true,times=1                            R R R R V R R R R R
accepted:times=1                                               R R R R V R R R V R
accepted:commit=true,times=1                                   R R R R V R R R R R
empty-body:status=204,times=1                                  R R R R R R R R R R
empty-body:status=200,times=1                                  R R R R R R R R R R
unauthorized:times=1                                           E E E E E E E E E E
forbidden:times=1                                              E E E E V E V V V E
forbidden:commit=true,times=1                                  E E E E V E V V V E
error-only:times=1                                             R R R R R R R R R R
rows-then-error:rows=2,times=1                                 R R R R R R R R R R
rows-then-error:rows=2,variant=comma,times=1                   R R R R R R R R R R
rows-then-error:rows=2,variant=cut-row,times=1                 R R R R R R R R R R
error-first:times=1                                            R R R R R R R R R R
login-page:times=1                                             E E E E V E V V V E
hibernating-page:times=1                                       R R R R V R R R V R
hibernating-page:commit=true,times=1                           R R R R V R R R R R
proxy-page:times=1                                             E E E E V E V V V E
proxy-page:commit=true,times=1                                 E E E E V E R R R E
maintenance-page:times=1                                       E E E E V E V V V E
redirect:times=1                                               E E E E V E V V V E
redirect:to=self,times=1                                       E E E E V E V V V E
redirect:status=307,times=1                                    E E E E V E V V V E
foreign-link                                                   R R R R R R R R R R
null-body:times=1                                              E E E E R E R R R R
bare-list:times=1                                              E E E E R E R R R R
no-result:times=1                                              E E E E R E R R R R
wrong-result:times=1                                           E E E E R E R R R R
wrong-result:result=text,times=1                               E E E E R E R R R R
row-not-object:times=1                                         E E E E R R R R R R
row-without-sys-id:times=1                                     . . E E R R R R R R
not-a-number:times=1                                           E E E E R E R R R R
byte-order-mark:times=1                                        R R R R R R R R R R
trailing-bytes:times=1                                         E E E E R E R R R R
invalid-utf8:times=1                                           E E E E R E R R R R
duplicate-keys:times=1                                         R R R R R R R R R R
lone-surrogate:times=1                                         R R R R R R R R R R
nul-character:times=1                                          R R R R R R R R R R
deep-nesting:levels=200,times=1                                E E E E R E R R R R
huge-integer:times=1                                           E E E E R E R R R R
huge-field:kilobytes=64,times=1                                R R R R R R R R R R
same-page                                                      R R E E R R R R R R
capped-limit:rows=3                                            . . R R R R R R R R
wrong-count:how=missing                                        R R R R R R R R R R
wrong-count:how=low                                            R R R R R R R R R R
wrong-count:how=high                                           R R R R R V R R R R
wrong-count:how=text                                           R R R R R R R R R R
unstable-ties                                                  R R R R R R R R R R
url-limit:characters=20,times=1                                E E E E V E V V V E
"""


# A count that is missing or wrong cannot vouch for a walk, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::pysnow.exceptions.IncompleteResultWarning")


@dataclass(frozen=True)
class _Cell:
    fault: str
    call: str
    letter: str


def _cells() -> Iterator[_Cell]:
    for line in _MATRIX.strip().splitlines():
        fault, *letters = line.split()
        for call, letter in zip(_CALLS, letters, strict=True):
            if letter != ".":
                yield _Cell(fault, call, letter)


class _Ground:
    """An instance, its client, and what is done with them; each call gives how often it was done: 0, 1 or more."""

    def __init__(self, instance: Sandbox, client: Client, folder: Path) -> None:
        self.instance = instance
        self._incidents = client.table("incident")
        self._problems = client.table("problem")
        self._folder = folder
        self._number = len(instance.table("incident").rows)

    def play(self, call: str, fault: str) -> tuple[int, PysnowException | None]:
        """Make one call while a fault is on."""
        self._number += 1
        act, done = getattr(self, f"_{call}")(f"{call} {self._number}")
        self.instance.faults.clear()
        self.instance.faults.add(fault)
        try:
            act()
        except PysnowException as error:
            return done(), error
        finally:
            self.instance.faults.clear()
        return done(), None

    def _reading(self, read: Callable[[], list[str]]) -> tuple[Callable[[], object], Callable[[], int]]:
        came: list[str] = []
        truth = sorted(str(row["sys_id"]) for row in self.instance.table("problem").rows)
        return lambda: came.extend(read()), lambda: int(sorted(came) == truth) if came else 0

    def _get(self, _: str) -> tuple[Callable[[], object], Callable[[], int]]:
        return self._reading(lambda: [row["sys_id"] for row in self._problems.get(fields=["sys_id"]).all()])

    def _stream(self, _: str) -> tuple[Callable[[], object], Callable[[], int]]:
        read = self._problems.get
        return self._reading(lambda: [row["sys_id"] for row in read(fields=["sys_id"], stream=True).all()])

    def _iterate(self, _: str) -> tuple[Callable[[], object], Callable[[], int]]:
        return self._reading(lambda: [row["sys_id"] for row in self._problems.iterate(fields=["sys_id"], page_size=5)])

    def _workers(self, _: str) -> tuple[Callable[[], object], Callable[[], int]]:
        walk = self._problems.iterate(fields=["sys_id"], page_size=5, workers=2)
        return self._reading(lambda: [row["sys_id"] for row in walk])

    def _create(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        payload = {"short_description": text}
        return lambda: self._incidents.create(payload), lambda: len(rows_of(self.instance, text))

    def _keyed(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        payload = {"short_description": text}
        return lambda: self._incidents.create(payload, key=text), lambda: len(rows_of(self.instance, text))

    def _update(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        sys_id = self._new(text)

        def changed() -> int:
            row = row_of(self.instance, sys_id)
            assert row is not None
            return int(row["sys_mod_count"])  # type: ignore[call-overload]

        return lambda: self._incidents.update({"sys_id": sys_id}, {"description": text}), changed

    def _delete(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        sys_id = self._new(text)
        return lambda: self._incidents.delete({"sys_id": sys_id}), lambda: int(row_of(self.instance, sys_id) is None)

    def _upload(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        sys_id = self._new(text)

        def files() -> int:
            return sum(row["table_sys_id"] == sys_id for row in self.instance.table("sys_attachment").rows)

        return lambda: self._incidents.attachments.upload(sys_id, data=_CONTENT, name="a.bin"), files

    def _download(self, text: str) -> tuple[Callable[[], object], Callable[[], int]]:
        attachments = self._incidents.attachments
        file_id = attachments.upload(self._new(text), data=_CONTENT, name="a.bin")["sys_id"]
        folder = self._folder / text.replace(" ", "_")
        folder.mkdir()

        def stands() -> int:
            digests = [sha256(path.read_bytes()).digest() for path in folder.iterdir()]
            assert all(digest == sha256(_CONTENT).digest() for digest in digests), "something else was left behind"
            return len(digests)

        return lambda: attachments.download(file_id, folder), stands

    def _new(self, text: str) -> str:
        return str(self.instance.add("incident", {"short_description": text})["sys_id"])


@pytest.fixture(scope="module")
def instance() -> Iterator[Sandbox]:
    with Sandbox(seed=False) as sandbox:
        for number in range(_ROWS):
            sandbox.add("problem", {"short_description": f"row {number}"})
        yield sandbox


@pytest.fixture
def ground(instance: Sandbox, patient: Callable[..., Client], tmp_path: Path) -> _Ground:
    return _Ground(instance, patient(instance), tmp_path)


@pytest.mark.parametrize("cell", list(_cells()), ids=lambda cell: f"{cell.call}-{cell.fault}-{cell.letter}")
def test_call_under_fault__keeps_its_guarantee(cell: _Cell, ground: _Ground) -> None:
    times, error = ground.play(cell.call, cell.fault)
    if cell.letter == "R":
        assert (times, error) == (1, None)
    elif cell.letter == "E":
        assert times == 0
        assert error is not None
    elif error is None:
        assert times == 1
    else:
        assert times <= 1
        assert times == 0 or error.committed is not False
