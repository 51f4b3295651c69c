"""Files attached to demo records. Their bytes are made here, so nothing binary is shipped."""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from typing import NamedTuple

from pysnow.sandbox.instance.attachment_chunks import chunk_values
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.rows import DemoRows


class DemoFile(NamedTuple):
    """One attachment: the record it hangs from, its name, type and bytes, and the size of an image."""

    table: str
    record: str
    name: str
    content_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def sys_id(self) -> str:
        """Its ``sys_id``."""
        return sys_id_of("sys_attachment", f"{self.table}/{self.record}/{self.name}")


def _png(width: int, height: int) -> bytes:
    """Draw a colour gradient as PNG: 8 bits a channel, no alpha."""
    lines = (
        bytes([0, *(part for x in range(width) for part in (8 * x % 256, 8 * y % 256, 160))]) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in chunks)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _pdf(text: str) -> bytes:
    """Write a PDF of one page with one line."""
    stream = f"BT /F1 18 Tf 60 720 Td ({text}) Tj ET".encode("ascii")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(body))
    )


def demo_files() -> tuple[DemoFile, ...]:
    """Return all files, in a fixed order."""
    log = "".join(f"07:{minute:02d}:13 ERROR upstream timed out, node lnx-app-01\n" for minute in range(42, 60))
    return (
        DemoFile("incident", "INC0000010", "gateway.log", "text/plain", log.encode()),
        DemoFile("incident", "INC0000014", "black screen.png", "image/png", _png(48, 32), 48, 32),
        DemoFile("incident", "INC0000046", "umlaute-äöü.txt", "text/plain", "Spesen für Köln: 12,50 €\n".encode()),
        DemoFile("incident", "INC0000060", "nondelivery.pdf", "application/pdf", _pdf("Message was not delivered")),
        DemoFile("incident", "INC0000060", "limits.csv", "text/csv", b"box,limit_mb\r\nstandard,5\r\nlarge,25\r\n"),
        DemoFile("problem", "PRB0000050", "signal.png", "image/png", _png(32, 32), 32, 32),
        DemoFile(
            "change_request", "CHG0000023", "plan.pdf", "application/pdf", _pdf("Switch to the new load balancer")
        ),
        DemoFile("kb_knowledge", "KB0000005", "vpn.png", "image/png", _png(64, 16), 64, 16),
        DemoFile("sc_cat_item", "Standard Notebook", "notebook.png", "image/png", _png(40, 30), 40, 30),
    )


def add_files(rows: DemoRows, files: tuple[DemoFile, ...]) -> None:
    """Add the metadata rows, and one with the content of each file."""
    for position, file in enumerate(files):
        # The gzip header holds a time; a fixed one keeps the bytes from depending on the clock.
        packed = gzip.compress(file.content, mtime=0)
        values = {
            "table_name": file.table,
            "table_sys_id": sys_id_of(file.table, file.record),
            "file_name": file.name,
            "content_type": file.content_type,
            "size_bytes": str(len(file.content)),
            "size_compressed": str(len(packed)),
            "hash": hashlib.sha256(file.content).hexdigest(),
            "image_width": str(file.width) if file.width else None,
            "image_height": str(file.height) if file.height else None,
        }
        key = f"{file.table}/{file.record}/{file.name}"
        created = rows.ago(3, hours=position)
        rows.add("sys_attachment", key, values, created=created)
        rows.add("sys_attachment_doc", key, chunk_values(file.sys_id, 0, packed), created=created)
