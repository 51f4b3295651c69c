"""The list of what the sandbox imitates: no test in it that is gone, no source without a name, no file left out."""

from __future__ import annotations

import ast
import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pysnow.sandbox.instance.properties import DEFAULTS
from pysnow.sandbox.query.operators import Operator

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "pysnow" / "sandbox"


def _load_facts() -> ModuleType:
    """What the manual reads the list with; it lies outside of any package."""
    path = ROOT / "docs" / "_ext" / "sandbox_facts.py"
    spec = importlib.util.spec_from_file_location("sandbox_facts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


facts = _load_facts()
TOPICS = facts.topics()
BEHAVIOURS = [behaviour for topic in TOPICS for behaviour in topic.behaviours]
TESTS = {each.test for each in [*BEHAVIOURS, *facts.refusals()]}


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.title)
def test_topic__its_tests_exist(topic: Any) -> None:
    tests = [each.test.partition("::") for each in topic.behaviours]
    assert [name for path, _, name in tests if name not in _tests_of(path)] == []


def test_refusals__their_tests_exist() -> None:
    tests = [each.test.partition("::") for each in facts.refusals()]
    assert [name for path, _, name in tests if name not in _tests_of(path)] == []


@pytest.mark.parametrize("folder", ["sandbox", "sandbox_engine", "sandbox_instance", "sandbox_seed"])
def test_test_files__all_hold_a_behaviour_of_the_list(folder: str) -> None:
    listed = {test.partition("::")[0] for test in TESTS}
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / folder).glob("test_*.py")]
    assert [path for path in sorted(files) if path not in listed] == []


def test_sources__all_have_a_name() -> None:
    names = facts.source_names()
    used = {source for behaviour in BEHAVIOURS for source in behaviour.sources}
    assert (
        sorted(source for source in used if source not in names and not facts.SELF_EXPLAINING.fullmatch(source)) == []
    )


def test_sources__all_names_are_used() -> None:
    used = {source for behaviour in BEHAVIOURS for source in behaviour.sources}
    assert sorted(set(facts.source_names()) - used) == []


def test_behaviours__stand_once_in_their_topic() -> None:
    doubled = [
        behaviour.what for topic in TOPICS for behaviour in topic.behaviours if topic.behaviours.count(behaviour) > 1
    ]
    assert doubled == []


def _raises_not_emulated(path: Path) -> bool:
    raised = (node.exc for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Raise))
    names = {call.func.id for call in raised if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}
    return not names.isdisjoint({"NotEmulated", "not_emulated"})


def test_refusals__all_modules_that_refuse_are_listed() -> None:
    """Whole APIs stand in a table of their own, which is made from their routes."""
    refusing = {path.relative_to(SANDBOX).as_posix() for path in SANDBOX.rglob("*.py") if _raises_not_emulated(path)}
    assert refusing - {"http/unserved.py"} == {module for each in facts.refusals() for module in each.modules}


def test_operators__each_has_a_meaning() -> None:
    assert set(facts.operator_meanings()) == {each.name for each in Operator} - {"NONE"}


def test_properties__each_is_explained() -> None:
    assert set(facts.property_meanings()) == set(DEFAULTS)


@pytest.mark.parametrize(
    "rows", ["fault_rows", "operator_rows", "script_rows", "property_rows", "refused_api_rows", "refusal_rows"]
)
def test_tables__have_no_empty_cells(rows: str) -> None:
    made = getattr(facts, rows)()
    assert made
    assert [row for row in made if not all(row)] == []
