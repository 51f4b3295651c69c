"""Pages for people where a program expects data, and ways to other places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.kinds.replacement import HTML, JSON, Replacement, edge_reply
from pysnow.sandbox.faults.reply import Reply

DEVELOPER_SITE = "https://developer.servicenow.com/dev.do#!/home?wu=true"
FOREIGN = "https://foreign.example"

_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Page(Replacement):
    """A page, with status 200 unless told otherwise; ``as_json`` says that it is JSON, which it is not."""

    TITLE: ClassVar[str] = ""
    BODY: ClassVar[str] = ""

    status: int = 200
    as_json: bool = False

    def answer(self, call: Call) -> Reply:
        """Give the page."""
        head = f"<head>\n<title>{self.TITLE}</title>\n</head>"
        html = f"<!DOCTYPE html>\n<html>\n{head}\n<body>\n{self.BODY}\n</body>\n</html>\n"
        return edge_reply(self.status, html.encode(), content_type=JSON if self.as_json else HTML)


class HibernatingPage(Page):
    """Answer with the page of a developer instance that sleeps."""

    TITLE = "Instance Hibernating page"
    BODY = (
        '<div class="instance-hibernating-page">\n<h1>Your instance is hibernating</h1>\n'
        "<p>Sign in to the developer site to wake it.</p>\n</div>"
    )


class LoginPage(Page):
    """Answer with a login page, as single sign-on and lost sessions do."""

    TITLE = "Log in | ServiceNow"
    BODY = (
        '<form id="loginPage" action="/login.do" method="post">\n<input id="user_name" name="user_name">\n'
        '<input id="user_password" name="user_password" type="password">\n</form>'
    )


class ProxyPage(Page):
    """Answer with the page of a proxy between the caller and the instance."""

    TITLE = "Web Gateway: authentication required"
    BODY = "<h1>Access to this site is subject to the rules of your organisation</h1>"


class MaintenancePage(Page):
    """Answer with the page of an instance that is being upgraded."""

    TITLE = "Instance maintenance"
    BODY = "<h1>This instance is undergoing maintenance</h1>\n<p>It will be available again shortly.</p>"


@dataclass(frozen=True)
class Redirect(Replacement):
    """Send the caller to another URL: the developer site, or ``to``, or in a loop to its own (``self``)."""

    to: str = DEVELOPER_SITE
    status: int = 302

    def __post_init__(self) -> None:
        """Check the options.

        Raises:
            ValueError: The status is no redirect.
        """
        if self.status not in _REDIRECTS:
            raise ValueError(f"redirect: status must be one of {', '.join(map(str, _REDIRECTS))}, not {self.status}")

    def answer(self, call: Call) -> Reply:
        """Give the redirect."""
        return edge_reply(self.status, b"", headers=(("Location", self._target(call)),))

    def _target(self, call: Call) -> str:
        if self.to != "self":
            return self.to
        query = call.environ.get("QUERY_STRING", "")
        return f"{call.world.instance.base_url}{call.path}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class ForeignLink(Fault):
    """Let the ``Link`` header of a list name another host: ``to`` is what its URLs begin with."""

    OPERATIONS: ClassVar[frozenset[str]] = frozenset({"list"})

    to: str = FOREIGN

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve, with other links."""
        url = f"{self.to}{call.path}?sysparm_offset"
        links = f'<{url}=0>;rel="first",<{url}=1>;rel="next",<{url}=2>;rel="last"'
        return serve(call).with_headers(("Link", links))
