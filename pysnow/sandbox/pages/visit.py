"""One visit of a page, as its handler sees it, and what may become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.http.parameters import Parameters
from pysnow.sandbox.http.request_log import RequestLog
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance

_ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit.

    Attributes:
        instance: The instance to show.
        log: What it was asked.
        faults: What goes wrong on purpose.
        token: Goes into every form that changes something; only a page of the sandbox itself can know it.
        parameters: Parameters of the address.
        form: Fields of the form that was posted.
    """

    instance: Instance
    log: RequestLog
    faults: FaultBook
    token: str
    parameters: Parameters
    form: Mapping[str, str]

    @property
    def caller(self) -> Caller:
        """In whose zone and formats values are shown: the administrator's, or the system's where there is none."""
        return self.instance.caller(_ADMINISTRATOR) or self.instance.system


class PageError(Exception):
    """A visit that ends on a page saying why.

    Args:
        status: HTTP status.
        title: The short of it.
        text: What happened and what to do.
        links: Labels and addresses of ways out.
    """

    def __init__(self, status: int, title: str, text: str, links: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{status} {title}")
        self.status = status
        self.title = title
        self.text = text
        self.links = links
