"""Access control without records: names, roles, scripts ("Access control list rules", product documentation)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.sandbox.acl.needs import ALWAYS, NEVER, Check, Need, any_of
from pysnow.sandbox.acl.roles import RoleGraph
from pysnow.sandbox.acl.rules import AccessRule, RuleBook
from pysnow.sandbox.acl.scripts import Answer, read_script, write_mismatch
from pysnow.sandbox.acl.subject import Subject
from pysnow.sandbox.dictionary import Dictionary

ITIL = frozenset({"itil"})
NETWORK = "category=network"


def rule(name: str, operation: str = "read", **options: Any) -> AccessRule:
    table, _, element = name.partition(".")
    return AccessRule((table, element), operation, **options)


Under = Callable[..., Subject]


@pytest.fixture
def under(dictionary: Dictionary) -> Under:
    """A user under the rules given; with the role itil unless told otherwise."""

    def user(*rules: AccessRule, roles: frozenset[str] = ITIL, user_name: str = "abel.tuter") -> Subject:
        return Subject(user_name, roles, RuleBook(rules), dictionary)

    return user


# -- which rule decides -------------------------------------------------------------------------------------------


def test_row__without_a_rule_is_refused(under: Under) -> None:
    assert under(rule("problem")).row_need("incident", "read") == NEVER


def test_row__of_an_instance_without_any_rule_is_free(under: Under) -> None:
    assert under().row_need("incident", "read") == ALWAYS


def test_row__rule_of_the_parent_counts(under: Under) -> None:
    assert under(rule("task", roles=ITIL)).row_need("incident", "read") == ALWAYS


def test_row__rule_of_the_table_takes_the_place_of_its_parents(under: Under) -> None:
    rules = (rule("task", roles=ITIL), rule("incident", roles=frozenset({"manager"})))
    assert under(*rules).row_need("incident", "read") == NEVER


def test_row__rule_for_all_tables_comes_last(under: Under) -> None:
    rules = (rule("*"), rule("task", roles=frozenset({"manager"})))
    assert under(*rules).row_need("incident", "read") == NEVER


def test_row__one_of_several_rules_is_enough(under: Under) -> None:
    rules = (rule("incident", roles=frozenset({"manager"})), rule("incident", roles=ITIL))
    assert under(*rules).row_need("incident", "read") == ALWAYS


def test_row__rules_of_other_operations_do_not_count(under: Under) -> None:
    assert under(rule("incident", "write")).row_need("incident", "read") == NEVER


def test_row__condition_becomes_a_check(under: Under) -> None:
    need = under(rule("incident", condition=NETWORK)).row_need("incident", "read")
    assert need == Need((((Check("incident", NETWORK),),),))


def test_row__condition_and_script_must_both_hold(under: Under) -> None:
    script = 'answer = !GlideFilter.checkRecord(current, "state=7");'
    need = under(rule("incident", condition=NETWORK, script=script)).row_need("incident", "read")
    assert need.clauses == (((Check("incident", NETWORK), Check("incident", "state=7", is_negated=True)),),)


def test_field__without_a_rule_is_free(under: Under) -> None:
    assert under(rule("incident")).field_need("incident", "state", "read") == ALWAYS


@pytest.mark.parametrize(
    "names",
    [
        ("incident.state", "task.state"),
        ("task.state", "*.state"),
        ("*.state", "incident.*"),
        ("incident.*", "task.*"),
        ("task.*", "*.*"),
    ],
    ids="/".join,
)
def test_field__most_specific_name_decides(under: Under, names: tuple[str, str]) -> None:
    """The documented order: table.field, parent.field, *.field, table.*, parent.*, *.*."""
    refusing = rule(names[0], roles=frozenset({"manager"}))
    assert under(refusing, rule(names[1])).field_need("incident", "state", "read") == NEVER


# -- who meets a rule -----------------------------------------------------------------------------------------------


def test_admin__overrides_rules(under: Under) -> None:
    admin = under(rule("incident", roles=ITIL), roles=frozenset({"admin"}))
    assert admin.row_need("incident", "read") == ALWAYS


def test_admin__does_not_override_a_rule_that_says_so(under: Under) -> None:
    """``admin_overrides=false``, the way of locked tables."""
    locked = rule("incident", "delete", roles=frozenset({"nobody"}), is_overridden_by_admin=False)
    assert under(locked, roles=frozenset({"admin"})).row_need("incident", "delete") == NEVER


def test_admin__is_free_of_operations_without_strict_rules(under: Under) -> None:
    locked = rule("incident", "delete", is_overridden_by_admin=False)
    assert under(locked, roles=frozenset({"admin"})).is_free("read")


def test_guest__does_not_meet_a_rule_without_roles(under: Under) -> None:
    assert under(rule("incident"), user_name="guest", roles=frozenset()).row_need("incident", "read") == NEVER


def test_guest__meets_a_rule_for_the_public(under: Under) -> None:
    public = rule("incident", roles=frozenset({"public"}))
    assert under(public, user_name="guest", roles=frozenset()).row_need("incident", "read") == ALWAYS


def test_read_only_user__writes_nothing(under: Under) -> None:
    user = under(rule("incident", "write", roles=ITIL), roles=ITIL | {"snc_read_only"})
    assert user.row_need("incident", "write") == NEVER


def test_read_only_user__reads_like_anybody(under: Under) -> None:
    user = under(rule("incident", roles=ITIL), roles=ITIL | {"snc_read_only"})
    assert user.row_need("incident", "read") == ALWAYS


# -- rules that deny --------------------------------------------------------------------------------------------------


def test_denial__counts_beside_a_rule_that_allows(under: Under) -> None:
    rules = (rule("incident"), rule("incident", is_denial=True, roles=frozenset({"manager"})))
    assert under(*rules).row_need("incident", "read") == NEVER


def test_denial__of_the_parent_counts_too(under: Under) -> None:
    rules = (rule("incident"), rule("task", is_denial=True, roles=frozenset({"manager"})))
    assert under(*rules).row_need("incident", "read") == NEVER


def test_denial__allows_nothing_by_itself(under: Under) -> None:
    assert under(rule("incident", is_denial=True, roles=ITIL)).row_need("incident", "read") == NEVER


def test_denial__of_a_column_without_other_rules(under: Under) -> None:
    denial = rule("incident.state", is_denial=True, script="answer = false;")
    assert under(denial).field_need("incident", "state", "read") == NEVER


# -- columns in queries -----------------------------------------------------------------------------------------------


def test_asking__follows_the_right_to_read(under: Under) -> None:
    assert not under(rule("incident.state", roles=frozenset({"manager"}))).may_ask("incident", "state", "query_match")


def test_asking__query_rule_takes_the_place_of_the_right_to_read(under: Under) -> None:
    rules = (rule("incident.state", roles=frozenset({"manager"})), rule("incident.state", "query_match", roles=ITIL))
    assert under(*rules).may_ask("incident", "state", "query_match")


def test_asking__range_rule_leaves_matching_alone(under: Under) -> None:
    guarded = rule("incident.state", "query_range", roles=frozenset({"manager"}))
    asked = [under(guarded).may_ask("incident", "state", operation) for operation in ("query_match", "query_range")]
    assert asked == [True, False]


# -- needs ------------------------------------------------------------------------------------------------------------


def test_needs__nothing_adds_to_a_refusal() -> None:
    assert NEVER & Need((((Check("incident", NETWORK),),),)) == NEVER


def test_needs__alternative_without_checks_is_permission() -> None:
    assert any_of([(Check("incident", NETWORK),), ()]) == ALWAYS


# -- roles ------------------------------------------------------------------------------------------------------------

GRAPH = RoleGraph(
    names={"r1": "itil", "r2": "approver_user", "r3": "admin", "r4": "loop"},
    contained={"r3": {"r1"}, "r1": {"r2"}, "r2": {"r4"}, "r4": {"r1"}},
    of_groups={"g1": {"r1"}, "g2": {"r3"}},
    group_parents={"g1": "g0", "g3": "g2", "g2": "g3"},
)


def test_roles__contained_ones_at_any_depth_even_in_a_circle() -> None:
    assert GRAPH.held(["r3"], []) == {"admin", "itil", "approver_user", "loop"}


def test_roles__of_groups() -> None:
    assert "itil" in GRAPH.held([], ["g1"])


def test_roles__of_the_groups_above_even_in_a_circle() -> None:
    assert "admin" in GRAPH.held([], ["g3"])


def test_roles__that_are_gone_have_no_name() -> None:
    assert GRAPH.held(["r9"], ["g9"]) == frozenset()


# -- scripts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("answer = true;", Answer(True)),
        ("  answer=false ", Answer(False)),
        ('answer = GlideFilter.checkRecord(current, "state=7");', Answer(True, "state=7")),
        ("answer = !GlideFilter.checkRecord( current , 'a=b\"c' )", Answer(False, 'a=b"c')),
        (r'answer = GlideFilter.checkRecord(current, "a=\"b\"");', Answer(True, 'a="b"')),
        ('answer = !GlideFilter.checkRecord(current, "");', Answer(False)),
    ],
    ids=["true", "false", "match", "mismatch", "escaped quotes", "empty query"],
)
def test_script__is_read(text: str, answer: Answer) -> None:
    assert read_script(text) == answer


@pytest.mark.parametrize(
    "text", ["", "answer = gs.hasRole('x');", "answer = true; answer = false;", 'answer = current.state == "7";']
)
def test_script__that_would_have_to_run_is_not_understood(text: str) -> None:
    assert read_script(text) is None


@given(st.text(min_size=1))
def test_script__written_reads_back(query: str) -> None:
    assert read_script(write_mismatch(query)) == Answer(False, query)


def test_script__not_understood_opens_nothing(under: Under) -> None:
    assert under(rule("incident", script="answer = maybe();")).row_need("incident", "read") == NEVER
