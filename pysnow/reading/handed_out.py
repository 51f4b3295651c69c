"""What a streamed answer has handed out, so that another answer can go on behind it.

Records are looked at by the batch, never one by one: at this speed, a Python function for each of them would cost more
than decoding them.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter, length_hint
from typing import TYPE_CHECKING

from pysnow.exceptions import PysnowException
from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["HandedOut", "Moved"]

_ID, _VALUE = itemgetter("sys_id"), itemgetter("value")


class Moved(Exception):
    """Another answer to the same request does not begin with the records that were handed out already."""


class HandedOut:
    """The records that the caller has, in a few bytes: how many, the last one, and a hash over their order.

    Attributes:
        last_sys_id: sys_id of the last one of the batch that is being handed out; None when it has none.
        is_known: Whether each of them has a sys_id, so that they are recognised in another answer.
    """

    def __init__(self) -> None:
        self.last_sys_id: str | None = None
        self.is_known = True
        self._begun = 0
        self._current: Iterator[Record] = iter(())
        self._order = _Order()

    @property
    def count(self) -> int:
        """Records that were handed out."""
        return self._begun - length_hint(self._current)

    def following(
        self, batches: Iterable[list[Record]], check_odd: Callable[[JSON], None]
    ) -> Iterator[Iterator[Record]]:
        """Yield what comes behind the records that were handed out, and count it among them.

        Args:
            batches: All records of an answer, from the first one on.
            check_odd: Looks at what is no object, and may raise an error of the library.

        Yields:
            The records of a batch; they count as handed out as they are taken.

        Raises:
            Moved: They do not begin with those that were handed out: rows have come, gone or moved meanwhile.
        """
        for batch in self._behind(iter(batches)):
            fit, error = _fit(batch, check_odd)
            if fit:
                self._note(fit)  # before the caller can change them
                self._begun += len(fit)
                self._current = iter(fit)
                yield self._current
            if error is not None:
                raise error

    def stop(self) -> None:
        """Hand out no more of the batch that was begun."""
        self._begun = self.count
        deque(self._current, maxlen=0)

    def _behind(self, batches: Iterator[list[Record]]) -> Iterator[list[Record]]:
        order, missing = _Order(), self.count
        while missing:
            batch = next(batches, None)
            if batch is None:
                raise Moved
            order.add(_ids_of(batch[:missing]))
            missing, rest = max(0, missing - len(batch)), batch[missing:]
            if not missing:
                if order != self._order:
                    raise Moved
                yield rest
        yield from batches

    def _note(self, batch: list[Record]) -> None:
        ids = _ids_of(batch)
        self.last_sys_id = ids[-1]
        self.is_known = self.is_known and all(ids)
        self._order.add(ids)


class _Order:
    """A hash over sys_ids in their order, however they were cut into batches."""

    def __init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16, usedforsecurity=False)

    def add(self, ids: list[str | None]) -> None:
        texts = ["" if sys_id is None else sys_id for sys_id in ids] if None in ids else ids
        joined = "\n".join(texts)  # type: ignore[arg-type]  # the others are texts
        if "\\" in joined or joined.count("\n") >= len(texts) > 0:
            joined = "\n".join(text.replace("\\", "\\\\").replace("\n", "\\n") for text in texts if text is not None)
        self._digest.update(joined.encode("utf-8", "surrogatepass") + b"\n" * bool(texts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Order) and self._digest.digest() == other._digest.digest()

    __hash__ = None  # type: ignore[assignment]  # it changes


def _fit(batch: list[Record], check_odd: Callable[[JSON], None]) -> tuple[list[Record], PysnowException | None]:
    """What can be handed out of a batch, and what is wrong behind it."""
    if {dict}.issuperset(map(type, batch)):
        return batch, None
    for place, record in enumerate(batch):
        try:
            if type(record) is not dict:
                check_odd(record)
        except PysnowException as exc:
            return batch[:place], exc
    return batch, None


def _ids_of(batch: list[Record]) -> list[str | None]:
    try:
        ids = list(map(_ID, batch))
        if {dict}.issuperset(map(type, ids)):  # they were asked for with display_value="all"
            ids = list(map(_VALUE, ids))
        if {str}.issuperset(map(type, ids)):
            return ids
    except (TypeError, KeyError, IndexError):
        pass
    return list(map(_sys_id_of, batch))


def _sys_id_of(record: JSON) -> str | None:
    sys_id = raw_value(record.get("sys_id")) if isinstance(record, dict) else None
    return sys_id if isinstance(sys_id, str) else None
