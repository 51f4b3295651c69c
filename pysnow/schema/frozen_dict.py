"""A dict that cannot be changed, for what many share."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

__all__ = ["FrozenDict"]

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class FrozenDict(dict[_Key, _Value]):
    """Reads, compares, copies, pickles and prints as a dict; whoever wants to change it copies it: ``dict(...)``."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse to be changed.

        Raises:
            TypeError: Always.
        """
        raise TypeError("What a schema says cannot be changed: lay another one over it, or copy it with dict()")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)
