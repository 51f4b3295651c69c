"""What Python does during a piece of work, counted: the same on every machine, whatever else that is busy with."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any


def _is_ours(frame: FrameType) -> bool:
    # Tools have hooks of their own in the interpreter, such as in its search for cycles.
    return frame.f_globals.get("__name__", "").startswith("pysnow.")


def count_calls(work: Callable[[], object]) -> Counter[str]:
    """Calls by name, of and from the package's functions, C functions included; so is each return to a generator."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if not _is_ours(frame):
            return
        if event == "call":
            calls[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            calls[argument.__qualname__] += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def count_instructions(work: Callable[[], object]) -> int:
    """Bytecode instructions of the package that the interpreter executes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not _is_ours(frame):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
