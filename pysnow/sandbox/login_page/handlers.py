"""The pages ``/login.do`` and ``/navpage.do``, with the names of fields that the platform's own pages use."""

from __future__ import annotations

import hmac
import re

from pysnow.sandbox.http.access import active_caller
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.forms import read_form
from pysnow.sandbox.http.sessions import Session, SessionBook
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.login_page.page import hidden_fields, page
from pysnow.sandbox.markup import Html, tag

LOGIN_PATH = "/login.do"
HOME_PATH = "/navpage.do"

# Whom a sign-in may lead on to. Anything else a link could name would lead people elsewhere, or break the header.
_TARGET = re.compile(r"/oauth_auth\.do\?[!-~]*")


class LoginPages:
    """Lets people sign in; threads may share it.

    Args:
        instance: Whose users may sign in.
        sessions: Where their sessions are kept.
    """

    def __init__(self, instance: Instance, sessions: SessionBook) -> None:
        self._instance = instance
        self._sessions = sessions

    def show(self, exchange: Exchange) -> Answer:
        """Show the form: ``GET /login.do``."""
        return self.form(exchange, exchange.parameters.text("sysparm_goto_url"))

    def submit(self, exchange: Exchange) -> Answer:
        """Sign in: ``POST /login.do``. The session that is opened has a new id."""
        fields = read_form(exchange.request)
        session, target = self._page_session(exchange), fields.get("sysparm_goto_url", "")
        if session is None or not is_from(session, fields.get("sysparm_ck", "")):
            return self.form(exchange, target, "Your session has expired, please log in again")
        caller = self._signed_in(fields.get("user_name", ""), fields.get("user_password", ""))
        if caller is None:
            return self.form(exchange, target, "User name or password invalid")
        cookies = self._cookies(exchange, self._sessions.open(caller.user_name, ""))
        return Answer(302, None, (("Location", target if _TARGET.fullmatch(target) else HOME_PATH), *cookies))

    def home(self, exchange: Exchange) -> Answer:
        """Show who is signed in, with the token that scripts take out of a page: ``GET /navpage.do``."""
        session = self.session_of(exchange)
        if session is None:
            return Answer(302, None, (("Location", LOGIN_PATH),))
        # What stands in a script is not escaped; a token is made of hexadecimal digits.
        script = tag("script", Html(f"window.g_ck = '{session.user_token}';"))
        return page("ServiceNow", tag("p", "Logged in as ", tag("b", session.user_name), "."), script)

    def form(self, exchange: Exchange, target: str, message: str = "") -> Answer:
        """Show the form, in a session of nobody's own that it can be sent back from.

        Args:
            exchange: The request.
            target: Path to go on to afterwards; empty for the home page.
            message: What went wrong before; empty for nothing.
        """
        session = self._page_session(exchange)
        cookies: tuple[tuple[str, str], ...] = ()
        if session is None or session.user_name:
            session = self._sessions.open("", "")
            cookies = self._cookies(exchange, session)
        hidden = hidden_fields({"sysparm_ck": session.user_token, "sysparm_goto_url": target})
        return page("Log in", tag("p", message) if message else None, _form(hidden), headers=cookies)

    def session_of(self, exchange: Exchange) -> Session | None:
        """Give the session of a page in which somebody signed in who still may; None without one."""
        session = self._page_session(exchange)
        if session is None or active_caller(self._instance, session.user_name) is None:
            return None
        return session

    def _signed_in(self, user_name: str, password: str) -> Caller | None:
        """Give who may use pages: users with "Web service access only" may not."""
        outcome = self._instance.sign_in(user_name, password)
        is_for_services = outcome.user is not None and outcome.user["web_service_access_only"] == "true"
        return None if is_for_services else outcome.caller

    def _page_session(self, exchange: Exchange) -> Session | None:
        return self._sessions.find(exchange.request.cookies.get("JSESSIONID", ""), "")

    def _cookies(self, exchange: Exchange, session: Session) -> tuple[tuple[str, str], ...]:
        return tuple(self._sessions.cookies(session, secure=exchange.request.scheme == "https"))


def is_from(session: Session, user_token: str) -> bool:
    """Tell whether a request comes from a page of a session, and not from a page of another site."""
    return hmac.compare_digest(session.user_token.encode(), user_token.encode("utf-8", "replace"))


def _form(hidden: Html) -> Html:
    user_name = tag("input", name="user_name", autocomplete="username")
    password = tag("input", type="password", name="user_password", autocomplete="current-password")
    button = tag("button", "Log in", name="sys_action", value="sysverb_login")
    fields = (tag("label", "User name ", user_name), tag("label", "Password ", password), button)
    return tag("form", hidden, [tag("p", field) for field in fields], method="post", action=LOGIN_PATH)
