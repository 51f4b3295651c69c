"""What a streamed answer has handed out, so that another answer can go on behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from pysnow.field_value import raw_value

if TYPE_CHECKING:
    from pysnow._types import JSON, Record

__all__ = ["HandedOut", "Moved"]


class Moved(Exception):
    """Another answer to the same request does not begin with the records that were handed out already."""


class HandedOut:
    """The records that the caller has, in a few bytes: how many, the last one, and a hash over their order.

    Args:
        check_odd: Looks at a record that has no plain sys_id, and may raise.

    Attributes:
        count: Records that were handed out.
        last_sys_id: sys_id of the last one; None when it has none.
        is_known: Whether each of them has a sys_id, so that they are recognised in another answer.
    """

    def __init__(self, check_odd: Callable[[JSON], None]) -> None:
        self._check_odd = check_odd
        self.count = 0
        self.last_sys_id: str | None = None
        self.is_known = True
        self._digest = 0

    def following(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield what comes behind the records that were handed out, and count it among them.

        Args:
            records: All records of an answer, from the first one on.

        Raises:
            Moved: They do not begin with those that were handed out: rows have come, gone or moved meanwhile.
        """
        source = iter(records)
        self._skip(source)
        for record in source:
            try:
                sys_id = record["sys_id"]
                self._digest = hash((self._digest, sys_id))
            except (TypeError, KeyError, IndexError):  # with display_value="all" it is an object
                self._check_odd(record)
                sys_id = _sys_id_of(record)
                self._digest = hash((self._digest, sys_id))
            if not sys_id:
                self.is_known = False
            self.last_sys_id = sys_id
            self.count += 1
            yield record

    def _skip(self, source: Iterator[Record]) -> None:
        digest = 0
        for _ in range(self.count):
            record = next(source, None)
            if record is None:
                raise Moved
            digest = hash((digest, _sys_id_of(record)))
        if digest != self._digest:
            raise Moved


def _sys_id_of(record: JSON) -> str | None:
    sys_id = raw_value(record.get("sys_id")) if isinstance(record, dict) else None
    return sys_id if isinstance(sys_id, str) else None
