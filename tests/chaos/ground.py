"""An instance with a client, on which each kind of call is played under a fault, and counted where it counts: there."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from pysnow import Client, PysnowException
from pysnow.auth import BearerAuth
from pysnow.oauth.grants import PasswordGrant, RefreshToken
from pysnow.sandbox import Sandbox
from tests.client.writing import notes_of, row_of, rows_of

CONTENT: Final = b"what the file holds" * 50
"""Of the files that are moved."""

READS: Final = ("get", "stream", "iterate", "workers", "download")
CHANGES: Final = ("create", "keyed", "update", "note", "delete", "upload")
LOOKS: Final = ("again", "seek")
"""Changes of which the look that goes before them is struck: by key, and by query."""

TOKENS: Final = ("refresh",)
CALLS: Final = (*READS, *CHANGES, *LOOKS, *TOKENS)

_STRUCK: Final = {
    **dict.fromkeys(CHANGES, "method=POST+PUT+PATCH+DELETE"),
    **dict.fromkeys(LOOKS, "method=GET"),
    **dict.fromkeys(TOKENS, "operation=token+refresh"),
}

Play = tuple[Callable[[], object], Callable[[], int]]
"""A call, and how often it was done by now: 0, 1 or more."""


def strike(fault: str, call: str, times: int = 0) -> str:
    """The SPEC of a fault that strikes a number of times what a call is about, or without end all that it sends.

    Args:
        fault: SPEC of the fault.
        call: Kind of call.
        times: Most strikes; 0 for no end.
    """
    conditions = [_STRUCK[call] if times and call in _STRUCK else "", f"times={times}" if times else ""]
    return fault + "".join(
        f"{',' if ':' in fault or at else ':'}{each}" for at, each in enumerate(filter(None, conditions))
    )


def signed_in(instance: Sandbox) -> str:
    """A refresh token of the instance."""
    grant = PasswordGrant("sandbox", "sandbox", "admin", "admin")
    with Client(instance=instance.url, auth=grant) as client:
        client.table("problem").get(limit=1).all()
        token = grant.token
    assert token is not None
    return str(token["refresh_token"])


class Ground:
    """The instance, and what is done with it.

    Args:
        instance: Its ``problem`` table is read, its ``incident`` table is written to.
        connect: Makes clients; those that sign in otherwise than as the administrator are handed ``auth``.
        folder: Where files are downloaded to.

    Attributes:
        struck: How often the faults of the last call struck.
    """

    def __init__(self, instance: Sandbox, connect: Callable[..., Client], folder: Path) -> None:
        self.instance = instance
        self.client = connect(instance)
        self._connect = connect
        self._incidents = self.client.table("incident")
        self._problems = self.client.table("problem")
        self._folder = folder
        self.struck = 0
        self._number = len(instance.table("incident").rows)

    def play(self, call: str, *faults: str) -> tuple[int, PysnowException | None]:
        """Make one call while faults are on; gives how often it was done, and its error."""
        self._number += 1
        act, done = getattr(self, f"_{call}")(f"{call} {self._number}")
        if any(fault.startswith("stale") for fault in faults):  # it strikes connections that were used before
            self._problems.get(limit=1).all()
        self.instance.faults.clear()
        rules = [self.instance.faults.add(fault) for fault in faults]
        try:
            act()
        except PysnowException as error:
            return done(), error
        finally:
            self.struck = sum(rule.strikes for rule in rules)
            self.instance.faults.clear()
        return done(), None

    # -- reads ---------------------------------------------------------------------------------------------------------

    def _reading(self, read: Callable[[], list[str]]) -> Play:
        came: list[str] = []
        truth = sorted(str(row["sys_id"]) for row in self.instance.table("problem").rows)
        return lambda: came.extend(read()), lambda: int(sorted(came) == truth) if came else 0

    def _get(self, _: str) -> Play:
        return self._reading(lambda: [row["sys_id"] for row in self._problems.get(fields=["sys_id"]).all()])

    def _stream(self, _: str) -> Play:
        read = self._problems.get
        return self._reading(lambda: [row["sys_id"] for row in read(fields=["sys_id"], stream=True).all()])

    def _iterate(self, _: str) -> Play:
        return self._reading(lambda: [row["sys_id"] for row in self._problems.iterate(fields=["sys_id"], page_size=5)])

    def _workers(self, _: str) -> Play:
        walk = self._problems.iterate(fields=["sys_id"], page_size=5, workers=2)
        return self._reading(lambda: [row["sys_id"] for row in walk])

    def _download(self, text: str) -> Play:
        attachments = self._incidents.attachments
        others = self._connect(self.instance).table("incident").attachments
        file_id = others.upload(self._new(text), data=CONTENT, name="a.bin")["sys_id"]
        folder = self._folder / text.replace(" ", "_")
        folder.mkdir()

        def stands() -> int:
            digests = [sha256(path.read_bytes()).digest() for path in folder.iterdir()]
            assert all(digest == sha256(CONTENT).digest() for digest in digests), "something else was left behind"
            return len(digests)

        return lambda: attachments.download(file_id, folder), stands

    def _refresh(self, _: str) -> Play:
        grant: BearerAuth = RefreshToken("sandbox", "sandbox", signed_in(self.instance))
        problems = self._connect(self.instance, auth=grant).table("problem")
        return self._reading(lambda: [row["sys_id"] for row in problems.get(fields=["sys_id"]).all()])

    # -- changes -------------------------------------------------------------------------------------------------------

    def _create(self, text: str) -> Play:
        payload = {"short_description": text}
        return lambda: self._incidents.create(payload), lambda: len(rows_of(self.instance, text))

    def _keyed(self, text: str) -> Play:
        payload = {"short_description": text}
        return lambda: self._incidents.create(payload, key=text), lambda: len(rows_of(self.instance, text))

    def _update(self, text: str) -> Play:
        sys_id = self._new(text)
        payload = {"description": text}
        return lambda: self._incidents.update({"sys_id": sys_id}, payload), lambda: self._changes(sys_id)

    def _note(self, text: str) -> Play:
        sys_id = self._new(text)
        payload = {"work_notes": text}
        return lambda: self._incidents.update({"sys_id": sys_id}, payload), lambda: len(notes_of(self.instance, sys_id))

    def _delete(self, text: str) -> Play:
        sys_id = self._new(text)
        return lambda: self._incidents.delete({"sys_id": sys_id}), lambda: int(row_of(self.instance, sys_id) is None)

    def _upload(self, text: str) -> Play:
        sys_id = self._new(text)

        def files() -> int:
            return sum(row["table_sys_id"] == sys_id for row in self.instance.table("sys_attachment").rows)

        return lambda: self._incidents.attachments.upload(sys_id, data=CONTENT, name="a.bin"), files

    def _again(self, text: str) -> Play:
        """What was created by another process under the same key is found, not created once more."""
        payload = {"short_description": text}
        self._connect(self.instance).table("incident").create(payload, key=text)
        came: list[object] = []

        def found() -> int:
            assert len(rows_of(self.instance, text)) == 1, "there are two of it"
            return len(came)

        return lambda: came.append(self._incidents.create(payload, key=text)), found

    def _seek(self, text: str) -> Play:
        sys_id = self._new(text)
        query, payload = {"short_description": text}, {"description": text}
        return lambda: self._incidents.update(query, payload), lambda: self._changes(sys_id)

    def _new(self, text: str) -> str:
        return str(self.instance.add("incident", {"short_description": text})["sys_id"])

    def _changes(self, sys_id: str) -> int:
        row = row_of(self.instance, sys_id)
        assert row is not None
        return int(row["sys_mod_count"])
