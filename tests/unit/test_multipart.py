"""A form with one file: read in any steps it is the same, and another reader finds the same parts."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.formparser import parse_form_data

from pysnow.wire.multipart import MultipartFile

FIELDS = {"table_name": "incident", "table_sys_id": "9c573169c611228700193229fff72400"}
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)


def _form(content: bytes, name: str = "notes.txt") -> MultipartFile:
    return MultipartFile(FIELDS, "uploadFile", name, "text/plain", io.BytesIO(content), boundary="b0undary")


def _read(form: MultipartFile, step: int) -> bytes:
    return b"".join(iter(lambda: form.read(step), b""))


@given(content=st.binary(max_size=300), step=st.integers(1, 400))
def test_read__gives_the_same_in_any_steps(content: bytes, step: int) -> None:
    assert _read(_form(content), step) == b"".join(_form(content))


@given(content=st.binary(max_size=300))
def test_len__is_what_is_read(content: bytes) -> None:
    assert len(_form(content)) == len(b"".join(_form(content)))


@given(content=st.binary(max_size=300), name=NAMES)
def test_body__is_understood_by_another_reader(content: bytes, name: str) -> None:
    form = _form(content, name)
    body = b"".join(form)
    environ = {
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": form.content_type,
        "REQUEST_METHOD": "POST",
    }
    _, fields, files = parse_form_data(environ)
    assert fields.to_dict() == FIELDS
    with files["uploadFile"].stream as file:
        assert (files["uploadFile"].filename, file.read()) == (name, content)


def test_len__is_0_for_a_file_of_unknown_size() -> None:
    class Pipe(io.RawIOBase):
        def tell(self) -> int:
            raise OSError("not seekable")

    form = MultipartFile(FIELDS, "uploadFile", "x", "text/plain", Pipe(), boundary="b")  # type: ignore[arg-type]
    assert (len(form), bool(form)) == (0, True)


def test_read__starts_where_the_file_stands() -> None:
    file = io.BytesIO(b"skipped,kept")
    file.seek(8)
    form = MultipartFile(FIELDS, "uploadFile", "x", "text/plain", file, boundary="b")
    assert b"\r\n\r\nkept\r\n--b--" in b"".join(form)


def test_form__sent_again_is_the_same() -> None:
    file = io.BytesIO(b"skipped, content")
    file.seek(9)
    form = MultipartFile(FIELDS, "uploadFile", "a.txt", "text/plain", file, boundary="b0undary")
    rewind, first = form.rewinder(), b"".join(form)
    assert (rewind(), b"".join(form)) == (True, first)


def test_form__of_a_pipe_is_sent_once() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    form = MultipartFile(FIELDS, "uploadFile", "a.txt", "text/plain", Pipe(b"content"), boundary="b0undary")
    assert form.rewinder()() is False
