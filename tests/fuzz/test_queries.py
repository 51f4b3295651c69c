"""Hostile values and names in each form of a query: hypothesis looks for them, ``queries`` tries them in masses."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.queries import (
    FORMS,
    NAMED,
    complaint_about_names,
    complaint_about_tables,
    complaint_about_values,
    is_script,
    main,
)

chances = st.randoms(use_true_random=False)


@pytest.mark.parametrize("form", FORMS)
@given(chance=chances)
def test_values__are_read_as_they_were_meant_or_refused(form: str, chance: random.Random) -> None:
    assert complaint_about_values(form, chance)[1] is None


@pytest.mark.parametrize("place", NAMED)
@given(chance=chances)
def test_names__are_names_or_refused(place: str, chance: random.Random) -> None:
    assert complaint_about_names(place, chance)[1] is None


@given(chances)
def test_names__of_tables_too(chance: random.Random) -> None:
    assert complaint_about_tables(chance)[1] is None


def test_drill__accepts_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    """A drill in which everything is refused would prove nothing."""
    assert main(300, seed=1) == 0
    said = capsys.readouterr().out
    assert all(f"{form:12} {outcome}" in said for form in [*FORMS, "name"] for outcome in ("accepted", "refused"))


@pytest.mark.parametrize("text", ["javascript:x", " JavaScript:x", "\u200bjava\tscript:x", "javascript\uff1ax"])
def test_drill__knows_a_script(text: str) -> None:
    assert is_script(text)
