"""Records as Arrow tables, and as what is made from those: Parquet, pandas, polars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from pysnow.exceptions import InvalidUsage
from pysnow.exporting.arrow_columns import arrow_type, column, pyarrow_module
from pysnow.exporting.cells import LABEL_SUFFIX, Values, cell_reader, checked_values, flat_columns
from pysnow.exporting.layout import laid_out
from pysnow.exporting.target_file import replaced_by

if TYPE_CHECKING:
    import os

    import pandas
    import polars
    import pyarrow

    from pysnow._types import JSON

__all__ = ["Sheet", "arrow_table", "pandas_frame", "polars_frame", "write_parquet"]

_BATCH_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """Records, and what their columns are to be.

    Attributes:
        rows: The records.
        fields: What was asked for; None or empty for all there is.
        types: Internal type of fields, as in the dictionary; texts otherwise.
        values: What is wanted of each field.
    """

    rows: Iterable[Mapping[str, JSON]]
    fields: Sequence[str] | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    values: Values = "value"

    @contextmanager
    def batches(self) -> Iterator[tuple[pyarrow.Schema, Iterator[pyarrow.RecordBatch]]]:
        """Give the schema, and the records 10,000 at a time."""
        pa = pyarrow_module()
        checked_values(self.values)
        with laid_out(self.rows, self.fields) as (names, laid):
            kinds = self._kinds(names)
            columns = flat_columns(names, self.values)
            schema = pa.schema([(name, arrow_type(kinds.get(name))) for name in columns])
            cells = cell_reader(names, self.values)
            yield schema, (_batch(schema, kinds, [cells(row) for row in part]) for part in _parts(laid))

    def _kinds(self, names: Sequence[str]) -> dict[str, str]:
        if self.values == "display":
            return {}  # labels are as the user's settings have them
        labels = {name + LABEL_SUFFIX for name in names} if self.values == "both" else set()
        return {name: self.types[name] for name in names if name in self.types and name not in labels}


def arrow_table(sheet: Sheet) -> pyarrow.Table:
    """Make a table in memory."""
    with sheet.batches() as (schema, batches):
        return pyarrow_module().Table.from_batches(batches, schema)


def write_parquet(sheet: Sheet, path: str | os.PathLike[str]) -> int:
    """Write a Parquet file, a row group for each 10,000 records, and count these."""
    pyarrow_module()
    import pyarrow.parquet

    count = 0
    with (
        replaced_by(path) as fresh,
        sheet.batches() as (schema, batches),
        pyarrow.parquet.ParquetWriter(fresh, schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)
            count += len(batch)
    return count


def pandas_frame(sheet: Sheet) -> pandas.DataFrame:
    """Make a DataFrame; columns of integers and booleans know missing values without becoming something else."""
    pa = pyarrow_module()
    try:
        import pandas
    except ImportError as error:
        raise InvalidUsage('This needs pandas: pip install "pysnow[pandas]"') from error
    kept = {pa.int64(): pandas.Int64Dtype(), pa.bool_(): pandas.BooleanDtype()}
    return arrow_table(sheet).to_pandas(types_mapper=kept.get)


def polars_frame(sheet: Sheet) -> polars.DataFrame:
    """Make a polars frame."""
    try:
        import polars
    except ImportError as error:
        raise InvalidUsage('This needs polars: pip install "pysnow[polars]"') from error
    return polars.DataFrame(arrow_table(sheet))


def _parts(rows: Iterator[Mapping[str, JSON]]) -> Iterator[list[Mapping[str, JSON]]]:
    while part := list(islice(rows, _BATCH_ROWS)):
        yield part


def _batch(schema: pyarrow.Schema, kinds: Mapping[str, str], cells: list[list[str | None]]) -> pyarrow.RecordBatch:
    arrays = [
        column(name, texts, kinds.get(name)) for name, texts in zip(schema.names, zip(*cells, strict=True), strict=True)
    ]
    return pyarrow_module().RecordBatch.from_arrays(arrays, schema=schema)
