"""Testing programs that talk to ServiceNow, without one: a local instance stands in for every real one.

With pytest there is nothing to import: the package brings the fixtures ``servicenow``, ``servicenow_client`` and
``servicenow_server``. Elsewhere::

    from pysnow.testing import intercept

    with intercept() as sandbox:
        sandbox.add("incident", {"short_description": "Printer on fire"})
        ...  # whatever the program asks of https://dev12345.service-now.com, the sandbox answers
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pysnow.testing.errors import RequestBlocked
    from pysnow.testing.interception import intercept

__all__ = ["RequestBlocked", "intercept"]


def __getattr__(name: str) -> object:
    # Looked up late: pytest imports this package for its plugin, in every project that has it installed.
    if name == "intercept":
        from pysnow.testing.interception import intercept

        return intercept
    if name == "RequestBlocked":
        from pysnow.testing.errors import RequestBlocked

        return RequestBlocked
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
