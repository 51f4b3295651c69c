"""Files of records: up in every way, down in every way, and never a piece of one."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pysnow import (
    Client,
    EmptyContent,
    ErrorInResult,
    IncompleteResponse,
    InstanceHibernating,
    InvalidUsage,
    LoginPage,
    NoResults,
    RecordNotFound,
)
from pysnow.attachment import _safe_name
from tests.client.writing import Hands, client_of, sent
from tests.unit.canned_server import Canned, CannedServer, http

if TYPE_CHECKING:
    from pysnow.attachment import Attachment
    from pysnow.resource import Resource
    from pysnow.sandbox import Sandbox

FIRST = "9c573169c611228700193229fff72400"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def files(incidents: Resource) -> Attachment:
    return incidents.attachments


@pytest.fixture
def png(tmp_path: Path) -> Path:
    path = tmp_path / "screen shot.png"
    path.write_bytes(PNG)
    return path


# -- upload ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
@pytest.mark.parametrize("as_given", [str, os.fsencode, Path], ids=["str", "bytes", "Path"])
def test_upload__takes_a_path(files: Attachment, png: Path, multipart: bool, as_given: Any) -> None:
    uploaded = files.upload(FIRST, as_given(png), multipart=multipart)
    assert (uploaded["file_name"], uploaded["content_type"], uploaded["table_sys_id"]) == (
        "screen shot.png", "image/png", FIRST,
    )  # fmt: skip
    assert files.content(uploaded["sys_id"]) == PNG


@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
@pytest.mark.parametrize("source", [PNG, io.BytesIO(PNG)], ids=["bytes", "file"])
def test_upload__takes_the_content(files: Attachment, source: Any, multipart: bool) -> None:
    if hasattr(source, "seek"):
        source.seek(0)
    uploaded = files.upload(FIRST, data=source, name="shot", multipart=multipart)
    assert (uploaded["content_type"], files.content(uploaded["sys_id"])) == ("image/png", PNG)


def test_upload__takes_an_open_file_and_leaves_it_open(files: Attachment, png: Path) -> None:
    with open(png, "rb") as file:
        uploaded = files.upload(FIRST, file)
        assert not file.closed
    assert uploaded["file_name"] == "screen shot.png"


def test_upload__takes_a_file_that_cannot_go_back(files: Attachment) -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as writer:
        writer.write(b"from a pipe")
    with os.fdopen(read_end, "rb") as reader:
        uploaded = files.upload(FIRST, data=reader, name="pipe.txt")
    assert files.content(uploaded["sys_id"]) == b"from a pipe"


@pytest.mark.parametrize(
    "name", ["ünïcödé 火.txt", 'quo"te.txt', "back\\slash.txt", "percent%20.txt", "a&b=c;d.txt", "-x", "."]
)
@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__keeps_the_name(files: Attachment, name: str, multipart: bool) -> None:
    assert files.upload(FIRST, data=b"x", name=name, multipart=multipart)["file_name"] == name


def test_upload__uses_the_type_that_is_given(files: Attachment) -> None:
    uploaded = files.upload(FIRST, data=b"x", name="a.bin", content_type="application/x-mine")
    assert uploaded["content_type"] == "application/x-mine"


@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__of_nothing_is_an_empty_file(files: Attachment, multipart: bool) -> None:
    uploaded = files.upload(FIRST, data=b"", name="empty.txt", multipart=multipart)
    assert files.content(uploaded["sys_id"]) == b""


def test_upload__gives_what_json_takes_and_the_response(files: Attachment) -> None:
    uploaded = files.upload(FIRST, data=b"x", name="a.txt")
    assert json.loads(json.dumps(uploaded))["sys_id"] == uploaded.one()["sys_id"]
    assert uploaded.headers["Location"]


def test_upload__through_a_response(incidents: Resource, png: Path) -> None:
    uploaded = incidents.get({"sys_id": FIRST}).upload(str(png), name="renamed.png")
    assert uploaded["file_name"] == "renamed.png"


def test_upload__does_not_change_what_is_sent_next(incidents: Resource, sandbox: Sandbox) -> None:
    incidents.attachments.upload(FIRST, data=b"x", name="a.txt")
    incidents.get(limit=1)
    assert not {name for name, _ in sandbox.requests[-1].query} & {"table_name", "table_sys_id", "file_name"}


@pytest.mark.parametrize(
    "arguments",
    [
        {}, {"file_path": "x", "data": b"x"}, {"data": b"x"}, {"data": "text", "name": "a"}, {"file_path": 5},
        {"data": io.StringIO("text"), "name": "a"}, {"data": b"x", "name": "a\r\nX: y"}, {"data": b"x", "name": "a\0b"},
        {"data": b"x", "name": "a", "multipart": 1}, {"data": b"x", "name": "a", "multipart": "yes"},
    ],
)  # fmt: skip
def test_upload__refuses_before_anything_is_sent(
    files: Attachment, sandbox: Sandbox, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidUsage):
        files.upload(FIRST, **arguments)
    assert not sandbox.requests


def test_upload__looks_at_multipart_before_it_opens_the_file(files: Attachment) -> None:
    with pytest.raises(InvalidUsage, match="multipart"):
        files.upload(FIRST, "/no/such/file", multipart="x")  # type: ignore[arg-type]


def test_upload__of_a_missing_file_says_so(files: Attachment) -> None:
    with pytest.raises(FileNotFoundError):
        files.upload(FIRST, "/no/such/file")


def test_upload__to_a_missing_record_raises_at_the_call(files: Attachment) -> None:
    with pytest.raises(RecordNotFound):
        files.upload("0" * 32, data=b"x", name="a.txt")


@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__holds_no_more_than_a_piece(files: Attachment, tmp_path: Path, multipart: bool) -> None:
    """The sandbox shares the process, and streams as well: neither side may hold the 32 MB."""
    big = tmp_path / "big.bin"
    big.write_bytes(os.urandom(1 << 20) * 32)
    tracemalloc.start()
    uploaded = files.upload(FIRST, big, multipart=multipart)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert uploaded["size_bytes"] == str(32 << 20)
    assert peak < 12 << 20


# -- listing and deleting ----------------------------------------------------------------------------------------------


def test_get__lists_the_files_of_a_record(files: Attachment) -> None:
    for name in ("a.txt", "b.txt"):
        files.upload(FIRST, data=b"x", name=name)
    assert {record["file_name"] for record in files.get(FIRST)} >= {"a.txt", "b.txt"}
    assert {record["table_sys_id"] for record in files.get(FIRST)} == {FIRST}


def test_get__lists_the_files_of_the_table(files: Attachment) -> None:
    files.upload(FIRST, data=b"x", name="a.txt")
    listed = files.get()
    assert type(listed[0]) is dict
    assert {record["table_name"] for record in listed} == {"incident"}


def test_get__stops_at_the_limit(files: Attachment) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        files.upload(FIRST, data=b"x", name=name)
    assert [len(files.get(limit=2)), len(files.get(FIRST, limit=1))] == [2, 1]


def test_delete__removes_the_file(files: Attachment) -> None:
    sys_id = files.upload(FIRST, data=b"x", name="a.txt")["sys_id"]
    assert files.delete(sys_id) == {"status": "record deleted"}
    with pytest.raises(NoResults):
        files.content(sys_id)


@pytest.mark.parametrize("sys_id", ["", "../x", "a b", None, 5, "a" * 65])
def test_sys_id__must_be_one(files: Attachment, sandbox: Sandbox, sys_id: Any) -> None:
    for call in (files.delete, files.content, files.iter_content, lambda it: files.upload(it, data=b"", name="a")):
        with pytest.raises(InvalidUsage):
            call(sys_id)
    assert not sandbox.requests


# -- download ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def uploaded(files: Attachment) -> str:
    return str(files.upload(FIRST, data=PNG, name="shot.png")["sys_id"])


def test_download__to_a_path(files: Attachment, uploaded: str, tmp_path: Path) -> None:
    path = files.download(uploaded, tmp_path / "mine.png")
    assert (path, path.read_bytes()) == (tmp_path / "mine.png", PNG)


def test_download__to_a_folder_uses_the_attachments_name(files: Attachment, uploaded: str, tmp_path: Path) -> None:
    assert files.download(uploaded, tmp_path) == tmp_path / "shot.png"
    assert os.listdir(tmp_path) == ["shot.png"]


def test_download__does_not_overwrite(files: Attachment, uploaded: str, tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        files.download(uploaded, tmp_path)
    assert (tmp_path / "shot.png").read_bytes() == b"mine"
    assert files.download(uploaded, tmp_path, overwrite=True).read_bytes() == PNG


def test_download__does_not_follow_a_link(files: Attachment, uploaded: str, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "shot.png").symlink_to(target)
    with pytest.raises(FileExistsError):
        files.download(uploaded, tmp_path)
    assert not target.exists()


def test_download__of_a_missing_attachment_leaves_nothing(files: Attachment, tmp_path: Path) -> None:
    with pytest.raises(RecordNotFound):
        files.download("0" * 32, tmp_path)
    assert os.listdir(tmp_path) == []


def test_content__and_pieces_are_the_same(files: Attachment, uploaded: str) -> None:
    assert b"".join(files.iter_content(uploaded, chunk_size=10)) == files.content(uploaded) == PNG


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.txt", "notes.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\x.dll", "x.dll"),
        ("/etc/x", "x"),
        ("..", "_"),
        ("", "_"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("a\0b\nc", "a_b_c"),
        ("evil\u202etxt.exe", "evil_txt.exe"),
        ("trailing. . ", "trailing"),
        (".hidden", "hidden"),
        ("a\ud800.\udfffb", "a_._b"),
    ],
)
def test_safe_name(name: str, safe: str) -> None:
    assert _safe_name(name) == safe


@given(st.text(max_size=400))
@example("x" * 300 + ".pdf")
@example("火" * 300)
def test_safe_name__is_one_name_in_the_folder(name: str) -> None:
    safe = _safe_name(name)
    assert safe == os.path.basename(safe)
    assert safe not in ("", ".", "..")
    assert len(safe.encode(errors="surrogatepass")) <= 255


@pytest.mark.parametrize(
    "fault",
    [
        "reset-body", "cut-body:framing=length", "cut-body:framing=in-chunk", "cut-body:framing=close", "drop-before",
        "truncated-gzip", "corrupt-gzip", "server-error:status=503,html=true", "too-many-requests", "accepted",
        "empty-body:status=204", "error-only",
    ],
)  # fmt: skip
def test_download__that_breaks_off_begins_anew(sandbox: Sandbox, uploaded: str, tmp_path: Path, fault: str) -> None:
    files = client_of(sandbox, Hands()).table("incident").attachments
    with sandbox.fault(fault, operation="download", times=2):
        path = files.download(uploaded, tmp_path)
        assert (path.read_bytes(), os.listdir(tmp_path)) == (PNG, ["shot.png"])
    with sandbox.fault(fault, operation="download", times=2):
        assert files.content(uploaded) == PNG


def test_download__that_always_breaks_off_ends(sandbox: Sandbox, uploaded: str, tmp_path: Path) -> None:
    files = client_of(sandbox, Hands()).table("incident").attachments
    with sandbox.fault("reset-body", operation="download"), pytest.raises(IncompleteResponse):
        files.download(uploaded, tmp_path)
    assert (os.listdir(tmp_path), sent(sandbox, "GET")) == ([], 4)


# -- what comes in place of a file -------------------------------------------------------------------------------------

HTML = [("Content-Type", "text/html")]
JSON = [("Content-Type", "application/json")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http(b"<html><form action='login.do'><input type=password>", headers=HTML), LoginPage),
        (http(b"<html><title>Instance Hibernating page</title></html>", headers=HTML), InstanceHibernating),
        (http(b'{"error":{"message":"m","detail":"d"},"status":"failure"}', headers=JSON), ErrorInResult),
        (http(b"", status="202 Accepted", headers=[]), EmptyContent),
        (http(b"", status="204 No Content", headers=[]), EmptyContent),
        (http(PNG, headers=[("X-Attachment-Metadata", '{"size_bytes":"5"}')]), IncompleteResponse),
        (http(PNG, headers=[("X-Attachment-Metadata", '{"hash":"%s"}' % ("0" * 64))]), IncompleteResponse),
        (http(PNG, length=5000, headers=[]), IncompleteResponse),
    ],
    ids=["login page", "asleep", "error", "202", "204", "other size", "other content", "cut"],
)  # fmt: skip
def test_download__of_something_else_leaves_nothing(answer: Canned, error: type[Exception], tmp_path: Path) -> None:
    with CannedServer(answer) as server:
        client = Client(instance=server.url.split("/api/")[0], user="admin", password="x")
        client._clockwork = Hands().clockwork
        with pytest.raises(error):
            client.table("incident").attachments.download("a" * 32, tmp_path / "report.pdf")
    assert os.listdir(tmp_path) == []


def test_download__with_a_name_that_is_no_text(tmp_path: Path) -> None:
    told = [("X-Attachment-Metadata", json.dumps({"file_name": "\ud800"}))]
    with CannedServer(http(PNG, headers=told)) as server:
        client = Client(instance=server.url.split("/api/")[0], user="admin", password="x")
        assert client.table("incident").attachments.download("a" * 32, tmp_path).name == "_"


@pytest.mark.parametrize("size", ["\u00b2", "many", None])
def test_download__with_a_size_that_is_no_number(size: Any, tmp_path: Path) -> None:
    told = [("X-Attachment-Metadata", json.dumps({"size_bytes": size, "file_name": "a.bin"}))]
    with CannedServer(http(PNG, headers=told)) as server:
        client = Client(instance=server.url.split("/api/")[0], user="admin", password="x")
        assert client.table("incident").attachments.download("a" * 32, tmp_path).read_bytes() == PNG


@pytest.mark.parametrize("content_type", ["text/plain\r\nX-Evil: 1", "plain", "", "text/pl\u00e4in"])
@pytest.mark.parametrize("multipart", [False, True], ids=["bytes", "form"])
def test_upload__refuses_a_bad_type(files: Attachment, sandbox: Sandbox, content_type: str, multipart: bool) -> None:
    with pytest.raises(InvalidUsage, match="media type"):
        files.upload(FIRST, data=b"x", name="n", content_type=content_type, multipart=multipart)
    assert not sandbox.requests


def test_attachments__under_another_base_path(client: Client) -> None:
    files = client.resource("/now/table/incident", base_path="/api").attachments
    assert files.upload(FIRST, data=b"x", name="n.txt")["file_name"] == "n.txt"


@pytest.mark.parametrize("content", [b"hello", PNG])
def test_upload__content_in_place_of_a_path__says_where_it_goes(files: Attachment, content: bytes) -> None:
    with pytest.raises(InvalidUsage, match=r"content goes into data="):
        files.upload("a" * 32, content, name="x")
