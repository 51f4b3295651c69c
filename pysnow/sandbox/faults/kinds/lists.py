"""Lists that do not hold still: other orders, other lengths, rows that hide or move, counts that lie."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import quote

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.replacement import envelope
from pysnow.sandbox.faults.reply import Reply, read_json, sys_id_of
from pysnow.sandbox.instance.refusals import Refusal

_LISTS = frozenset({"list"})
_TIE_BREAKERS = ("sys_created_on", "sys_updated_on", "sys_mod_count", "sys_created_by", "sys_id")
_QUERY = "sysparm_query"


class UnstableTies(Fault):
    """Break the ties of a list by another column each time, as some other index would (PRB1782312).

    A list without ``ORDERBY`` changes its order as a whole. Lists by ``field=value`` pass.
    """

    OPERATIONS: ClassVar[frozenset[str]] = _LISTS

    def applies(self, call: Call) -> bool:
        """Say whether the order can be changed: a query would put the ``field=value`` pairs out of force."""
        names = {name for name, value in call.query if name == _QUERY or not name.startswith("sysparm_")}
        return super().applies(call) and names <= {_QUERY}

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve in another order."""
        direction = call.random.choice(("ORDERBY", "ORDERBYDESC"))
        query = call.parameter(_QUERY)
        changed = f"{query}{'^' if query else ''}{direction}{call.random.choice(_TIE_BREAKERS)}"
        reply = serve(call.with_parameter(_QUERY, changed))
        if not (links := reply.header("Link")):
            return reply
        # The links of an instance repeat what was asked.
        asked = f"{_QUERY}={quote(query, safe='')}&" if any(name == _QUERY for name, _ in call.query) else ""
        return reply.with_headers(("Link", links.replace(f"{_QUERY}={quote(changed, safe='')}&", asked)))


@dataclass(frozen=True)
class CappedLimit(Fault):
    """Give no more than ``rows`` of a list, whatever ``sysparm_limit`` asks for; links and count fit what is given."""

    OPERATIONS: ClassVar[frozenset[str]] = _LISTS

    rows: int = 10

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve a shorter list."""
        asked = call.parameter("sysparm_limit")
        limit = min(int(asked), self.rows) if asked.isascii() and asked.isdecimal() else self.rows
        return serve(call.with_parameter("sysparm_limit", str(limit)))


class SamePage(Fault):
    """Answer the first list it strikes as ever, and all later ones of that path with the same page again."""

    OPERATIONS: ClassVar[frozenset[str]] = _LISTS

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve the page, for the first time or again."""
        with call.memory.lock:
            kept = call.memory.values.get(call.path)
            if isinstance(kept, Reply):
                return kept
            reply = serve(call.plain())
            page = reply.with_body(reply.read())
            call.memory.values[call.path] = page
            return page


@dataclass(frozen=True)
class HiddenRows(Fault):
    """Hide a ``share`` of the records after limit and count, as row ACLs do (KB3047115): always the same ones.

    They are missing from lists that ask for ``sys_id``, and not found where they are read, updated or deleted.
    """

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list", "read", "update", "delete"})

    share: float = 0.1

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve without them."""
        if call.operation.sys_id and self._hides(call, call.operation.sys_id):
            return envelope(call, 404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")
        if call.operation.name != "list":
            return serve(call)
        reply, read = read_json(serve(call.plain()))
        if read is None or read.rows is None:
            return reply
        return read.with_rows([row for row in read.rows if not self._hides(call, sys_id_of(row))])

    def _hides(self, call: Call, sys_id: str) -> bool:
        return bool(sys_id) and random.Random(f"{call.memory.seed}:{sys_id}").random() < self.share


@dataclass(frozen=True)
class MovingRows(Fault):
    """Insert, update and delete records of the table, chosen by chance, before each list that it strikes."""

    OPERATIONS: ClassVar[frozenset[str]] = _LISTS

    inserts: int = 1
    updates: int = 1
    deletes: int = 1

    def play(self, call: Call, serve: Serve) -> Reply:
        """Move rows, then serve."""
        with suppress(Refusal):  # a table that cannot be written, or does not exist: it stays as it is
            self._move(call)
        return serve(call)

    def _move(self, call: Call) -> None:
        instance, table = call.world.instance, call.operation.table
        instance.platform.table(table)
        for _ in range(self.inserts):
            sys_id = f"{call.random.getrandbits(128):032x}"
            instance.create(table, {"sys_id": sys_id}, instance.system)
        chosen = self._chosen(call)
        for sys_id in chosen[: self.updates]:
            text = f"{call.random.getrandbits(32):x}"
            instance.update(table, sys_id, {"short_description": text, "comments": text}, instance.system)
        for sys_id in chosen[self.updates :]:
            instance.delete(table, sys_id, instance.system)

    def _chosen(self, call: Call) -> list[str]:
        """Give the keys of some records, without reading those of all."""
        store, table = call.world.instance.store, call.operation.table
        total = store.count(table)
        places = call.random.sample(range(total), min(self.updates + self.deletes, total))
        rows = [row for place in places for row in store.select(table, columns=("sys_id",), limit=1, offset=place)]
        return [row["sys_id"] or "" for row in rows]


@dataclass(frozen=True)
class WrongCount(Fault):
    """Let ``X-Total-Count`` be ``missing``, ``low`` or ``high`` by so many, or a ``text``; links stay as they are."""

    OPERATIONS: ClassVar[frozenset[str]] = _LISTS

    how: Literal["missing", "low", "high", "text"] = "missing"
    by: int = 1

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, with another count."""
        reply = serve(call)
        count = reply.header("X-Total-Count")
        if not count:
            return reply
        if self.how == "missing":
            return reply.without_headers("X-Total-Count")
        counts = {"low": str(max(int(count) - self.by, 0)), "high": str(int(count) + self.by), "text": "many"}
        return reply.with_headers(("X-Total-Count", counts[self.how]))
