"""What an answer costs that inflates to more than it may: ``python -m tests.fuzz.bomb [MEBIBYTES] [stream]``.

The answer is made beforehand, so that the memory measured is that of the reader.
"""

from __future__ import annotations

import gzip
import io
import resource
import sys

from pysnow import Client
from pysnow.exceptions import PysnowException
from tests.unit.canned_server import JSON_TYPE, CannedServer, http

MEBIBYTE = 1024 * 1024


def bomb(mebibytes: int) -> bytes:
    """A document of so many mebibytes, compressed as far as it goes."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(b'{"result":[{"a":"')
        for _ in range(mebibytes):
            file.write(b"0" * MEBIBYTE)
        file.write(b'"}]}')
    return packed.getvalue()


def peak_mebibytes() -> float:
    """The most memory that this process has had."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEBIBYTE


def main(mebibytes: int, *, stream: bool) -> str:
    """Read a bomb; gives the error's name and by how many mebibytes the memory grew."""
    answer = http(bomb(mebibytes), headers=[JSON_TYPE, ("Content-Encoding", "gzip")])
    with CannedServer(http(b'{"result":[]}'), answer) as server:
        address = server.url.split("/api/")[0]
        client = Client(instance=address, user="a", password="b", retry=None)
        client.table("incident").get().all()
        before = peak_mebibytes()
        try:
            list(client.table("incident").get(stream=stream).all())
        except PysnowException as exc:
            outcome = type(exc).__name__
        else:
            outcome = "nothing"
        return f"{outcome} {peak_mebibytes() - before:.1f}"


if __name__ == "__main__":
    size = int(sys.argv[1]) if sys.argv[1:] else 256
    sys.stdout.write(main(size, stream="stream" in sys.argv[1:]) + "\n")
