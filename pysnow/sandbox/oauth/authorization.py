"""The page ``/oauth_auth.do``, where a signed-in user lets an application in ("OAuth authorization code", vendor docs).

The browser arrives with the application's request and leaves with a code, sent to one of the application's registered
addresses. A request that is wrong is answered on a page and never sent on (our default): who made it is not proven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.forms import read_form
from pysnow.sandbox.http.sessions import Session, SessionBook
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.instance.properties import OAUTH_STATE_REQUIRED, is_on
from pysnow.sandbox.login_page.handlers import LoginPages, is_from
from pysnow.sandbox.login_page.page import error_page, hidden_fields, page
from pysnow.sandbox.markup import tag
from pysnow.sandbox.oauth.applications import CLIENT, Application, find_application
from pysnow.sandbox.oauth.codes import CodeBook, is_code_challenge

PATH = "/oauth_auth.do"


class AuthorizationRefused(Exception):
    """The application's request is wrong; its text is for the page."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What an application asks a user for.

    Attributes:
        application: Who asks.
        redirect_uri: Where the answer goes.
        state: What the answer carries back; empty for nothing.
        challenge: Code challenge; empty for none.
    """

    application: Application
    redirect_uri: str
    state: str
    challenge: str

    def parameters(self) -> dict[str, str]:
        """Give the parameters that make the same request again."""
        parameters = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
        }
        if self.challenge:
            parameters |= {"code_challenge": self.challenge, "code_challenge_method": "S256"}
        return parameters

    def reply(self, **members: str) -> Answer:
        """Send the browser back to the application."""
        parameters = members | ({"state": self.state} if self.state else {})
        joint = "&" if "?" in self.redirect_uri else "?"
        return Answer(302, None, (("Location", f"{self.redirect_uri}{joint}{urlencode(parameters)}"),))


def read_request(instance: Instance, parameter: Callable[[str], str]) -> AuthorizationRequest:
    """Read an application's request.

    Args:
        instance: Where the application is registered.
        parameter: Gives a parameter by its name; empty when it is not there.

    Raises:
        AuthorizationRefused: Something is wrong.
    """
    application = find_application(instance.platform, parameter("client_id"))
    if application is None or application.kind != CLIENT:
        raise AuthorizationRefused("Invalid client_id in request")
    redirect_uri = parameter("redirect_uri")
    if redirect_uri not in application.redirect_uris or not _fits_a_header(redirect_uri):
        raise AuthorizationRefused("Invalid redirect_uri in request")
    if parameter("response_type") != "code":
        raise AuthorizationRefused("Invalid response_type in request")
    state = parameter("state")
    if not state and is_on(instance.properties, OAUTH_STATE_REQUIRED):
        raise AuthorizationRefused("Missing State parameter in request")
    return AuthorizationRequest(application, redirect_uri, state, _challenge(application, parameter))


def _fits_a_header(address: str) -> bool:
    """Tell whether an address can be sent as it is; one with a fragment must not be (RFC 6749, 3.1.2)."""
    return address.isascii() and address.isprintable() and not {" ", "#"} & set(address)


def _challenge(application: Application, parameter: Callable[[str], str]) -> str:
    challenge, method = parameter("code_challenge"), parameter("code_challenge_method")
    if not challenge and not method:
        if application.is_public:
            raise AuthorizationRefused("Missing code_challenge in request")
        return ""
    if method != "S256":
        raise AuthorizationRefused("Invalid code_challenge_method in request")
    if not is_code_challenge(challenge):
        raise AuthorizationRefused("Invalid code_challenge in request")
    return challenge


class AuthorizationPages:
    """Asks users, and gives codes; threads may share it.

    Args:
        instance: Whose users are asked.
        sessions: The sessions they are signed in with.
        codes: The codes to give.
    """

    def __init__(self, instance: Instance, sessions: SessionBook, codes: CodeBook) -> None:
        self._instance = instance
        self._codes = codes
        self._login = LoginPages(instance, sessions)

    def ask(self, exchange: Exchange) -> Answer:
        """Show what the application asks for, or first the log-in: ``GET /oauth_auth.do``."""
        try:
            wanted = read_request(self._instance, exchange.parameters.text)
        except AuthorizationRefused as refusal:
            return error_page(400, str(refusal))
        session = self._login.session_of(exchange)
        return self._log_in_for(exchange, wanted) if session is None else _consent_page(wanted, session)

    def decide(self, exchange: Exchange) -> Answer:
        """Take the user's decision: ``POST /oauth_auth.do``."""
        fields = read_form(exchange.request)
        try:
            wanted = read_request(self._instance, lambda name: fields.get(name, ""))
        except AuthorizationRefused as refusal:
            return error_page(400, str(refusal))
        session = self._login.session_of(exchange)
        if session is None:
            return self._log_in_for(exchange, wanted)
        if not is_from(session, fields.get("sysparm_ck", "")):
            return error_page(403, "This request does not come from a page of this session")
        if fields.get("decision") != "allow":
            return wanted.reply(error="access_denied")
        return wanted.reply(code=self._issue(wanted, session))

    def _issue(self, wanted: AuthorizationRequest, session: Session) -> str:
        caller = self._instance.caller(session.user_name)
        user = caller.sys_id if caller else ""
        return self._codes.issue(wanted.application, user, redirect_uri=wanted.redirect_uri, challenge=wanted.challenge)

    def _log_in_for(self, exchange: Exchange, wanted: AuthorizationRequest) -> Answer:
        return self._login.form(exchange, f"{PATH}?{urlencode(wanted.parameters())}")


def _consent_page(wanted: AuthorizationRequest, session: Session) -> Answer:
    hidden = hidden_fields({**wanted.parameters(), "sysparm_ck": session.user_token})
    application, user = tag("b", wanted.application.name), tag("b", session.user_name)
    allow, deny = (tag("button", name.title(), name="decision", value=name) for name in ("allow", "deny"))
    return page(
        "Allow access",
        tag("p", application, " would like to connect to your account, ", user, "."),
        tag("form", hidden, tag("p", allow, " ", deny), method="post", action=PATH),
    )
