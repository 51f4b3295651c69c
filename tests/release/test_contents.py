"""What is in the wheel and in the sdist, file by file."""

from __future__ import annotations

import zipfile
from pathlib import Path


def _files(folder: Path, *patterns: str) -> set[str]:
    """Files below a folder of the checkout, by their path in it."""
    found = (path for pattern in patterns for path in folder.rglob(pattern))
    kept = (path for path in found if path.is_file() and "__pycache__" not in path.parts and "_build" not in path.parts)
    return {path.relative_to(folder.parent).as_posix() for path in kept}


def test_wheel__holds_the_package_and_its_metadata_only(in_wheel: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in in_wheel} == {"pysnow"}


def test_wheel__holds_every_file_of_the_package(in_wheel: set[str], root: Path) -> None:
    """Data files are forgotten most easily: they are there in the checkout, and missing once installed."""
    assert {name for name in in_wheel if name.startswith("pysnow/")} == _files(root / "pysnow", "*")


def test_wheel__says_that_it_is_typed(in_wheel: set[str]) -> None:
    assert "pysnow/py.typed" in in_wheel


def test_wheel__carries_the_licence(in_wheel: set[str]) -> None:
    assert [name for name in in_wheel if name.endswith("/LICENSE")]


def test_wheel__runs_everywhere(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")


def test_wheel__installs_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
        lines = [line for line in archive.read(name).decode().splitlines() if line]
    assert lines == ["[console_scripts]", "pysnow = pysnow.cli:main", "[pytest11]", "pysnow = pysnow.testing.plugin"]


def test_sdist__holds_tests_and_manual(in_sdist: set[str], root: Path) -> None:
    """Whoever repackages the library can run its tests and build its manual from the sdist."""
    assert _files(root / "tests", "*.py") | _files(root / "docs", "*.rst", "*.py") <= in_sdist


def test_sdist__holds_what_stands_at_the_top(in_sdist: set[str]) -> None:
    assert {
        ".ci/run",
        "CHANGELOG.rst",
        "CONTRIBUTING.rst",
        "LICENSE",
        "README.rst",
        "SECURITY.rst",
        "conftest.py",
        "pyproject.toml",
        "setup.py",
        "tox.ini",
    } <= in_sdist


def test_sdist__holds_no_leftovers(in_sdist: set[str]) -> None:
    leftovers = {"__pycache__", ".tox", ".venv", "_build", "build", "dist", ".hypothesis", ".mypy_cache", ".coverage"}
    assert [name for name in in_sdist if leftovers & set(name.split("/")) or name.endswith(".pyc")] == []
