"""The test files that the manual shows run as they are, with the fixtures of the plugin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "howto" / "testing"
# What the others need: the program under test, and the fixture that knows its user.
PROGRAM, ACCOUNT = "helpdesk.py", "account.py"
TEST_FILES = sorted(path.name for path in EXAMPLES.glob("*.py") if path.name not in (PROGRAM, ACCOUNT))


def test_examples__pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p pysnow.testing.plugin --strict-markers\nfilterwarnings = error")
    shutil.copytree(EXAMPLES / "exports", pytester.path / "exports")
    shutil.copy(EXAMPLES / PROGRAM, pytester.path)
    shutil.copy(EXAMPLES / ACCOUNT, pytester.path / "conftest.py")
    for name in TEST_FILES:
        shutil.copy(EXAMPLES / name, pytester.path / f"test_{name}")
    written = sum((EXAMPLES / name).read_text(encoding="utf-8").count("def test_") for name in TEST_FILES)
    # In a process of its own: the program's client is made at import, as in any user's suite.
    pytester.runpytest_subprocess().assert_outcomes(passed=written)


@pytest.mark.parametrize("name", [PROGRAM, ACCOUNT, *TEST_FILES])
def test_example__is_shown(name: str) -> None:
    assert f".. literalinclude:: testing/{name}\n" in (DOCS / "howto" / "test.rst").read_text(encoding="utf-8")
