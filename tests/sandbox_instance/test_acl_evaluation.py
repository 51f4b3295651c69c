"""Which rows meet a need: many at once, by their real class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pysnow.sandbox.acl import Evaluation
from pysnow.sandbox.acl.needs import ALWAYS, NEVER, Check, Need
from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.instance.callers import Caller
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.query import QueryContext
from pysnow.sandbox.store import Row, Store

ALL = {"1", "2", "3"}


def check(query: str, table: str = "incident", *, is_negated: bool = False) -> Check:
    return Check(table, query, is_negated)


def one(*checks: Check) -> Need:
    return Need(((checks,),))


class CountingStore(Store):
    """A store that counts how often it is asked."""

    questions = 0

    def select(self, *args: Any, **options: Any) -> Iterator[Row]:
        """Count, then ask."""
        self.questions += 1
        return super().select(*args, **options)


@pytest.fixture
def context(instance: Instance, abel: Caller) -> QueryContext:
    return instance.context(abel)


@pytest.fixture
def permitted(instance: Instance, abel: Caller, context: QueryContext) -> Callable[..., set[str]]:
    """Three incidents, of which the first is Abel's; ``permitted(need)`` gives those that meet it."""
    for sys_id, caller, state in (("1", abel.sys_id, "1"), ("2", None, "7"), ("3", None, "1")):
        instance.store.insert("incident", {"sys_id": sys_id, "caller_id": caller, "state": state})

    def ask(need: Need, table: str = "incident", sys_ids: set[str] = ALL) -> set[str]:
        return set(Evaluation(instance.store, context).permitted(table, sys_ids, lambda _: need))

    return ask


def test_permitted__all(permitted: Callable[..., set[str]]) -> None:
    assert permitted(ALWAYS) == ALL


def test_permitted__none(permitted: Callable[..., set[str]]) -> None:
    assert permitted(NEVER) == set()


def test_permitted__condition_knows_its_caller(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("caller_id=javascript:gs.getUserID()"))) == {"1"}


def test_permitted__only_rows_that_were_asked_about(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("state=1")), sys_ids={"2", "3"}) == {"3"}


def test_permitted__alternatives_of_the_condition_do_not_escape(permitted: Callable[..., set[str]]) -> None:
    """``^NQ`` begins a new query; the rows asked about bind it as well."""
    assert permitted(one(check("state=7^NQstate=1")), sys_ids={"3"}) == {"3"}


def test_permitted__negated(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("state=7", is_negated=True))) == {"1", "3"}


def test_permitted__all_checks_of_an_alternative(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("state=1"), check("caller_idISEMPTY"))) == {"3"}


def test_permitted__one_alternative_is_enough(permitted: Callable[..., set[str]]) -> None:
    need = Need((((check("state=7"),), (check("caller_idISNOTEMPTY"),)),))
    assert permitted(need) == {"1", "2"}


def test_permitted__every_clause(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("state=1")) & one(check("caller_idISEMPTY"))) == {"3"}


def test_permitted__condition_that_cannot_be_meant_hides(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("no_such_column=1"))) == set()


def test_permitted__condition_of_a_rule_for_all_tables(permitted: Callable[..., set[str]]) -> None:
    assert permitted(one(check("state=7", "*"))) == {"2"}


def test_permitted__real_class_decides(instance: Instance, context: QueryContext) -> None:
    instance.store.insert("incident", {"sys_id": "1"})
    instance.store.insert("incident_task", {"sys_id": "2"})
    needs = {"incident": NEVER}
    allowed = Evaluation(instance.store, context).permitted("task", ALL, lambda name: needs.get(name, ALWAYS))
    assert allowed == {"2"}


def test_permitted__thousand_rows_cost_one_question(dictionary: Dictionary, context: QueryContext) -> None:
    store = CountingStore(dictionary)
    sys_ids = [str(number) for number in range(1000)]
    store.insert_many("incident", [{"sys_id": sys_id, "state": "1"} for sys_id in sys_ids])
    Evaluation(store, context).permitted("incident", sys_ids, lambda _: one(check("state=1")))
    assert store.questions == 1


@pytest.mark.parametrize(("need", "answer"), [(ALWAYS, True), (NEVER, False), (one(check("state=1")), None)])
def test_uniform__tells_what_needs_no_look_at_rows(
    instance: Instance, context: QueryContext, need: Need, answer: bool | None
) -> None:
    assert Evaluation(instance.store, context).uniform("task", lambda _: need) is answer
