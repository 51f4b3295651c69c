"""Clocks that are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.fault import Fault, Serve
from pysnow.sandbox.faults.reply import Reply


@dataclass(frozen=True)
class ClockSkew(Fault):
    """Let the clock be wrong by so many ``seconds``, in ``Date`` and, with ``stamps``, for the instance itself.

    The latter writes wrong times into records and lets tokens expire early, or late when negative.
    """

    seconds: float = 3600.0
    stamps: bool = True

    def play(self, call: Call, serve: Serve) -> Reply:
        """Serve at another time."""
        skew = timedelta(seconds=self.seconds)
        with call.world.clock.shifted(skew if self.stamps else timedelta()):
            reply = serve(call)
        return reply.with_headers(("Date", format_datetime(call.world.clock() + skew, usegmt=True)))
