"""Who runs, and with which packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CONTENDERS", "LIMIT", "Contender"]

_OURS = ("requests", "requests-oauthlib", "python-dateutil", "urllib3>=2.7.0")


@dataclass(frozen=True)
class Contender:
    """One way of reading.

    Attributes:
        name: For the table.
        client: Its file in ``clients``.
        packages: What its environment holds, as for pip.
        is_checkout: Whether the library is taken from this checkout.
        is_slow: Whether it takes minutes for what takes others seconds; it is left out of the largest run then.
    """

    name: str
    client: str
    packages: tuple[str, ...]
    is_checkout: bool = False
    is_slow: bool = False


LIMIT: Final = "physical limit"
"""The contender that all others are a share of."""

CONTENDERS: Final = (
    Contender(LIMIT, "physical_limit", ("orjson", "isal")),
    Contender("pysnow[fast]", "this_pysnow", (*_OURS, "msgspec", "isal"), is_checkout=True),
    Contender("pysnow", "this_pysnow", _OURS, is_checkout=True),
    Contender("requests + json", "requests_json", ("requests",)),
    Contender("requests + orjson", "requests_orjson", ("requests", "orjson")),
    Contender("requests + ijson", "requests_ijson", ("requests", "ijson")),
    Contender("httpx + orjson", "httpx_orjson", ("httpx", "orjson")),
    Contender("dlt", "dlt_rest", ("dlt",)),
    Contender("PySNC", "pysnc_records", ("pysnc",), is_slow=True),
    Contender("pysnow 0.7.17", "pysnow_0_7", ("pysnow==0.7.17",), is_slow=True),
)
