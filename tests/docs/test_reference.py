"""The reference leaves nothing out: a public name without a place in it fails here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import pysnow
from pysnow.sandbox import Sandbox

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((DOCS / "reference").glob("*.rst")))
AUTOMODULES = re.findall(r"^\.\. automodule:: (\S+)", PAGES, re.MULTILINE)
SINGLE = set(re.findall(r"^\.\. auto(?:class|function|data|exception):: (\S+)", PAGES, re.MULTILINE))
# The addresses of old names: what they hold is documented where it lives.
DOORS = {"pysnow.legacy_exceptions"}
# Packages with a door of their own.
PACKAGES = ["pysnow.sandbox", "pysnow.sandbox.faults", "pysnow.testing"]
APART = ("pysnow.cli", "pysnow.sandbox", "pysnow.testing")
MODULES = [
    module.name
    for module in pkgutil.walk_packages(pysnow.__path__, "pysnow.")
    if not module.ispkg and "._" not in module.name and not module.name.startswith(APART) and module.name not in DOORS
] + PACKAGES


def _public(module: ModuleType) -> list[str]:
    """Names that a module offers; one of constants alone has no need to list them."""
    return list(getattr(module, "__all__", None) or [name for name in vars(module) if name.isupper()])


def _addresses(module: ModuleType, name: str) -> set[str]:
    """Where a name may be documented: where it is, where it was defined, and at the package's door."""
    value = getattr(module, name)
    home = getattr(value, "__module__", module.__name__)
    return {f"{module.__name__}.{name}", f"{home}.{name}", f"pysnow.{name}"}


def _documented() -> set[str]:
    named = {f"{name}.{public}" for name in AUTOMODULES for public in _public(importlib.import_module(name))}
    return named | SINGLE


def _without_docstring(value: object, name: str) -> list[str]:
    if not (inspect.isclass(value) or inspect.isfunction(value)):
        return []
    missing = [] if inspect.getdoc(value) else [name]
    members = vars(value).items() if inspect.isclass(value) else ()
    public = [(key, member) for key, member in members if not key.startswith("_")]
    callables = [(key, member) for key, member in public if callable(member) or isinstance(member, property)]
    return missing + [f"{name}.{key}" for key, member in callables if not inspect.getdoc(member)]


@pytest.mark.parametrize("module", MODULES)
def test_public_names__stand_in_the_reference(module: str) -> None:
    loaded = importlib.import_module(module)
    documented = _documented()
    assert [name for name in _public(loaded) if not _addresses(loaded, name) & documented] == []


@pytest.mark.parametrize("module", MODULES)
def test_public_names__have_docstrings(module: str) -> None:
    loaded = importlib.import_module(module)
    missing = [line for name in _public(loaded) for line in _without_docstring(getattr(loaded, name), name)]
    assert missing == []


def test_names_of_the_package__stand_in_the_reference() -> None:
    names = [name for name in pysnow.__all__ if name != name.lower() and name not in ("Request",)]
    documented = _documented()
    assert [name for name in names if not _addresses(pysnow, name) & documented] == []


def test_methods_of_the_sandbox__stand_in_a_recipe() -> None:
    recipes = "".join((DOCS / "howto" / name).read_text(encoding="utf-8") for name in ("sandbox.rst", "test.rst"))
    methods = [name for name, _ in inspect.getmembers(Sandbox, inspect.isfunction) if name[0] != "_"]
    # What leads requests to a sandbox without a port says so by itself; the recipes show that instead.
    assert [name for name in methods if f"{name}(" not in recipes] == ["reached_at"]


def test_errors__stand_in_the_recipe() -> None:
    """Whoever meets an error finds out what to do."""
    recipe = (DOCS / "howto" / "errors.rst").read_text(encoding="utf-8")
    assert [name for name in pysnow.exceptions.__all__ if f"``{name}``" not in recipe] == []


def test_operators__stand_in_the_recipe() -> None:
    recipe = (DOCS / "howto" / "query.rst").read_text(encoding="utf-8")
    methods = [name for name, _ in inspect.getmembers(pysnow.QueryBuilder, inspect.isfunction) if name[0] != "_"]
    assert [name for name in methods if f"{name}(" not in recipe] == []


RECIPE = (DOCS / "howto" / "query.rst").read_text(encoding="utf-8")
ROWS = re.findall(r"^ +\* - ``((?:field|text_search)\(.+)``\n +- ``(.+)``$", RECIPE, re.MULTILINE)


@pytest.mark.parametrize(("written", "sent"), ROWS, ids=[written for written, _ in ROWS])
def test_operators__are_sent_as_the_recipe_says(written: str, sent: str) -> None:
    assert str(eval(f"pysnow.QueryBuilder().{written}")) == sent
