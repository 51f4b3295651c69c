"""The catalogue of errors: which status, message and detail an instance answers with; recorded texts to the letter."""

from __future__ import annotations

from pysnow.sandbox.http.answer import Answer, Document

CHALLENGE = ("WWW-Authenticate", 'BASIC realm="Service-now"')


class ApiError(Exception):
    """A request that ends in the error envelope.

    Args:
        status: HTTP status.
        message: ``error.message``.
        detail: ``error.detail``; None is written as ``null``.
        headers: Headers this error brings along.
    """

    def __init__(
        self, status: int, message: str, detail: str | None = None, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = headers

    @property
    def members(self) -> dict[str, object]:
        """The envelope, in the fixed order of a recorded one: ``error{message, detail}``, ``status``."""
        return {"error": {"message": self.message, "detail": self.detail}, "status": "failure"}

    def answer(self) -> Answer:
        """Give the answer that carries this error."""
        return Answer(self.status, Document(self.members), self.headers)


def not_authenticated(*, lacks_code: bool = False) -> ApiError:
    """No, wrong or expired credentials: one and the same answer for all (recorded 2026).

    Args:
        lacks_code: Whether all that lacks is a one-time code, which a header tells (known from clients).
    """
    headers = (CHALLENGE, ("X-MFA_TOKEN", "invalid")) if lacks_code else (CHALLENGE,)
    return ApiError(401, "User Not Authenticated", "Required to provide Auth information", headers)


def unrouted() -> ApiError:
    """A path that belongs to no resource (recorded 2026)."""
    return ApiError(400, "Requested URI does not represent any resource")


def no_record() -> ApiError:
    """A record that does not exist, or that the caller may not read (recorded 2026)."""
    return ApiError(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def method_not_allowed(method: str, allowed: tuple[str, ...]) -> ApiError:
    """A verb the resource does not offer: the status is documented, the texts are our default."""
    return ApiError(
        405,
        "Method not supported",
        f"Method {method} is not supported by the resource",
        (("Allow", ",".join(allowed)),),
    )


def not_acceptable(accept: str) -> ApiError:
    """An ``Accept`` without JSON and XML: the status is documented, the texts are our default."""
    return ApiError(406, "Not acceptable", f"Accepted media types not supported: {accept}")


def unsupported_media_type(content_type: str) -> ApiError:
    """A body that is neither JSON nor XML: the status is documented, the texts are our default."""
    return ApiError(415, "Unsupported media type", f"Content type not supported: {content_type}")


def unreadable_body(decoder: str, at: int) -> ApiError:
    """A body that cannot be decoded (message as in KB0747638).

    Args:
        decoder: Java class the platform's message names.
        at: Number written as its identity hash.
    """
    return ApiError(400, "Exception while reading request", f"Cannot decode: {decoder}@{at & 0xFFFFFFFF:x}")


def too_large_body(size_bytes: int, limit_bytes: int) -> ApiError:
    """A body above ``glide.rest.max_content_length`` (KB0747638)."""
    detail = f"Rejected large REST payload with content-length = {size_bytes} bytes. Max allowed: {limit_bytes} bytes."
    return ApiError(400, "Exception while reading request", detail)


def bad_parameter(detail: str) -> ApiError:
    """A parameter that is missing or out of range; the status is documented, the texts are our default."""
    return ApiError(400, "Invalid parameter", detail)


def internal_error() -> ApiError:
    """A fault of the sandbox itself, told without its insides; the log has them."""
    return ApiError(500, "Internal server error", "The sandbox failed to serve this request; its log says why")


def not_emulated(what: str) -> ApiError:
    """Something instances have and this sandbox does not: refused aloud rather than answered by guesswork."""
    return ApiError(501, "Not emulated by the sandbox", what)
