"""Which of several packages does the work."""

from __future__ import annotations

import pytest

from pysnow.exceptions import InvalidUsage
from pysnow.reading.accelerators import first_installed, is_installed


@pytest.mark.parametrize(("name", "expected"), [("json", True), ("no_such_package", False), ("json.no_such", False)])
def test_is_installed__tells(name: str, expected: bool) -> None:
    assert is_installed(name) is expected


@pytest.mark.parametrize("names", [("json", "zlib"), ("no_such_package", "json"), ("no.such", "no_such", "json")])
def test_first_installed__takes_the_first_there_is(names: tuple[str, ...]) -> None:
    assert first_installed(names) == "json"


def test_first_installed__takes_what_is_wanted() -> None:
    assert first_installed(("json", "zlib"), "zlib") == "zlib"


def test_first_installed__refuses_what_is_not_installed() -> None:
    with pytest.raises(InvalidUsage, match="'no_such_package' is not installed"):
        first_installed(("no_such_package", "json"), "no_such_package")


def test_first_installed__refuses_what_is_not_known() -> None:
    with pytest.raises(InvalidUsage, match="'zlib' is none of simplejson, json"):
        first_installed(("simplejson", "json"), "zlib")
