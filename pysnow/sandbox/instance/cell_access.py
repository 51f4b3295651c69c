"""Which columns of which rows a caller may see, for a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

from pysnow.sandbox.acl import Evaluation, Subject
from pysnow.sandbox.acl.needs import Need
from pysnow.sandbox.instance.paths import PageValues, Target


class CellAccess:
    """The column rules as they apply to a caller."""

    def __init__(self, subject: Subject, evaluation: Evaluation) -> None:
        """Take a caller.

        Args:
            subject: Who reads.
            evaluation: Tells which rows meet conditions.
        """
        self._subject = subject
        self._evaluation = evaluation

    @property
    def is_free(self) -> bool:
        """Whether every column is visible, so that nothing needs to be asked."""
        return self._subject.is_free("read")

    def visible(self, page: PageValues, path: str) -> list[bool] | None:
        """Tell for each row of a page whether a column or dotted path is visible; None when it is in all of them.

        Every step of a path must be: its column, and beyond the first one the record it is read from.
        """
        seen: list[bool] | None = None
        for step in _steps(path):
            # "ref_<table>" is no column: it goes on with the same record.
            target = page.target(step)
            cells = self._cells(page, step, target) if target else None
            if cells is not None:
                seen = cells if seen is None else [a and b for a, b in zip(seen, cells, strict=True)]
        return seen

    def _cells(self, page: PageValues, path: str, target: Target) -> list[bool] | None:
        prefix, dot, _ = path.rpartition(".")

        def need_of(name: str) -> Need:
            need = self._subject.field_need(name, target.column.element, "read")
            return self._subject.row_need(name, "read") & need if prefix else need

        answer = self._evaluation.uniform(target.table, need_of)
        if answer is True:
            return None
        sys_ids = page.values(f"{prefix}{dot}sys_id")
        if answer is False:
            return [False] * len(sys_ids)
        met = self._evaluation.permitted(target.table, {each for each in sys_ids if each}, need_of)
        # An empty reference has nothing to hide.
        return [not each or each in met for each in sys_ids]


def _steps(path: str) -> Iterator[str]:
    """Give a path's beginnings: ``a``, ``a.b``, ``a.b.c``."""
    parts = path.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))
