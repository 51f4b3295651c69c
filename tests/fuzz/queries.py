"""Hostile values and names in each form of a query: ``python -m tests.fuzz.queries [INPUTS] [SEED]``.

The sandbox's parser, which shares nothing with what prints, says what an instance would read. Checked for the builder,
for dicts and for expressions: what is accepted has the structure and the values that were asked for; nothing in it is a
script; what is no name is refused.
"""

from __future__ import annotations

import itertools
import random
import re
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from operator import and_, or_, xor
from typing import Any, NamedTuple, TypeAlias

from pysnow import F, QueryBuilder
from pysnow.criterion import Criterion
from pysnow.exceptions import PysnowException
from pysnow.params_builder import ParamsBuilder
from pysnow.sandbox.query.ast import Condition
from pysnow.sandbox.query.operators import TOKENS, Operator
from pysnow.sandbox.query.parse import parse
from pysnow.url_builder import checked_table

PIECES = (
    *(
        "^",
        "^^",
        "^^^",
        "^OR",
        "^NQ",
        "^EQ",
        "^ORDERBYx",
        "^ORDERBYDESCx",
        "^GROUPBYx",
        "^RLQUERYa.b,>0",
        "^ENDRLQUERY",
    ),
    *(
        "JOINa.b=c.d!",
        "SUBQUERYa,b,c",
        "NQ",
        "OR",
        "ORDERBY",
        "EQ",
        "=5",
        "=",
        "!",
        "STANCEOFtask",
        "_HIERARCHY",
        "_FIELD",
    ),
    *("_DYNAMIC", "AS", "FROM", " IN", " LIKE", "TWEEN", "@", ",", "a=1", "^a=1", "javascript:", "JavaScript:gs.x()"),
    *(
        "java\u200bscript:",
        "\ufeffjavascript:",
        "\u00adjava\tscript:",
        "javascript\uff1a",
        "&sysparm_query=",
        "%5E",
        "%",
    ),
    *(
        "#",
        "+",
        "\\",
        '"',
        "'",
        "\n",
        "\t",
        "\r",
        "\0",
        "\x1f",
        "\x85",
        "\ud800",
        "\udfff",
        "\u202e",
        "\u2028",
        "\U0001f600",
    ),
    *("\N{LATIN SMALL LETTER E WITH ACUTE}", "\uff3e", "NULL", "null", "0", "1", "true", "x", "ab", "", " ", *TOKENS),
)
OVERLOOKED = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""Kinds of characters that a careless reader drops: controls, formats, blanks."""
COMPARING = (Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL)
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MOMENT = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}.*", re.DOTALL)
BLUNT = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", re.ASCII)
Method: TypeAlias = tuple[str, str, Operator]
METHODS: tuple[Method, ...] = (  # of the builder, of a field, and what they ask
    ("equals", "eq", Operator.EQUALS),
    ("not_equals", "ne", Operator.NOT_EQUALS),
    ("contains", "contains", Operator.CONTAINS),
    ("not_contains", "not_contains", Operator.NOT_CONTAINS),
    ("starts_with", "starts_with", Operator.STARTS_WITH),
    ("ends_with", "ends_with", Operator.ENDS_WITH),
    ("greater_than", "gt", Operator.GREATER),
    ("greater_than_or_equal", "gte", Operator.GREATER_OR_EQUAL),
    ("less_than", "lt", Operator.LESS),
    ("less_than_or_equal", "lte", Operator.LESS_OR_EQUAL),
    ("dynamic", "dynamic", Operator.DYNAMIC),
    ("in_hierarchy", "in_hierarchy", Operator.IN_HIERARCHY),
    ("excluding", "excluding", Operator.EXCLUDING_TAG),
    ("in_list", "is_in", Operator.IN),
    ("not_in_list", "not_in", Operator.NOT_IN),
)


class Wish(NamedTuple):
    """One condition that somebody wants."""

    name: str
    method: Method
    value: str | list[str]

    @property
    def read(self) -> Condition:
        """As an instance must read it."""
        text = self.value if isinstance(self.value, str) else ",".join(self.value)
        return Condition(self.name, self.method[2], text)


Wanted: TypeAlias = list[list[list[Wish]]]
"""Groups of terms of alternatives."""


class Guesser:
    """Thinks of hostile inputs."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def text(self) -> str:
        return "".join(self._piece() for _ in range(self.chance.randint(0, 6)))

    def _piece(self) -> str:
        kind = self.chance.random()
        if kind < 0.75:
            return self.chance.choice(PIECES)
        return chr(self.chance.randrange(0x20, 0x7F) if kind < 0.95 else self.chance.randrange(0x110000))

    def name(self) -> str:
        letters = string.ascii_lowercase + string.digits + "_"
        return "".join(self.chance.choice(letters) for _ in range(self.chance.randint(1, 6)))

    def hostile_name(self) -> str:
        parts = [self.chance.choice([self.name, self.text])() for _ in range(self.chance.randint(1, 3))]
        return self.chance.choice(["", "."]).join(parts)

    def wish(self, methods: tuple[Method, ...] = METHODS) -> Wish:
        method = self.chance.choice(methods)
        is_list = method[2] in (Operator.IN, Operator.NOT_IN)
        value = [self.text() for _ in range(self.chance.randint(1, 3))] if is_list else self.text()
        return Wish(self.name(), method, value)

    def wanted(self) -> Wanted:
        few = self.chance.choice([1, 1, 2])
        sizes = [[self.chance.randint(1, few) for _ in range(self.chance.randint(1, few))] for _ in range(few)]
        return [[[self.wish() for _ in range(alternatives)] for alternatives in terms] for terms in sizes]


def built(wanted: Wanted) -> str:
    """The query, as the builder writes it."""
    query = QueryBuilder()
    for number, group in enumerate(wanted):
        query = query.NQ() if number else query
        for place, term in enumerate(group):
            query = query.AND() if place else query
            for index, wish in enumerate(term):
                query = query.OR() if index else query
                query = getattr(query.field(wish.name), wish.method[0])(wish.value)
    return str(query)


def expressed(wanted: Wanted) -> str:
    """The query, as an expression writes it."""

    def condition(wish: Wish) -> Criterion:
        made: Criterion = getattr(F[wish.name], wish.method[1])(wish.value)
        return made

    groups = [reduce(and_, [reduce(or_, map(condition, term)) for term in group]) for group in wanted]
    return str(reduce(xor, groups))


def mapped(wanted: Wanted) -> str:
    """The query, as a dict writes it; an equality for each column."""
    return ParamsBuilder.stringify_query({wish.name: wish.value for [[wish]] in [[term] for term in wanted[0]]})


def for_dict(guesser: Guesser) -> Wanted:
    """Conditions that a dict can say."""
    equality, members = METHODS[0], METHODS[-2]
    wishes = {
        wish.name: wish for wish in (guesser.wish((equality, members)) for _ in range(guesser.chance.randint(1, 3)))
    }
    return [[[wish] for wish in wishes.values()]]


Form: TypeAlias = tuple[Callable[[Wanted], str], Callable[[Guesser], Wanted]]
FORMS: dict[str, Form] = {
    "builder": (built, Guesser.wanted),
    "expression": (expressed, Guesser.wanted),
    "dict": (mapped, for_dict),
}

NAMED: dict[str, Callable[[str], object]] = {
    "key of a dict": lambda name: ParamsBuilder.stringify_query({name: "1"}),
    "field of the builder": lambda name: QueryBuilder().field(name).equals("1"),
    "order of the builder": lambda name: QueryBuilder().field(name).order_ascending(),
    "falling order": lambda name: QueryBuilder().field("a").equals("1").AND().field(name).order_descending(),
    "field of an expression": lambda name: F[name].eq("1"),
    "order of an expression": lambda name: F[name].order("desc"),
    "other column": lambda name: F.a.same_as(name),
    "class": lambda name: F.a.instance_of(name),
}
"""Where names are taken."""


def choices(groups: Any) -> set[frozenset[Condition]]:
    """What satisfies groups of terms of alternatives: sets of conditions, one of which must hold as a whole."""
    return {
        frozenset(settled(condition) for condition in picked)
        for group in groups
        for picked in itertools.product(*group)
    }


def settled(condition: Condition) -> Condition:
    """The condition, with numbers and moments in a form that all spellings of them share, where they are compared."""
    value = condition.value
    if condition.operator in COMPARING and NUMBER.fullmatch(value):
        value = str(Decimal(value).normalize() + 0)
    elif condition.operator in COMPARING and MOMENT.fullmatch(value):
        value = "a moment"  # which is written in UTC, and tested elsewhere
    return replace(condition, value=value)


def is_script(text: str) -> bool:
    """Whether somebody could take a value for a script, whatever is overlooked before it and within."""
    plain = "".join(sign for sign in text if unicodedata.category(sign) not in OVERLOOKED)
    return unicodedata.normalize("NFKC", plain).casefold().startswith("javascript:")


def complaint_about_values(form: str, chance: random.Random) -> tuple[bool, str | None]:
    """Write a query: whether it was accepted, and what is wrong with it, if anything."""
    write, think = FORMS[form]
    wanted = think(Guesser(chance))
    try:
        text = write(wanted)
    except PysnowException:
        return False, None
    query, wishes = parse(text), [wish for group in wanted for term in group for wish in term]
    right = [[[wish.read for wish in term] for term in group] for group in wanted]
    if query.orders or choices(query.groups) != choices(right):
        return True, f"{form}: {text!r} is read as {query} instead of {right}"
    members = [member for wish in wishes for member in ([wish.value] if isinstance(wish.value, str) else wish.value)]
    if any(map(is_script, members)):
        return True, f"{form}: a script got through: {text!r}"
    lists = [wish for wish in wishes if isinstance(wish.value, list)]
    if any(wish.read.value.split(",") != wish.value for wish in lists):
        return True, f"{form}: a list was widened: {text!r}"
    return True, None


def complaint_about_names(place: str, chance: random.Random) -> tuple[bool, str | None]:
    """Use a name: whether it was accepted, and what is wrong with that, if anything."""
    name = Guesser(chance).hostile_name()
    try:
        text = str(NAMED[place](name))
    except PysnowException:
        return False, None
    query = parse(text)
    names = [order.field for order in query.orders]
    for group in query.groups:
        for [clause] in group:
            assert isinstance(clause, Condition)
            names += [clause.field, clause.value]
    if BLUNT.fullmatch(name) is None or name not in names:
        return True, f"{place}: {name!r} was accepted: {text!r}"
    return True, None


def complaint_about_tables(chance: random.Random) -> tuple[bool, str | None]:
    """Use the name of a table: whether it was accepted, and what is wrong with that, if anything."""
    name = Guesser(chance).hostile_name()
    try:
        taken = checked_table(name)
    except PysnowException:
        return False, None
    return True, None if taken == name and BLUNT.fullmatch(name) and "." not in name else f"table {name!r} was accepted"


def complaint(chance: random.Random) -> tuple[str, bool, str | None]:
    """One input: what it was, whether it was accepted, and what is wrong, if anything."""
    if chance.random() < 2 / 3:
        form = chance.choice(list(FORMS))
        return form, *complaint_about_values(form, chance)
    place = chance.choice([*NAMED, "table"])
    return ("name", *(complaint_about_tables(chance) if place == "table" else complaint_about_names(place, chance)))


def main(inputs: int, seed: int) -> int:
    """Try so many inputs; the exit code tells whether all was well."""
    chance = random.Random(seed)
    seen: Counter[tuple[str, bool]] = Counter()
    for number in range(inputs):
        what, is_accepted, wrong = complaint(chance)
        seen[what, is_accepted] += 1
        if wrong is not None:
            sys.stdout.write(f"seed {seed}, input {number}: {wrong[:2000]}\n")
            return 1
    for (what, is_accepted), count in sorted(seen.items()):
        sys.stdout.write(f"{what:12} {'accepted' if is_accepted else 'refused':8} {count:9,}\n")
    sys.stdout.write(f"{inputs:,} inputs: all well\n")
    return 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(arguments[0] if arguments else 100_000, arguments[1] if arguments[1:] else random.randrange(10**9)))
