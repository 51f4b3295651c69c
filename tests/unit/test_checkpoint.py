"""Checkpoints: what was sealed is opened, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pysnow import InvalidUsage
from pysnow.tracking.checkpoint import Subject, opened, sealed

SUBJECT = Subject("changes", "https://dev1.service-now.com", "incident", "active=true")
STATE = {"floor": "2026-03-01 12:00:00", "seen": ["a", "b"]}


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_opened__gives_what_was_sealed(state: dict[str, Any]) -> None:
    assert opened(SUBJECT, sealed(SUBJECT, state)) == state


def test_opened__bears_blanks_of_a_file() -> None:
    assert opened(SUBJECT, sealed(SUBJECT, STATE) + "\n") == STATE


def test_opened__a_version_that_never_was_is_refused() -> None:
    text = sealed(SUBJECT, STATE).replace("-1.", "-0.", 1)
    with pytest.raises(InvalidUsage, match="damaged"):
        opened(SUBJECT, text)


@settings(deadline=None)
@given(st.data())
def test_opened__a_damaged_one_is_refused(data: st.DataObject) -> None:
    text = sealed(SUBJECT, STATE)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != text[place] and letter.strip()))
    with pytest.raises(InvalidUsage):
        opened(SUBJECT, text[:place] + other + text[place + 1 :])


@settings(deadline=None)
@given(st.integers(0, 1_000))
def test_opened__one_that_was_cut_is_refused(length: int) -> None:
    text = sealed(SUBJECT, STATE)
    with pytest.raises(InvalidUsage):
        opened(SUBJECT, text[: min(length, len(text) - 1)])


@settings(deadline=None)
@given(st.text() | st.none() | st.integers() | st.binary())
def test_opened__anything_else_is_refused(text: Any) -> None:
    with pytest.raises(InvalidUsage, match="no checkpoint"):
        opened(SUBJECT, text)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (SUBJECT._replace(kind="history"), "made by changes"),
        (SUBJECT._replace(instance="https://dev2.service-now.com"), "another instance"),
        (SUBJECT._replace(table="problem"), "another instance, table or query"),
        (SUBJECT._replace(question="active=false"), "another instance, table or query"),
    ],
)
def test_opened__one_of_another_subject_is_refused(other: Subject, words: str) -> None:
    with pytest.raises(InvalidUsage, match=words):
        opened(other, sealed(SUBJECT, STATE))


def test_opened__one_of_a_later_version_says_so() -> None:
    with pytest.raises(InvalidUsage, match="later version"):
        opened(SUBJECT, sealed(SUBJECT, STATE).replace("pysnow-changes-1.", "pysnow-changes-2."))


def test_sealed__does_not_show_the_query() -> None:
    assert "active" not in sealed(SUBJECT, STATE)
