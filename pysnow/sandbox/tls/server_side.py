"""The server's side of TLS: the context it speaks with, and the file that its callers need."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pysnow.sandbox.tls.certificates import ServerIdentity, new_identity


class ServerTls:
    """A certificate in use, until it is closed.

    Args:
        now: The time, as the callers' own clocks show it.
        ca_out: Where to write the certificate of the authority; None has it in a temporary folder.

    Attributes:
        context: What the server speaks TLS with.
        ca_file: The certificate that callers have to trust, as PEM.
    """

    def __init__(self, now: datetime, ca_out: str | Path | None = None) -> None:
        identity = new_identity(now)
        self._folder = TemporaryDirectory(prefix="pysnow-sandbox-")
        try:
            self.ca_file = Path(ca_out) if ca_out is not None else Path(self._folder.name, "ca.pem")
            self.ca_file.write_text(identity.authority, encoding="ascii")
            self.context = _server_context(identity, Path(self._folder.name, "server.pem"))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove what was temporary; a file that was asked for stays."""
        self._folder.cleanup()


def _server_context(identity: ServerIdentity, file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # Keys are loaded from files only; this one is gone before the first caller comes.
    file.touch(mode=0o600)
    file.write_text(identity.key + identity.certificate, encoding="ascii")
    context.load_cert_chain(file)
    file.unlink()
    return context
