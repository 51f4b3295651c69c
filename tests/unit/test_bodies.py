"""Files go back to where they stood, or are not sent again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from pysnow.wire.bodies import rewinder
from pysnow.wire.multipart import MultipartFile


def test_rewinder__a_file_goes_back_to_where_it_stood() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(3)
    rewind = rewinder({"data": file})
    file.read()
    assert (rewind(), file.tell()) == (True, 3)


@pytest.mark.parametrize("content", [{}, {"data": b"x"}, {"data": "x"}, {"data": {"a": "b"}}, {"json": {}}])
def test_rewinder__what_is_no_file_can_always_be_sent_again(content: dict[str, Any]) -> None:
    assert rewinder(content)()


def test_rewinder__a_generator_cannot() -> None:
    assert not rewinder({"data": iter([b"x"])})()


def test_rewinder__a_pipe_cannot() -> None:
    file = io.BytesIO(b"x")
    file.seekable = lambda: False  # type: ignore[method-assign]  # as a pipe says
    assert not rewinder({"data": file})()


def test_rewinder__a_file_that_was_closed_cannot(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    with path.open("rb") as file:
        rewind = rewinder({"data": file})
    assert not rewind()


@pytest.mark.parametrize(
    "shape",
    [lambda file: {"upload": file}, lambda file: {"upload": ("name", file)}, lambda file: [("upload", ("name", file))]],
    ids=["plain", "named", "list"],
)
def test_rewinder__files_of_a_form_go_back(shape: Any) -> None:
    file = io.BytesIO(b"0123456789")
    rewind = rewinder({"files": shape(file)})
    file.read()
    assert (rewind(), file.tell()) == (True, 0)


def test_rewinder__a_form_that_is_streamed_goes_back() -> None:
    form = MultipartFile({"a": "b"}, "file", "x.txt", "text/plain", io.BytesIO(b"content"), boundary="xyz")
    rewind = rewinder({"data": form})
    first = form.read(), form.read(), form.read()
    assert rewind()
    assert (form.read(), form.read(), form.read()) == first
