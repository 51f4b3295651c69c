"""What a test must not do."""

from __future__ import annotations

__all__ = ["RequestBlocked"]


class RequestBlocked(RuntimeError):
    """A request that would have left the test for another machine.

    It belongs to neither the errors of this library nor to those of ``requests``: a program that expects an instance to
    be away for a moment, and tries again, must not take it for that.

    Attributes:
        host: Host the request was for.
        advice: What to do about it.
    """

    def __init__(self, host: str, advice: str = "") -> None:
        """Block a request to a host."""
        super().__init__(
            f"the test tried to reach {host}, but while a local instance stands in for real ones nothing is sent to "
            f"other machines" + (f": {advice}" if advice else "")
        )
        self.host = host
        self.advice = advice

    def __reduce__(self) -> tuple[type[RequestBlocked], tuple[str, str]]:
        return type(self), (self.host, self.advice)
