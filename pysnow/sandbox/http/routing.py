"""Which handler serves which path and verb."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pysnow.sandbox.http.errors import method_not_allowed, unrouted
from pysnow.sandbox.http.exchange import Handler

API = "/api/now"


@dataclass(frozen=True, slots=True)
class Route:
    """One path and verb of an API.

    Attributes:
        method: The verb; GET serves HEAD too.
        path: Path with its parts in angle brackets: ``/api/now/table/<table>``.
        handler: What serves it; the parts of the path are its keyword arguments.
        version: ``v1`` or ``v2`` when the path pins one.
        is_public: Whether it serves callers who are not logged in.
        negotiates: Whether the answer follows ``Accept``; file contents and OAuth answers do not.
    """

    method: str
    path: str
    handler: Handler
    version: str = ""
    is_public: bool = False
    negotiates: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the parts of the path it was found by."""

    route: Route
    parts: dict[str, str]


def versioned(
    method: str, path: str, handler: Handler, *, versions: tuple[str, ...] = ("v1", "v2"), negotiates: bool = True
) -> list[Route]:
    """Build the routes of a path below ``/api/now``: the latest version's and the pinned ones'."""
    prefixes = [("", API), *((version, f"{API}/{version}") for version in versions)]
    return [
        Route(method, f"{prefix}{path}", handler, version=version, negotiates=negotiates)
        for version, prefix in prefixes
    ]


class Router:
    """Finds routes; threads may share it.

    Werkzeug's own router compiles Python code for every rule: made anew for each sandbox, it would cost more than all
    the rest of it.

    Args:
        routes: The routes; of several that fit, the first serves.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._paths: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in routes:
            _, methods = self._paths.setdefault(route.path, (_pattern(route.path), {}))
            methods.setdefault(route.method, route)

    def find(self, method: str, path: str) -> Match:
        """Find the route of a request.

        Raises:
            ApiError: 400, no resource has this path; 405, the resource does not offer the verb.
        """
        wanted = "GET" if method == "HEAD" else method
        offered: set[str] = set()
        for pattern, methods in self._paths.values():
            if found := pattern.fullmatch(path):
                if wanted in methods:
                    return Match(methods[wanted], found.groupdict())
                offered.update(methods)
        raise method_not_allowed(method, tuple(sorted(offered))) if offered else unrouted()


# Each sandbox has a router, and a test suite has hundreds of sandboxes.
@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Compile a path; ``<name>`` stands for one segment, ``<path:name>`` for all that follow."""
    pieces = re.split(r"<(path:)?(\w+)>", path)
    regex = re.escape(pieces[0])
    for is_rest, name, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        regex += f"(?P<{name}>{'.+' if is_rest else '[^/]+'}){re.escape(text)}"
    return re.compile(regex, re.DOTALL)
