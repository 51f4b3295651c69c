"""What the manual says of the sandbox and would otherwise have to repeat: tables made from the code and from one list.

``emulated.toml`` beside this file lists what the sandbox imitates: each behaviour with the source that tells of it and
the test that holds it. ``tests/docs/test_emulated.py`` checks that list, ``sandbox_tables.py`` shows it. Faults,
operators and functions of scripts come from the code that plays, reads and runs them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pysnow.sandbox.faults.catalogue import OptionEntry, fault_table
from pysnow.sandbox.http import unserved
from pysnow.sandbox.instance.properties import DEFAULTS
from pysnow.sandbox.query import scripts
from pysnow.sandbox.query.operators import TOKENS, Operator

LIST = Path(__file__).with_name("emulated.toml")

Row = tuple[str, ...]

# A source that needs no entry among the short names: an article of the vendor's, or a standard.
SELF_EXPLAINING = re.compile(r"KB\d{7}|RFC \d{4}")

_PERIOD = re.compile("(?:beginningOf|endOf)(.+)")
_AGO = re.compile("(.+sAgo)(?:Start|End)?")
_PART = re.compile("<[^>]+>")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing that an instance does, and the sandbox too.

    Attributes:
        what: What it does.
        sources: Where that is known from: short names of the list, articles of the vendor, standards.
        test: The test that holds it: ``tests/sandbox/test_paging.py::test_link__middle_page``.
    """

    what: str
    sources: tuple[str, ...]
    test: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Behaviours that belong together.

    Attributes:
        title: What they are about.
        about: A sentence before them; may be empty.
        file: Where their tests are, unless they say otherwise.
        behaviours: The behaviours.
    """

    title: str
    about: str
    file: str
    behaviours: tuple[Behaviour, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that is answered with 501.

    Attributes:
        what: What is refused.
        modules: Modules below ``pysnow/sandbox`` that refuse.
        test: The test that holds it.
    """

    what: str
    modules: tuple[str, ...]
    test: str


def source_names() -> dict[str, str]:
    """Give the short names of sources, with what they stand for."""
    return dict(_listed()["sources"])


def topics() -> list[Topic]:
    """Give all topics of the list."""
    return [
        Topic(
            title=topic["title"],
            about=topic.get("about", ""),
            file=topic["tests"],
            behaviours=tuple(_behaviour(topic["tests"], *row) for row in topic["behaviours"]),
        )
        for topic in _listed()["topic"]
    ]


def refusals() -> list[Refusal]:
    """Give what is refused with 501, apart from whole APIs."""
    return [Refusal(what, _split(modules), test) for what, modules, test in _listed()["refused"]]


def operator_meanings() -> dict[str, str]:
    """Give what each operator asks, by the name it has in the code."""
    return dict(_listed()["operators"])


def property_meanings() -> dict[str, str]:
    """Give what each system property does."""
    return dict(_listed()["properties"])


def _listed() -> dict[str, Any]:
    with LIST.open("rb") as file:
        return tomllib.load(file)


def _behaviour(file: str, what: str, sources: str, test: str) -> Behaviour:
    return Behaviour(what, _split(sources), test if "::" in test else f"{file}::{test}")


def _split(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(","))


# -- tables -----------------------------------------------------------------------------------------------------------


def fault_rows() -> list[Row]:
    """One row a kind of fault: its name, what it does, its options with their defaults."""
    return [(f"``{kind.name}``", kind.about, ", ".join(map(_option, kind.options)) or "none") for kind in fault_table()]


def _option(option: OptionEntry) -> str:
    default = str(option.default).lower() if isinstance(option.default, bool) else option.default
    choices = f" ({', '.join(option.choices)})" if option.choices else ""
    return f"``{option.name}={default}``{choices}"


def operator_rows() -> list[Row]:
    """One row an operator: all its spellings, and what it asks."""
    meanings = operator_meanings()
    return [
        (", ".join(f"``{token}``" for token, each in TOKENS.items() if each is operator), meanings[operator.name])
        for operator in Operator
        if operator is not Operator.NONE
    ]


def script_rows() -> list[Row]:
    """Functions of ``gs`` that a query may call, by family."""
    names = list(scripts.METHODS)
    periods = [found[1] for name in names if name.startswith("beginningOf") and (found := _PERIOD.fullmatch(name))]
    agos = dict.fromkeys(found[1] for name in names if (found := _AGO.fullmatch(name)))
    others = [name for name in names if not _PERIOD.fullmatch(name) and not _AGO.fullmatch(name)]
    return [
        ("``gs.beginningOf…()`` and ``gs.endOf…()``", _names(periods)),
        ("each also with ``Start`` or ``End`` behind it", _names(f"gs.{name}(n)" for name in agos)),
        ("others", _names(f"gs.{name}()" for name in others)),
        ("script includes", _names(f"{name}()" for name in scripts.FUNCTIONS)),
    ]


def refused_api_rows() -> list[Row]:
    """One row an API that is refused as a whole: its name and its paths."""
    return [(name, _names(_PART.sub("…", path) for path in paths)) for name, paths in unserved._APIS.items()]


def refusal_rows() -> list[Row]:
    """One row a further thing that is refused."""
    return [(refusal.what, _test(refusal.test)) for refusal in refusals()]


def behaviour_rows(topic: Topic) -> list[Row]:
    """One row a behaviour: what, source, test."""
    names = source_names()
    return [
        (each.what, "; ".join(names.get(source, source) for source in each.sources), _test(each.test, topic.file))
        for each in topic.behaviours
    ]


def property_rows() -> list[Row]:
    """One row a system property: its name, what it does, its default."""
    return [
        (f"``{name}``", meaning, f"``{DEFAULTS[name]}``" if DEFAULTS[name] else "empty")
        for name, meaning in property_meanings().items()
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"``{name}``" for name in names)


def _test(test: str, file: str = "") -> str:
    path, _, name = test.partition("::")
    return f"``{name}``" if path == file else f"``{path.removeprefix('tests/')}`` ``{name}``"


def list_table(heads: Row, rows: Iterable[Row], widths: str) -> list[str]:
    """Write a table in reStructuredText."""
    lines = [".. list-table::", "    :class: generated", "    :header-rows: 1", f"    :widths: {widths}", ""]
    for row in (heads, *rows):
        lines += [f"    {'* -' if column == 0 else '  -'} {cell}" for column, cell in enumerate(row)]
    return [*lines, ""]
