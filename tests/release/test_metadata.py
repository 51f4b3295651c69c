"""What the package says of itself."""

from __future__ import annotations

import configparser
import re
import tomllib
from email.message import Message
from pathlib import Path

import pytest


def _requirements(metadata: Message, extra: str | None = None) -> dict[str, str]:
    """Name and specifier of each requirement, of the core or of one extra."""
    found = {}
    for line in metadata.get_all("Requires-Dist", []):
        requirement, _, marker = line.partition(";")
        if marker.strip() == (f'extra == "{extra}"' if extra else ""):
            name, specifier = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement.strip()).groups()
            found[name.lower()] = specifier
    return found


def test_name_and_version__are_those_of_the_package(metadata: Message, root: Path) -> None:
    source = (root / "pysnow" / "__init__.py").read_text(encoding="utf-8")
    assert metadata["Name"] == "pysnow"
    assert f'"{metadata["Version"]}"' in source


def test_version__is_written_once(metadata: Message, root: Path) -> None:
    """Everything else reads it: a second place would be forgotten at the next release."""
    places = [root / "setup.py", root / "pyproject.toml", root / "docs" / "conf.py", *(root / "pysnow").rglob("*.py")]
    holding = [path.name for path in places if f'"{metadata["Version"]}"' in path.read_text(encoding="utf-8")]
    assert holding == ["__init__.py"]


def test_version__opens_the_changelog(metadata: Message, root: Path) -> None:
    titles = re.findall(r"^(\S+).*\n-+$", (root / "CHANGELOG.rst").read_text(encoding="utf-8"), re.MULTILINE)
    assert titles[0] == metadata["Version"]


def test_metadata__has_one_home(root: Path) -> None:
    assert "project" not in tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_core__has_four_dependencies(metadata: Message) -> None:
    assert sorted(_requirements(metadata)) == ["python-dateutil", "requests", "requests-oauthlib", "urllib3"]


@pytest.mark.parametrize("extra", [None, "sandbox", "cli", "test", "docs", "types", "lint", "release", "dev"])
def test_bounds__are_lower_ones_only(metadata: Message, extra: str | None) -> None:
    """An upper bound keeps a program from installing what it needs beside us."""
    assert {name: text for name, text in _requirements(metadata, extra).items() if not text.startswith(">=")} == {}


def test_extras__are_the_documented_ones(metadata: Message) -> None:
    assert {"sandbox", "cli", "dev"} <= set(metadata.get_all("Provides-Extra", []))


def test_lowest_environment__installs_the_lower_bounds(metadata: Message, root: Path) -> None:
    """`tox -e lowest` proves the bounds only as long as it installs exactly them."""
    tox = configparser.ConfigParser()
    tox.read(root / "tox.ini")
    pinned = dict(line.lower().split("==") for line in tox["testenv:lowest"]["deps"].split())
    promised = {**_requirements(metadata), **_requirements(metadata, "sandbox"), **_requirements(metadata, "cli")}
    assert pinned == {name: specifier.removeprefix(">=") for name, specifier in promised.items()}


def test_python__is_311_or_later(metadata: Message) -> None:
    assert metadata["Requires-Python"] == ">=3.11"


def test_interpreters__have_an_environment_and_a_classifier(metadata: Message, root: Path) -> None:
    tox = configparser.ConfigParser()
    tox.read(root / "tox.ini")
    environments = set(re.findall(r"py3(\d+)", tox["tox"]["env_list"]))
    classifiers = {
        line.rpartition("3.")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("Programming Language :: Python :: 3.")
    }
    assert environments == classifiers


def test_licence__is_mit(metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"


def test_description__ends_with_the_latest_changes_only(metadata: Message, root: Path) -> None:
    text = metadata.get_payload()
    changes = (root / "CHANGELOG.rst").read_text(encoding="utf-8")
    releases = re.findall(r"^\d+\.\d+\.\d+\S*$", changes, re.MULTILINE)
    shown = re.findall(r"^\d+\.\d+\.\d+\S*$", text.partition("Latest changes")[2], re.MULTILINE)
    assert shown == releases[:1]
