"""Ways for a connection to end."""

from __future__ import annotations

from typing import NoReturn

from pysnow.sandbox.faults.call import Call
from pysnow.sandbox.faults.reply import Ending, Reply


def close() -> NoReturn:
    """Close the connection (FIN)."""
    raise ConnectionAbortedError("closed by a fault")


def reset() -> NoReturn:
    """Reset the connection (RST)."""
    raise ConnectionResetError("reset by a fault")


def ending(*, by_reset: bool) -> Ending:
    """Choose how a connection ends."""
    return reset if by_reset else close


def hanging(call: Call, seconds: float) -> Ending:
    """Keep silent, then close; a client that leaves earlier is not waited for."""

    def hang() -> None:
        if call.wire is None:
            call.world.sleep(seconds)
        else:
            call.wire.hang(seconds, call.world.sleep)
        close()

    return hang


def silence(end: Ending) -> Reply:
    """Send nothing."""
    return Reply(0, ending=end)
