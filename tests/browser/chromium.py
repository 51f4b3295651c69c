"""Chromium without a window, driven over a pair of pipes (Chrome DevTools Protocol)."""

from __future__ import annotations

import json
import os
import selectors
import time
from base64 import b64decode
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_PATIENCE_SECONDS = 60.0


class Chromium:
    """A browser with one tab.

    Args:
        program: The executable.
        profile: Empty folder for its profile.
    """

    def __init__(self, program: str, profile: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
        plumbing = [
            # The browser reads commands from descriptor 3 and answers on descriptor 4.
            (os.POSIX_SPAWN_DUP2, theirs_in, 3),
            (os.POSIX_SPAWN_DUP2, theirs_out, 4),
            (os.POSIX_SPAWN_OPEN, 2, str(profile / "stderr"), os.O_WRONLY | os.O_CREAT, 0o600),
        ]
        surroundings = {**os.environ, "XDG_CONFIG_HOME": str(profile)}  # reports of crashes go there, too
        self._process = os.posix_spawn(program, command, surroundings, file_actions=plumbing)
        os.close(theirs_in)
        os.close(theirs_out)
        self._in, self._out = ours_in, ours_out
        self._rest = b""
        self._number = 0
        self._session = ""
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(each["targetId"] for each in targets if each["type"] == "page")
        self._session = self.send("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self.send(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._session = ""
        self.send("Browser.close")
        os.waitpid(self._process, 0)
        os.close(self._in)
        os.close(self._out)

    def send(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command, and give its result."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def visit(self, url: str) -> None:
        """Load a page."""
        self._events.clear()
        self.send("Page.navigate", url=url)
        self._await_load()

    def act(self, script: str) -> None:
        """Do something that leads to another page, and wait for it."""
        self._events.clear()
        self.evaluate(script)
        self._await_load()

    def evaluate(self, script: str) -> Any:
        """Give the value of an expression in the page; its policy does not bind the debugger."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click on the middle of an element."""
        box = f"(e => (r => [r.x + r.width / 2, r.y + r.height / 2])(e.getBoundingClientRect()))({_found(selector)})"
        self.evaluate(f"{_found(selector)}.scrollIntoView()")
        x, y = self.evaluate(box)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def text(self, selector: str) -> str:
        """Give the text of an element as it is seen."""
        found: str = self.evaluate(f"{_found(selector)}.innerText")
        return found

    def complaints(self) -> list[str]:
        """Give what the browser complained of since the last visit: refused resources, errors."""
        self.send("Runtime.evaluate", expression="0")
        entries = [each["params"]["entry"] for each in self._events if each.get("method") == "Log.entryAdded"]
        return [f"{entry['text']} {entry.get('url', '')}" for entry in entries]

    def look(self, *, width: int = 1280, height: int = 900, scheme: str = "light") -> None:
        """Choose the size of the window, and whether the reader prefers light or dark."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def photograph(self) -> bytes:
        """Give what is seen, as PNG."""
        return b64decode(self.send("Page.captureScreenshot")["data"])

    def _await_load(self) -> None:
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self._in, selectors.EVENT_READ)
            while b"\0" not in self._rest:
                assert selector.select(deadline - time.monotonic()), "the browser does not answer"
                piece = os.read(self._in, 1 << 20)
                assert piece, "the browser is gone"
                self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


def _found(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)})"
