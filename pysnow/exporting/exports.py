"""The ways out of the library that everything with records shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal

from pysnow.exceptions import InvalidUsage

if TYPE_CHECKING:
    import os

    import pandas
    import polars
    import pyarrow

    from pysnow._types import JSON
    from pysnow.exporting.cells import Values
    from pysnow.exporting.frames import Sheet

__all__ = ["ExportSource", "Exports", "Types"]

Types = Mapping[str, str] | Literal["dictionary"] | None
"""Internal types of columns; ``"dictionary"`` to ask the instance for them; None for texts."""


@dataclass(frozen=True, slots=True)
class ExportSource:
    """What is exported.

    Attributes:
        rows: The records.
        fields: Those that were asked for, in order; empty for all.
        dictionary: Asks the instance for the internal types of the columns; None when no table is known.
        shown: How the records are read, as ``sysparm_display_value`` has it; empty where nobody knows.
    """

    rows: Iterable[Mapping[str, JSON]]
    fields: Sequence[str] = ()
    dictionary: Callable[[], Mapping[str, str]] | None = None
    shown: str = ""


class Exports:
    """Records that can be written to a file, or made into a frame.

    Memory holds a page or 10,000 records, not all of them, where the target allows it. Without ``fields=``, records
    are put aside first, in a temporary file, because the first one does not tell which columns others have. A walk is
    written from its beginning, and once: what was taken from it before would be missing.
    """

    def _export_source(self) -> ExportSource:
        raise NotImplementedError

    def _source_of(self, values: Values) -> ExportSource:
        from pysnow.exporting.cells import check_read

        source = self._export_source()
        check_read(values, source.shown)
        return source

    def to_csv(
        self,
        target: str | os.PathLike[str] | IO[str],
        *,
        values: Values = "value",
        raw: bool = False,
        encoding: str = "utf-8",
    ) -> int:
        r"""Write comma-separated values (RFC 4180), with a line of column names first.

        A file is there as a whole or not at all; one that exists is replaced in the end.

        Args:
            target: Path, or an open text file (opened with ``newline=""``).
            values: ``"value"``: what is stored, where it was read; ``"display"``: what people read; ``"both"``: the
                label in a second column, ``<field>_display``, of records read with ``display_value="all"``.
            raw: Leaves texts as they are. Otherwise those that a spreadsheet would run as a formula, because they
                begin with ``=``, ``+``, ``-``, ``@``, a tab or the end of a line, get a ``'`` before them; numbers do
                not.
            encoding: Encoding of the file; ``utf-8-sig`` for spreadsheets that would guess wrong.

        Returns:
            The number of records.

        Raises:
            InvalidUsage: An argument cannot be used, labels are wanted that were not read, or the walk was begun.
            OSError: The file cannot be written.
        """
        from pysnow.exporting.csv_lines import write_csv

        source = self._source_of(values)
        return write_csv(source.rows, target, source.fields, values=values, raw=raw, encoding=encoding)

    def to_jsonl(self, target: str | os.PathLike[str] | IO[str]) -> int:
        """Write each record as it came, as a JSON document on a line of its own (UTF-8).

        A file is there as a whole or not at all; one that exists is replaced in the end.

        Args:
            target: Path, or an open text file.

        Returns:
            The number of records.

        Raises:
            InvalidUsage: The target cannot be used, or the walk was begun.
            OSError: The file cannot be written.
        """
        from pysnow.exporting.json_lines import write_jsonl

        return write_jsonl(self._export_source().rows, target)

    def to_parquet(self, path: str | os.PathLike[str], *, types: Types = "dictionary", values: Values = "value") -> int:
        """Write a Parquet file, 10,000 records at a time. Needs pyarrow.

        Args:
            path: Path of the file, which is there as a whole or not at all.
            types: As for :meth:`to_arrow`.
            values: As for :meth:`to_csv`.

        Returns:
            The number of records.
        """
        from pysnow.exporting.frames import write_parquet

        return write_parquet(self._sheet(types, values), path)

    def to_arrow(self, *, types: Types = "dictionary", values: Values = "value") -> pyarrow.Table:
        """Make an Arrow table. Needs pyarrow.

        Columns have the types of the instance's dictionary: booleans, integers, decimals (38 digits, 9 of them behind
        the point), floats, moments in UTC, days, durations; all others are texts. An empty text of the former is null.
        Types are those of stored values: records read with ``display_value=True`` are texts throughout.

        Args:
            types: Internal types by column, such as ``{"priority": "integer"}``, instead of asking the instance
                (``sys_dictionary``); None for texts. Labels are texts always.
            values: As for :meth:`to_csv`.

        Raises:
            InvalidUsage: pyarrow is not installed, an argument cannot be used, labels are wanted that were not read, or
                the walk was begun.
            MalformedResponse: A value is not of its column's type.
        """
        from pysnow.exporting.frames import arrow_table

        return arrow_table(self._sheet(types, values))

    def to_pandas(self, *, types: Types = "dictionary", values: Values = "value") -> pandas.DataFrame:
        """Make a pandas DataFrame. Needs pandas and pyarrow.

        Args:
            types: As for :meth:`to_arrow`.
            values: As for :meth:`to_csv`.
        """
        from pysnow.exporting.frames import pandas_frame

        return pandas_frame(self._sheet(types, values))

    def to_polars(self, *, types: Types = "dictionary", values: Values = "value") -> polars.DataFrame:
        """Make a polars DataFrame. Needs polars and pyarrow.

        Args:
            types: As for :meth:`to_arrow`.
            values: As for :meth:`to_csv`.
        """
        from pysnow.exporting.frames import polars_frame

        return polars_frame(self._sheet(types, values))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Hand the records to whatever reads Arrow, such as DuckDB, polars or pandas: the PyCapsule interface."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def _sheet(self, types: Types, values: Values) -> Sheet:
        from pysnow.exporting.frames import Sheet

        source = self._source_of(values)
        return Sheet(source.rows, source.fields, _checked_types(types, source, values), values)


def _checked_types(types: Types, source: ExportSource, values: Values) -> Mapping[str, str]:
    if types is None or values == "display":
        return {}
    if isinstance(types, Mapping):
        return types
    if types != "dictionary":
        raise InvalidUsage(f"types must be a mapping of columns to internal types, 'dictionary' or None, not {types!r}")
    if source.dictionary is None:
        raise InvalidUsage("No table is known here that the instance could describe: pass types=, or None for texts")
    return source.dictionary()
