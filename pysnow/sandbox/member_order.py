"""Order of the members of a JSON object: that of a Java ``HashMap``, as in every body recorded in 2026.

Invariants: members come by ascending bucket; a bucket is the spread hash of the name modulo the table's size; the
table starts with 16 buckets and doubles whenever it is more than three quarters full; within a bucket, first put is
first.
"""

from __future__ import annotations

from functools import lru_cache

_INITIAL_BUCKETS = 16
_MASK = 0xFFFFFFFF


def java_hash(text: str) -> int:
    """Return Java's ``String.hashCode`` as an unsigned number of 32 bits."""
    value = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for index in range(0, len(units), 2):
        value = (31 * value + (units[index] << 8 | units[index + 1])) & _MASK
    return value


@lru_cache(maxsize=512)
def member_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return distinct names in the order in which an instance writes them.

    Args:
        names: The names, in the order in which they are put into the map.
    """
    buckets = _INITIAL_BUCKETS
    while len(names) > buckets * 3 // 4:
        buckets *= 2
    return tuple(sorted(names, key=lambda name: _spread(java_hash(name)) & (buckets - 1)))


def _spread(value: int) -> int:
    return value ^ value >> 16
