"""Which instance a client talks to: what it is called, and the build that it runs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pysnow.encoded_query import Condition
from pysnow.exceptions import NoResults

if TYPE_CHECKING:
    from pysnow.table import Table

__all__ = ["Build", "name_of", "read_build"]

_PROPERTIES: Final = "sys_properties"
_NAME: Final = "glide.buildname"
_TAG: Final = "glide.buildtag"


@dataclass(frozen=True, slots=True)
class Build:
    """What an instance runs.

    Attributes:
        name: Name of the release, such as ``Zurich``; None where this user may not see it.
        tag: Release, patch and their days, such as ``glide-zurich-07-01-2025__patch4-11-19-2025``; None likewise.
    """

    name: str | None
    tag: str | None


def name_of(base_url: str) -> str:
    """Give the name of an instance: the first label of its host; of a number, all of it.

    Args:
        base_url: Address of the instance.
    """
    host = urlsplit(base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.partition(".")[0]
    return host


def read_build(tables: Callable[[str], Table]) -> Build:
    """Ask which build an instance runs: one GET of two rows of ``sys_properties``.

    Args:
        tables: Gives the resource of a table.

    Raises:
        NoResults: This user may see neither.
        PysnowException: The instance did not answer, or not well.
    """
    rows = tables(_PROPERTIES).get(
        str(Condition("name", "IN", (_NAME, _TAG))),
        limit=2,
        fields=("name", "value"),
        display_value=False,
        exclude_reference_link=True,
        strict=False,
    )
    told = {row.get("name"): row.get("value") or None for row in rows.all()}
    build = Build(told.get(_NAME), told.get(_TAG))
    if build == Build(None, None):
        raise NoResults(f"This user may not see {_NAME} and {_TAG} in {_PROPERTIES}", table=_PROPERTIES)
    return build
