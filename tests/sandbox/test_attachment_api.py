"""Attachment API."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from pysnow.sandbox import Sandbox

Call = Callable[..., requests.Response]
Row = dict[str, str | None]

ATTACHMENTS = "/api/now/attachment"


@pytest.fixture
def upload(call: Call, incident: Row) -> Callable[..., requests.Response]:
    """Upload bytes to the test's incident."""

    def send(content: object = b"hello", name: str = "notes.txt", **options: Any) -> requests.Response:
        params = {"table_name": "incident", "table_sys_id": incident["sys_id"], "file_name": name}
        headers = {"Content-Type": "text/plain"} | options.pop("headers", {})
        path = options.pop("path", f"{ATTACHMENTS}/file")
        return call("POST", path, params=params | options.pop("params", {}), data=content, headers=headers, **options)

    return send


def test_upload__metadata(upload: Callable[..., requests.Response], incident: Row) -> None:
    answer = upload()
    shown = answer.json()["result"]
    assert answer.status_code == 201
    assert {
        name: shown[name] for name in ("table_name", "table_sys_id", "file_name", "content_type", "size_bytes")
    } == {
        "table_name": "incident",
        "table_sys_id": incident["sys_id"],
        "file_name": "notes.txt",
        "content_type": "text/plain",
        "size_bytes": "5",
    }


def test_upload__values_are_strings(upload: Callable[..., requests.Response]) -> None:
    assert {type(value) for value in upload().json()["result"].values()} == {str}


@pytest.mark.parametrize("version", ["", "/v1"])
def test_upload__location(sandbox: Sandbox, upload: Callable[..., requests.Response], version: str) -> None:
    answer = upload(path=f"/api/now{version}/attachment/file")
    sys_id = answer.json()["result"]["sys_id"]
    assert answer.headers["Location"] == f"{sandbox.url}/api/now{version}/attachment/{sys_id}/file"


def test_upload__download_link(sandbox: Sandbox, upload: Callable[..., requests.Response]) -> None:
    shown = upload().json()["result"]
    assert shown["download_link"] == f"{sandbox.url}{ATTACHMENTS}/{shown['sys_id']}/file"


def test_upload__in_chunks(call: Call, upload: Callable[..., requests.Response]) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"0123456789" * 10_000

    shown = upload(pieces()).json()["result"]
    digest = hashlib.sha256(b"".join(pieces())).hexdigest()
    assert (shown["size_bytes"], shown["hash"]) == ("4000000", digest)


@pytest.mark.parametrize("missing", ["table_name", "table_sys_id", "file_name"])
def test_upload__missing_parameter(upload: Callable[..., requests.Response], missing: str) -> None:
    assert upload(params={missing: None}).status_code == 400


def test_upload__missing_content_type(upload: Callable[..., requests.Response]) -> None:
    assert upload(headers={"Content-Type": None}).status_code == 400


def test_upload__unknown_record(upload: Callable[..., requests.Response]) -> None:
    assert upload(params={"table_sys_id": "0" * 32}).status_code == 404


def test_upload__unknown_table(upload: Callable[..., requests.Response]) -> None:
    assert upload(params={"table_name": "u_nope"}).status_code == 400


def test_form__stores_the_file(call: Call, incident: Row) -> None:
    form = {"table_name": "incident", "table_sys_id": incident["sys_id"]}
    files = {"uploadFile": ("photo.png", b"\x89PNG", "image/png")}
    shown = call("POST", f"{ATTACHMENTS}/upload", data=form, files=files).json()["result"]
    assert (shown["file_name"], shown["content_type"], shown["size_bytes"]) == ("photo.png", "image/png", "4")


def test_form__large_file_comes_back(call: Call, incident: Row) -> None:
    content = bytes(range(256)) * 8_000
    form = {"table_name": "incident", "table_sys_id": incident["sys_id"]}
    answer = call("POST", f"{ATTACHMENTS}/upload", data=form, files={"uploadFile": ("a.bin", content)})
    assert call("GET", f"{ATTACHMENTS}/{answer.json()['result']['sys_id']}/file").content == content


def test_form__fields_behind_the_file_are_not_seen(call: Call, incident: Row) -> None:
    files = [
        ("uploadFile", ("a.txt", b"x", "text/plain")),
        ("table_name", (None, "incident")),
        ("table_sys_id", (None, incident["sys_id"])),
    ]
    assert call("POST", f"{ATTACHMENTS}/upload", files=files).status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        pytest.param("multipart/form-data; boundary=x", b"nonsense", 400, id="no form"),
        pytest.param("multipart/form-data", b"--x--\r\n", 400, id="no boundary"),
        pytest.param("multipart/form-data; boundary=x", b"--x--\r\n", 400, id="empty form"),
        pytest.param("multipart/form-data; boundary=x", b"", 400, id="empty body"),
        pytest.param("application/json", b"{}", 415, id="json"),
    ],
)
def test_form__refused(call: Call, content_type: str, body: bytes, status: int) -> None:
    answer = call("POST", f"{ATTACHMENTS}/upload", data=body, headers={"Content-Type": content_type})
    assert answer.status_code == status


def test_form__cut_off_file_is_not_stored(sandbox: Sandbox, call: Call, incident: Row) -> None:
    before = len(sandbox.table("sys_attachment").rows)
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("table_name", "incident"), ("table_sys_id", incident["sys_id"]))
    )
    body += '--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhalf of it'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = call("POST", f"{ATTACHMENTS}/upload", data=body.encode(), headers=headers)
    assert (answer.status_code, len(sandbox.table("sys_attachment").rows)) == (400, before)


def test_download__content_and_type(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload(b"a,b\n1,2\n", "t.csv", headers={"Content-Type": "text/csv"}).json()["result"]["sys_id"]
    answer = call("GET", f"{ATTACHMENTS}/{sys_id}/file", headers={"Accept": "*/*"})
    assert (answer.content, answer.headers["Content-Type"]) == (b"a,b\n1,2\n", "text/csv")


def test_download__metadata_header(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload(name="übersicht.txt").json()["result"]["sys_id"]
    shown = call("GET", f"{ATTACHMENTS}/{sys_id}").json()["result"]
    answer = call("GET", f"{ATTACHMENTS}/{sys_id}/file")
    assert json.loads(answer.headers["X-Attachment-Metadata"]) == shown


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("notes.txt", 'attachment;filename="notes.txt"'),
        ('a"b.txt', "attachment;filename=\"a_b.txt\";filename*=UTF-8''a%22b.txt"),
        ("x\r\nX-Evil: 1", "attachment;filename=\"x__X-Evil: 1\";filename*=UTF-8''x%0D%0AX-Evil%3A%201"),
    ],
)
def test_download__disposition(
    call: Call, upload: Callable[..., requests.Response], name: str, disposition: str
) -> None:
    sys_id = upload(name=name).json()["result"]["sys_id"]
    assert call("GET", f"{ATTACHMENTS}/{sys_id}/file").headers["Content-Disposition"] == disposition


def test_download__empty_file(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload(b"").json()["result"]["sys_id"]
    answer = call("GET", f"{ATTACHMENTS}/{sys_id}/file")
    assert (answer.status_code, answer.content) == (200, b"")


def test_list__query(call: Call, upload: Callable[..., requests.Response], incident: Row) -> None:
    upload(name="one.txt")
    upload(name="two.txt")
    params = {"sysparm_query": f"table_sys_id={incident['sys_id']}^ORDERBYDESCfile_name"}
    found = call("GET", ATTACHMENTS, params=params).json()["result"]
    assert [one["file_name"] for one in found] == ["two.txt", "one.txt"]


def test_list__filter(call: Call, upload: Callable[..., requests.Response]) -> None:
    upload(name="special.txt")
    found = call("GET", ATTACHMENTS, params={"file_name": "special.txt"}).json()["result"]
    assert [one["file_name"] for one in found] == ["special.txt"]


def test_list__paging_headers(call: Call, upload: Callable[..., requests.Response], incident: Row) -> None:
    for name in "ab":
        upload(name=name)
    params = {"table_sys_id": incident["sys_id"], "sysparm_limit": 1}
    answer = call("GET", ATTACHMENTS, params=params)
    assert (answer.headers["X-Total-Count"], "next" in answer.links) == ("2", True)


def test_rename(call: Call, upload: Callable[..., requests.Response]) -> None:
    path = f"{ATTACHMENTS}/{upload().json()['result']['sys_id']}"
    answer = call("PATCH", path, json={"file_name": "new.txt", "content_type": "x/y"})
    shown = call("GET", path).json()["result"]
    assert (answer.status_code, shown["file_name"], shown["content_type"]) == (204, "new.txt", "text/plain")


@pytest.mark.parametrize("body", [{}, {"file_name": ""}, {"file_name": 5}])
def test_rename__without_a_name(call: Call, upload: Callable[..., requests.Response], body: dict[str, object]) -> None:
    assert call("PATCH", f"{ATTACHMENTS}/{upload().json()['result']['sys_id']}", json=body).status_code == 400


def test_delete(call: Call, upload: Callable[..., requests.Response]) -> None:
    path = f"{ATTACHMENTS}/{upload().json()['result']['sys_id']}"
    assert (call("DELETE", path).status_code, call("GET", path).status_code) == (204, 404)


@pytest.mark.parametrize(
    ("method", "suffix"), [("GET", ""), ("GET", "/file"), ("DELETE", ""), ("PATCH", "")], ids=lambda part: part or "-"
)
def test_unknown_attachment(call: Call, method: str, suffix: str) -> None:
    answer = call(method, f"{ATTACHMENTS}/{'0' * 32}{suffix}", json={"file_name": "x"} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "No Record found")


def test_record_deleted__attachments_go_too(
    call: Call, upload: Callable[..., requests.Response], incident: Row
) -> None:
    path = f"{ATTACHMENTS}/{upload().json()['result']['sys_id']}"
    call("DELETE", f"/api/now/table/incident/{incident['sys_id']}")
    assert call("GET", path).status_code == 404


def test_upload__answer_says_pending(upload: Callable[..., requests.Response]) -> None:
    """Recorded on live instances: the virus scan has not looked at the file yet."""
    assert upload().json()["result"]["state"] == "pending"


def test_upload__is_available_afterwards(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload().json()["result"]["sys_id"]
    assert call("GET", f"{ATTACHMENTS}/{sys_id}").json()["result"]["state"] == "available"


def test_upload__state_can_be_chosen(sandbox: Sandbox, call: Call, upload: Callable[..., requests.Response]) -> None:
    sandbox.instance.properties["sandbox.attachment.state"] = "not_available"
    sys_id = upload().json()["result"]["sys_id"]
    assert call("GET", f"{ATTACHMENTS}/{sys_id}").json()["result"]["state"] == "not_available"


def test_upload__creation_time(upload: Callable[..., requests.Response]) -> None:
    shown = upload(params={"creation_time": "2024-02-29 12:00:00"}).json()["result"]
    assert shown["sys_created_on"] == "2024-02-29 12:00:00"


def test_upload__creation_time_that_is_none(upload: Callable[..., requests.Response]) -> None:
    assert upload(params={"creation_time": "yesterday"}).status_code == 400


@pytest.fixture
def context(sandbox: Sandbox) -> str:
    """An encryption context that users with the role ``secret_keeper`` have; ``itil`` is one of them."""
    made = sandbox.add("sys_encryption_context", {"name": "Secrets"})["sys_id"] or ""
    sandbox.add("sys_user_role", {"name": "secret_keeper", "encryption_context": made})
    sandbox.grant("itil", "secret_keeper")
    return made


@pytest.fixture
def secret(upload: Callable[..., requests.Response], context: str) -> dict[str, Any]:
    """A file that needs the context."""
    answer = upload(params={"encryption_context": context}, auth=("itil", "itil"))
    shown: dict[str, Any] = answer.json()["result"]
    return shown


def test_encrypted__shows_its_context(secret: dict[str, Any], context: str) -> None:
    assert secret["encryption_context"] == context


@pytest.mark.parametrize(("user", "status"), [("itil", 200), ("admin", 404), ("abel.tuter", 404)])
def test_encrypted__is_read_with_the_context_alone(call: Call, secret: dict[str, Any], user: str, status: int) -> None:
    """Attachment API documentation: only users with the context access the file; administrators are no exception."""
    assert call("GET", f"{ATTACHMENTS}/{secret['sys_id']}/file", auth=(user, user)).status_code == status


@pytest.mark.parametrize("path", [ATTACHMENTS, "/api/now/table/sys_attachment"])
def test_encrypted__is_missing_from_lists(call: Call, secret: dict[str, Any], path: str) -> None:
    assert call("GET", path, params={"sysparm_query": f"sys_id={secret['sys_id']}"}).json()["result"] == []


def test_encrypted__content_is_missing_from_the_chunks(call: Call, secret: dict[str, Any]) -> None:
    assert chunks_of(call, secret["sys_id"]) == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_encrypted__is_not_changed_without_the_context(call: Call, secret: dict[str, Any], method: str) -> None:
    assert call(method, f"{ATTACHMENTS}/{secret['sys_id']}", json={"file_name": "x.txt"}).status_code == 404


def test_encrypted__upload_needs_the_context(upload: Callable[..., requests.Response], context: str) -> None:
    assert upload(params={"encryption_context": context}).status_code == 403


def test_attributes__are_refused_aloud(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload().json()["result"]["sys_id"]
    assert call("GET", f"{ATTACHMENTS}/{sys_id}/attributes").status_code == 501


def chunks_of(call: Call, sys_id: str) -> list[dict[str, str]]:
    """The rows that hold the content of an attachment."""
    params = {
        "sysparm_query": f"sys_attachment={sys_id}^ORDERBYposition",
        "sysparm_fields": "position,length,data",
    }
    rows: list[dict[str, str]] = call("GET", "/api/now/table/sys_attachment_doc", params=params).json()["result"]
    return rows


def test_chunks__hold_the_compressed_content(call: Call, upload: Callable[..., requests.Response]) -> None:
    """Documented: compressed with gzip, in chunks of ``sys_attachment_doc``."""
    (chunk,) = chunks_of(call, upload(b"hello " * 100).json()["result"]["sys_id"])
    assert gzip.decompress(b64decode(chunk["data"])) == b"hello " * 100


def test_chunks__are_as_large_as_the_attachment_says(call: Call, upload: Callable[..., requests.Response]) -> None:
    content = random.Random(1).randbytes(1_500_000)
    shown = upload(content).json()["result"]
    lengths = [int(chunk["length"]) for chunk in chunks_of(call, shown["sys_id"])]
    assert (lengths[:2], str(sum(lengths))) == ([700_000, 700_000], shown["size_compressed"])


def test_chunks__several_come_back_as_one_file(call: Call, upload: Callable[..., requests.Response]) -> None:
    content = random.Random(2).randbytes(1_500_000)
    sys_id = upload(content).json()["result"]["sys_id"]
    assert call("GET", f"{ATTACHMENTS}/{sys_id}/file").content == content


def test_chunks__go_with_the_attachment(call: Call, upload: Callable[..., requests.Response]) -> None:
    sys_id = upload().json()["result"]["sys_id"]
    call("DELETE", f"{ATTACHMENTS}/{sys_id}")
    assert chunks_of(call, sys_id) == []
