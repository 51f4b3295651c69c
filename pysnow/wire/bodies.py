"""Bodies of requests that are sent more than once: a file is where it ended after the first time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["rewinder"]


def rewinder(content: Mapping[str, Any]) -> Callable[[], bool]:
    """Remember where the files of a request stand.

    Args:
        content: ``data`` and ``files``, as ``requests`` takes them.

    Returns:
        A function that puts them back there, and tells whether it could: the request may be sent again only then.
    """
    if not content:
        return _always
    places = [_place_of(part) for part in _streams(content)]
    return lambda: all(place is not None and place() for place in places)


def _always() -> bool:
    return True


def _streams(content: Mapping[str, Any]) -> Iterator[Any]:
    """What is read up while a request is sent."""
    data = content.get("data")
    if data is not None and not isinstance(data, (str, bytes, bytearray, Mapping, list, tuple)):
        yield data
    files = content.get("files") or ()
    for part in files.values() if isinstance(files, Mapping) else (pair[1] for pair in files):
        inner = part[1] if isinstance(part, (list, tuple)) else part
        if not isinstance(inner, (str, bytes, bytearray)):
            yield inner


def _place_of(stream: Any) -> Callable[[], bool] | None:
    """A way back to where a file stands now; None where there is none."""
    rewind = getattr(stream, "rewinder", None)
    if callable(rewind):
        made: Callable[[], bool] = rewind()
        return made
    try:
        place = stream.tell()
        if not stream.seekable():
            return None
    except (AttributeError, OSError, ValueError):
        return None

    def back() -> bool:
        try:
            stream.seek(place)
        except (OSError, ValueError):
            return False
        return True

    return back
