"""Texts as typed Arrow columns; needs pyarrow.

The platform sends every stored value as a text, in one form for each type: ``true``, ``1970-01-05 11:00:11``, UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from pysnow.exceptions import InvalidUsage, MalformedResponse

if TYPE_CHECKING:
    import pyarrow

__all__ = ["arrow_type", "column", "pyarrow_module"]

_KINDS: Final = {
    "boolean": "boolean",
    "integer": "integer",
    "longint": "integer",
    "long": "integer",
    "decimal": "decimal",
    "float": "float",
    "percent_complete": "float",
    "glide_date_time": "moment",
    "due_date": "moment",
    "glide_date": "day",
    "glide_duration": "duration",
    "timer": "duration",
}
"""Internal types of ``sys_dictionary`` that are more than a text."""


def pyarrow_module() -> Any:
    """Load pyarrow.

    Raises:
        InvalidUsage: It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.compute  # noqa: F401 - makes pyarrow.compute there
    except ImportError as error:
        raise InvalidUsage('This needs pyarrow: pip install "pysnow[arrow]"') from error
    return pyarrow


def arrow_type(internal_type: str | None) -> pyarrow.DataType:
    """Tell the Arrow type of a column.

    Args:
        internal_type: Its type in the dictionary, such as ``glide_date_time``; None for a text.
    """
    pa = pyarrow_module()
    types = {
        "boolean": pa.bool_,
        "integer": pa.int64,
        "decimal": lambda: pa.decimal128(38, 9),
        "float": pa.float64,
        "moment": lambda: pa.timestamp("us", tz="UTC"),
        "day": pa.date32,
        "duration": lambda: pa.duration("s"),
    }
    make = types.get(_KINDS.get(internal_type or "", ""), pa.string)
    return make()


def column(name: str, texts: Sequence[str | None], internal_type: str | None) -> pyarrow.Array:
    """Make a column. An empty text of a column that is no text has no value.

    Args:
        name: Name of the column, for errors.
        texts: Its cells.
        internal_type: As for :func:`arrow_type`.

    Raises:
        MalformedResponse: A text is not what the type says.
    """
    pa = pyarrow_module()
    kind = _KINDS.get(internal_type or "")
    if kind is None:
        return pa.array(texts, pa.string())
    filled = pa.array([text or None for text in texts], pa.string())
    try:
        return _PARSERS[kind](pa, filled)
    except pa.ArrowInvalid as error:
        odd = next(text for text in texts if text and _is_odd(pa, kind, text))
        raise MalformedResponse(
            f"Column {name!r} holds {odd!r:.60}, which is no {internal_type}: types=None gives texts"
        ) from error


def _is_odd(pa: Any, kind: str, text: str) -> bool:
    try:
        _PARSERS[kind](pa, pa.array([text], pa.string()))
    except pa.ArrowInvalid:
        return True
    return False


def _boolean(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.cast(texts, pa.bool_())


def _integer(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.cast(texts, pa.int64())


def _decimal(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.cast(texts, pa.decimal128(38, 9))


def _float(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.cast(texts, pa.float64())


def _moment(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.assume_timezone(pa.compute.cast(texts, pa.timestamp("us")), "UTC")


def _day(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    return pa.compute.cast(texts, pa.date32())


def _duration(pa: Any, texts: pyarrow.Array) -> pyarrow.Array:
    # A duration is the moment that lies so far behind the beginning of 1970.
    moments = pa.compute.cast(texts, pa.timestamp("s"))
    return pa.compute.cast(pa.compute.cast(moments, pa.int64()), pa.duration("s"))


_PARSERS: Final[dict[str, Callable[[Any, pyarrow.Array], pyarrow.Array]]] = {
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "moment": _moment,
    "day": _day,
    "duration": _duration,
}
