"""Failures of the OAuth endpoints, in the form of RFC 6749 that an instance gives them."""

from __future__ import annotations

from pysnow.sandbox.http.answer import Answer, Document


class OAuthFailure(Exception):
    """A token request that is refused.

    Args:
        error: ``error``, a code.
        description: ``error_description``.
        status: HTTP status.
    """

    def __init__(self, error: str, description: str, status: int = 401) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status

    def answer(self) -> Answer:
        """Give the answer that carries this failure; members in the recorded order."""
        return Answer(self.status, Document({"error_description": self.description, "error": self.error}))


def denied() -> OAuthFailure:
    """Nearly every failure: unknown client, wrong secret or password, dead token, grant not allowed (recorded)."""
    return OAuthFailure("server_error", "access_denied")


def invalid_request(description: str) -> OAuthFailure:
    """A request that cannot be read; the code is known from reports, status and text are our default."""
    return OAuthFailure("invalid_request", description, status=400)


def no_integration_user() -> OAuthFailure:
    """Client credentials of an application without a user; the code is known from reports, the text is our default."""
    return OAuthFailure("unauthorized_client", "OAuth Application User: integration user is not configured")
