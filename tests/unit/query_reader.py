"""A second reader of encoded queries, for tests alone; it shares nothing with the package.

Written from the language's own rules: ``^`` parts terms, ``^^`` is a caret, ``^OR`` binds its neighbours, ``^NQ``
begins another query; in a term the operator begins as early as possible and is as long as possible.
"""

from __future__ import annotations

OPERATORS = """
    = != < <= > >= IN|NOT IN|NOTIN ISEMPTY ISNOTEMPTY ANYTHING EMPTYSTRING SAMEAS NSAMEAS VALCHANGES CHANGESFROM
    CHANGESTO LIKE CONTAINS * NOTLIKE|NOT LIKE|DOES NOT CONTAIN !* STARTSWITH ENDSWITH % BETWEEN DYNAMIC IN_HIERARCHY
    IN_HIERARCHY_DYNAMIC INSTANCEOF GT_FIELD LT_FIELD GT_OR_EQUALS_FIELD LT_OR_EQUALS_FIELD ON NOTON RELATIVEGT
    RELATIVELT RELATIVEGE RELATIVELE RELATIVEEE DATEPART MORETHAN LESSTHAN DOESNOTHAVE EXCLUDING
"""
_BLANK = "\N{SYMBOL FOR SPACE}"
for _spaced in ("NOT IN", "NOT LIKE", "DOES NOT CONTAIN"):
    OPERATORS = OPERATORS.replace(_spaced, _spaced.replace(" ", _BLANK))
WORDS = [word.replace(_BLANK, " ") for word in OPERATORS.replace("|", " ").split()]


def read(query):
    """Give groups of clauses of (field, operator, value), and the orders as (field, descending)."""
    groups, orders = [[]], []
    for separator, term in terms(query):
        if separator == "NQ":
            groups.append([])
        if term.startswith("ORDERBY"):
            assert separator != "OR"
            descending = term.startswith("ORDERBYDESC")
            orders.append((term[len("ORDERBYDESC" if descending else "ORDERBY") :], descending))
        elif separator == "OR":
            groups[-1][-1].append(_condition(term))
        else:
            groups[-1].append([_condition(term)])
    return groups, orders


def read_one(query):
    """Give the (field, operator, value) of a query that must be one condition."""
    groups, orders = read(query)
    assert orders == []
    [[[condition]]] = groups
    return condition


def matches(query, row):
    """Tell whether a row, a dict of texts, is among the results of a query of ``=`` conditions."""
    groups, _ = read(query)
    return any(all(any(_holds(condition, row) for condition in clause) for clause in group) for group in groups)


def _holds(condition, row):
    field, operator, value = condition
    assert operator == "="
    return row[field] == value


def terms(query):
    """Give pairs of separator (AND, OR, NQ, or nothing at the start) and term."""
    separator, term, position = "", "", 0
    while position < len(query):
        if query[position] != "^":
            term, position = term + query[position], position + 1
        elif query.startswith("^^", position):
            term, position = term + "^", position + 2
        else:
            yield separator, term
            rest = query[position + 1 :]
            separator, term = "AND", ""
            if rest.startswith("NQ") or (rest.startswith("OR") and not rest.startswith("ORDERBY")):
                separator = rest[:2]
            position += 1 if separator == "AND" else 3
    yield separator, term


def _condition(term):
    for place in range(len(term)):
        here = [word for word in WORDS if term.startswith(word, place)]
        if here:
            operator = max(here, key=len)
            return term[:place], operator, term[place + len(operator) :]
    raise AssertionError(f"no operator in {term!r}")
