"""What a client is asked to read. Nothing here may need more than the standard library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """All records of a table, page by page.

    Attributes:
        address: Host and port of the server.
        table: Table to read.
        page: Records of a page.
        total: Records of the table.
    """

    address: str
    table: str
    page: int
    total: int

    @property
    def url(self) -> str:
        """Address of the table."""
        return f"http://{self.address}/api/now/table/{self.table}"

    def pages(self) -> Iterator[dict[str, str]]:
        """Parameters of the request for each page."""
        for offset in range(0, self.total, self.page):
            yield {"sysparm_limit": str(self.page), "sysparm_offset": str(offset)}
