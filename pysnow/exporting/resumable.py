"""An export that another process can go on with: what was written lies beside the target, and where the walk stood.

``incidents.csv.part`` grows; ``incidents.csv.resume`` says how much of it is whole, and holds the walk's token. In the
end the part takes the target's name.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from pysnow.exceptions import InvalidUsage
from pysnow.exporting.cells import Values, check_read, checked_values
from pysnow.exporting.csv_lines import CsvLines
from pysnow.exporting.exports import Exports
from pysnow.exporting.json_lines import json_line
from pysnow.exporting.target_file import checked_path
from pysnow.params_builder import field_list

if TYPE_CHECKING:
    from types import TracebackType

    from pysnow._types import JSON

__all__ = ["ResumableExport", "Walk", "WalkReport"]

_ROWS_BETWEEN_NOTES: Final = 1000


class WalkReport(Protocol):
    """How a walk went."""

    @property
    def received(self) -> int:
        """Rows that it gave, and before them the walk whose token it goes on from."""
        ...


class Walk(Protocol):
    """Rows that tell where to go on from."""

    @property
    def report(self) -> WalkReport:
        """How it went so far."""
        ...

    @property
    def resume_token(self) -> str:
        """Where to go on, behind the row that came last."""
        ...

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        ...

    def __iter__(self) -> Iterator[Mapping[str, JSON]]:
        """Give the rows."""
        ...


class ResumableExport:
    """What is written, and where to.

    Args:
        path: The target.
        form: ``csv`` or ``jsonl``.
        fields: The columns in order, as a list or joined by commas. CSV needs them, because its first line does. JSON
            lines hold all that comes when empty, and no sys_id that comes along unasked.
        values: As for :meth:`~pysnow.exporting.exports.Exports.to_csv`.
        raw: As for :meth:`~pysnow.exporting.exports.Exports.to_csv`.

    Attributes:
        path: The target.
        form: As given.
        fields: The columns, for the walk to ask for.
        values: As given.
        raw: As given.

    Raises:
        InvalidUsage: An argument cannot be used.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        form: Literal["csv", "jsonl"],
        fields: Iterable[str] | str = (),
        values: Values = "value",
        raw: bool = False,
    ) -> None:
        self.path = checked_path(path)
        self.fields = tuple(field_list(fields))
        self.form = form
        self.values = checked_values(values)
        self.raw = raw
        if form not in ("csv", "jsonl"):
            raise InvalidUsage(f"Only csv and jsonl can be gone on with, not {form!r}")
        if form == "csv" and not self.fields:
            raise InvalidUsage("A CSV file that can be gone on with needs its columns beforehand: pass fields")

    def __repr__(self) -> str:
        return f"<ResumableExport {self.path}, {self.form}>"

    def run(self, begin: Callable[[str | None], Walk], *, resume: bool = True) -> int:
        """Write all rows; after an error, or a kill, the next run goes on behind the last one that was noted.

        Args:
            begin: Begins a walk, at its start or where a token says: it hands the token on, as in
                ``lambda token: table.iterate(fields=export.fields, resume=token)``.
            resume: Whether to go on with what an earlier run left; it is thrown away otherwise.

        Returns:
            The number of rows in the file.

        Raises:
            InvalidUsage: What an earlier run left belongs to another walk, or cannot be read; the walk does not begin
                where the file ends; or labels are wanted that it does not read. Nothing was sent or written.
        """
        token, size, rows = self._left() if resume else (None, 0, 0)
        with begin(token) as walk:
            self._check(walk, rows)
            if token is None:
                self._note_path.unlink(missing_ok=True)
            rows = self._written(walk, size, rows, is_new=token is None)
        os.replace(self._part, self.path)
        self._note_path.unlink(missing_ok=True)
        return rows

    @property
    def _part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def _note_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.resume")

    def _check(self, walk: Walk, rows: int) -> None:
        """Refuse a walk whose rows would not fit behind those of the file."""
        behind = walk.report.received
        if behind != rows:
            raise InvalidUsage(
                f"The walk begins behind row {behind}, and {self._part} holds {rows}: hand the token on to a new walk, "
                "as in lambda token: table.iterate(..., resume=token)"
            )
        if isinstance(walk, Exports):
            check_read(self.values, walk._export_source().shown)

    def _written(self, walk: Walk, size: int, rows: int, *, is_new: bool) -> int:
        # Bytes are counted, so that what was written behind the last note can be cut off.
        try:
            with open(self._part, "w+b" if is_new else "r+b") as part:
                part.truncate(size)
                part.seek(size)
                return self._copy(walk, part, rows, is_new=is_new)
        except BaseException:
            if not self._note_path.exists():  # no row came, so there is nothing to go on with
                self._part.unlink(missing_ok=True)
            raise

    def _copy(self, walk: Walk, part: IO[bytes], rows: int, *, is_new: bool) -> int:
        text = io.TextIOWrapper(part, "utf-8", "backslashreplace", newline="")
        lines = CsvLines(text, self.fields, self.values, raw=self.raw) if self.form == "csv" else None
        if lines is not None and is_new:
            lines.begin()
        is_sys_id_extra = bool(self.fields) and "sys_id" not in self.fields
        try:
            for row in self._noting_errors(walk, text, part, rows):
                if lines is not None:
                    lines.write(row)
                elif is_sys_id_extra:
                    text.write(json_line({name: value for name, value in row.items() if name != "sys_id"}))
                else:
                    text.write(json_line(row))
                rows += 1
                if rows % _ROWS_BETWEEN_NOTES == 0:
                    self._note(walk, text, part, rows)
        finally:
            text.flush()
            text.detach()
        return rows

    def _noting_errors(self, walk: Walk, text: IO[str], part: IO[bytes], rows: int) -> Iterator[Mapping[str, JSON]]:
        """Give the rows; when no more can be had, note where.

        Not when a row could not be written: the walk is behind it already.
        """
        try:
            for row in walk:
                yield row
                rows += 1
        except GeneratorExit:
            raise
        except BaseException:
            if rows:
                self._note(walk, text, part, rows)
            raise

    def _note(self, walk: Walk, text: IO[str], part: IO[bytes], rows: int) -> None:
        text.flush()
        part.flush()
        os.fsync(part.fileno())
        note = {"token": walk.resume_token, "size": part.tell(), "rows": rows, "form": self._as_noted()}
        fresh = self._note_path.with_name(f"{self._note_path.name}.new")
        fresh.write_text(json.dumps(note), encoding="utf-8")
        os.replace(fresh, self._note_path)

    def _as_noted(self) -> list[Any]:
        return [self.form, list(self.fields), self.values, self.raw]

    def _left(self) -> tuple[str | None, int, int]:
        try:
            note = json.loads(self._note_path.read_text(encoding="utf-8"))
            size = self._part.stat().st_size
        except FileNotFoundError:
            return None, 0, 0
        except ValueError as error:
            raise InvalidUsage(f"{self._note_path} cannot be read: delete it to begin anew") from error
        if note["form"] != self._as_noted():
            raise InvalidUsage(
                f"{self._part} was begun with other columns or another form: {_in_words(*note['form'])}; not "
                f"{_in_words(*self._as_noted())}: pass the same, or resume=False to begin anew"
            )
        if size < note["size"]:
            raise InvalidUsage(f"{self._part} is shorter than {self._note_path} says: pass resume=False to begin anew")
        return note["token"], note["size"], note["rows"]


def _in_words(form: str, fields: list[str], values: str, raw: bool) -> str:
    return f"{form} of {','.join(fields) or 'all columns'} (values={values!r}, raw={raw})"
