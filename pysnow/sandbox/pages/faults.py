"""Faults: which are on, how often each struck, and forms to switch them on and off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING

from pysnow.sandbox.faults.conditions import Conditions
from pysnow.sandbox.faults.operations import OPERATIONS
from pysnow.sandbox.faults.rule import Rule
from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.markup import Html, group, tag
from pysnow.sandbox.pages import addresses
from pysnow.sandbox.pages.layout import button_form, code, link, notice, page, prose, see_other, table_of, token_field
from pysnow.sandbox.pages.visit import Visit

if TYPE_CHECKING:
    from pysnow.sandbox.faults.catalogue import KindEntry, OptionEntry

_METHODS = ("", "GET", "POST", "PUT", "PATCH", "DELETE")
_SPEC_FIELD = "spec"
_NAME_FIELD = "fault"


@dataclass(frozen=True, slots=True)
class _Condition:
    """One condition of every fault: which calls it strikes."""

    name: str
    hint: str
    choices: tuple[str, ...] = ()


_CONDITIONS = (
    _Condition("method", "the verb", _METHODS),
    _Condition("operation", "what the call wants", ("", *sorted(OPERATIONS))),
    _Condition("table", "any table when empty"),
    _Condition("path", "pattern with * and ?"),
    _Condition("nth", "strike first at this call"),
    _Condition("times", "calls to strike; 0 for all"),
    _Condition("probability", "above 0, up to 1"),
)


def show_faults(visit: Visit) -> Answer:
    """Show the faults that are on and those there are; with a fault's name in the address, the form for it."""
    return _show(visit, visit.parameters.text(_NAME_FIELD))


def add_fault(visit: Visit) -> Answer:
    """Switch a fault on: one in words, or one of a form."""
    name = visit.form.get(_NAME_FIELD, "")
    spec = visit.form.get(_SPEC_FIELD, "").strip()
    options = {
        key: value.strip() for key, value in visit.form.items() if key not in (_NAME_FIELD, _SPEC_FIELD, "token")
    }
    given = {} if spec else {key: value for key, value in options.items() if value}
    try:
        visit.faults.add(spec or name, **given)
    except ValueError as error:
        return _show(visit, name, problem=str(error), status=400)
    return see_other(addresses.FAULTS)


def remove_fault(visit: Visit) -> Answer:
    """Switch one fault off; it may be off already."""
    for rule in visit.faults:
        if str(rule.number) == visit.form.get("number"):
            visit.faults.remove(rule)
    return see_other(addresses.FAULTS)


def clear_faults(visit: Visit) -> Answer:
    """Switch all faults off."""
    visit.faults.clear()
    return see_other(addresses.FAULTS)


def _show(visit: Visit, name: str, *, problem: str = "", status: int = 200) -> Answer:
    # Late, as wherever the kinds are named: most sandboxes never use one, and other pages do not either.
    from pysnow.sandbox.faults.catalogue import fault_table

    kinds = fault_table()
    chosen = next((kind for kind in kinds if kind.name == name), None)
    return page(
        visit,
        "Faults",
        notice(problem, kind="warning") if problem else None,
        _chosen(visit, chosen) if chosen else None,
        _rules(visit, list(visit.faults)),
        _in_words(visit),
        tag("h2", "Kinds of faults"),
        _kinds(kinds),
        place=addresses.FAULTS,
        status=status,
    )


def _rules(visit: Visit, rules: Sequence[Rule]) -> Html:
    if not rules:
        return notice("Nothing goes wrong: no fault is on.")
    heads = ("Fault", "Struck", "")
    return group(
        tag(
            "div",
            tag("h2", "On now"),
            button_form(visit, "Switch all off", addresses.CLEAR_FAULTS),
            class_="heading",
        ),
        table_of(heads, [_rule(visit, rule) for rule in rules], caption="Faults that are on", class_="rules"),
    )


def _rule(visit: Visit, rule: Rule) -> Html:
    from pysnow.sandbox.faults.spec import format_spec

    return tag(
        "tr",
        tag("td", code(format_spec(rule.fault, rule.conditions))),
        tag("td", f"{rule.strikes:,} {'call' if rule.strikes == 1 else 'calls'}"),
        tag("td", button_form(visit, "Switch off", addresses.REMOVE_FAULT, {"number": str(rule.number)})),
    )


def _in_words(visit: Visit) -> Html:
    field = tag(
        "input",
        name=_SPEC_FIELD,
        required=True,
        class_="code",
        placeholder="latency:seconds=0.5,table=incident",
        autocapitalize="off",
        autocomplete="off",
        spellcheck="false",
    )
    return group(
        tag("h2", "Switch one on"),
        tag(
            "form",
            token_field(visit),
            tag("label", "In words: NAME or NAME:OPTION=VALUE,OPTION=VALUE", field, class_="wide"),
            tag("button", "Switch on", class_="main"),
            method="post",
            action=addresses.ADD_FAULT,
            class_="controls",
        ),
    )


def _chosen(visit: Visit, kind: KindEntry) -> Html:
    own = [_input(visit, option.name, "", _written(option.default), _choices(option)) for option in kind.options]
    defaults = {field.name: field.default for field in fields(Conditions) if field.default is not MISSING}
    common = [_input(visit, each.name, each.hint, _written(defaults[each.name]), each.choices) for each in _CONDITIONS]
    return tag(
        "form",
        tag("h2", code(kind.name)),
        tag("p", prose(kind.about)),
        token_field(visit),
        tag("input", type="hidden", name=_NAME_FIELD, value=kind.name),
        (tag("h3", "What happens"), tag("div", own, class_="fields-of-fault")) if own else None,
        tag("h3", "To which calls"),
        tag("div", common, class_="fields-of-fault"),
        tag("button", "Switch on", class_="main"),
        " ",
        link("Close", addresses.FAULTS),
        method="post",
        action=addresses.ADD_FAULT,
        class_="panel",
    )


def _input(visit: Visit, name: str, hint: str, default: str, choices: tuple[str, ...]) -> Html:
    value = visit.form.get(name, default)
    if choices:
        options = [tag("option", choice or "any", value=choice, selected=choice == value) for choice in choices]
        field = tag("select", options, name=name)
    else:
        field = tag("input", name=name, value=value, autocapitalize="off", spellcheck="false")
    return tag("label", name, field, tag("small", hint) if hint else None)


def _choices(option: OptionEntry) -> tuple[str, ...]:
    return ("false", "true") if isinstance(option.default, bool) else option.choices


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kinds(kinds: Sequence[KindEntry]) -> Html:
    rows = [
        tag(
            "tr",
            tag("td", link(code(kind.name), addresses.with_parameters(addresses.FAULTS, fault=kind.name))),
            tag("td", prose(kind.about)),
        )
        for kind in kinds
    ]
    return table_of(("Name", "What happens"), rows, caption="Kinds of faults", class_="kinds")
