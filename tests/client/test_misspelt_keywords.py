"""Keywords of a table's methods that do not exist: what the error says, and that nothing else changes."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pysnow import InvalidUsage
from pysnow.resource import Resource
from pysnow.table import Table
from pysnow.table_walks import TableWalks

if TYPE_CHECKING:
    from pysnow import Client
    from pysnow.sandbox import Sandbox


@pytest.fixture
def table(client: Client) -> Any:
    """The incidents; not as a ``Table``, because what is called here no type checker would let pass."""
    return client.table("incident")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda table: table.get(lmit=1), "Table.get() has no argument 'lmit': did you mean 'limit'?"),
        (lambda table: table.iterate(limt=1), "Table.iterate() has no argument 'limt': did you mean 'limit'?"),
        (lambda table: table.first(orderby="x"), "Table.first() has no argument 'orderby': did you mean 'order_by'?"),
        (
            lambda table: table.aggregate(groupby="x"),
            "Table.aggregate() has no argument 'groupby': did you mean 'group_by'?",
        ),
        (
            lambda table: table.update_many([], dryrun=True),
            "Table.update_many() has no argument 'dryrun': did you mean 'dry_run'?",
        ),
        (
            lambda table: table.create({}, idempotncy="sys_id"),
            "Table.create() has no argument 'idempotncy': did you mean 'idempotency'?",
        ),
        (
            lambda table: table.update("0" * 32, {"state": 1}, if_modcount=2),
            "Table.update() has no argument 'if_modcount': did you mean 'if_mod_count'?",
        ),
        (lambda table: table.count(zzz=1), "Table.count() has no argument 'zzz'"),
    ],
    ids=["get", "iterate", "first", "aggregate", "update_many", "create", "update", "nothing near"],
)
def test_keyword__names_the_table_and_the_nearest(
    table: Any, sandbox: Sandbox, call: Callable[[Any], object], text: str
) -> None:
    with pytest.raises(TypeError) as caught:
        call(table)
    assert (str(caught.value), len(sandbox.requests)) == (text, 0)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda client: client.table("incident", time_out=3),
            "Client.table() has no argument 'time_out': did you mean 'timeout'?",
        ),
        (
            lambda client: client.children("incident", "caller_id", [], feilds=["number"]),
            "Client.children() has no argument 'feilds': did you mean 'fields'?",
        ),
        (lambda client: client.lookup("INC0000060", zzz=1), "Client.lookup() has no argument 'zzz'"),
    ],
    ids=["table", "children", "lookup"],
)
def test_keyword__of_a_client(client: Any, sandbox: Sandbox, call: Callable[[Any], object], text: str) -> None:
    with pytest.raises(TypeError) as caught:
        call(client)
    assert (str(caught.value), len(sandbox.requests)) == (text, 0)


def test_find__takes_any_column(table: Any) -> None:
    assert table.find(number="INC0000060")["number"] == "INC0000060"


def test_request__refuses_what_it_does_not_know_by_itself(table: Any) -> None:
    with pytest.raises(InvalidUsage, match="does not take lmit"):
        table.request("GET", lmit=1)


def test_type_error__of_another_kind_is_left_alone(table: Any) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'payload'"):
        table.create()


def test_type_error__of_a_query_is_left_alone(table: Any) -> None:
    with pytest.raises(InvalidUsage, match="the value of 'state' is None"):
        table.get(query={"state": None})


@pytest.mark.parametrize(
    ("method", "original"), [("get", Resource.get), ("iterate", TableWalks.iterate), ("count", TableWalks.count)]
)
def test_method__keeps_its_signature_and_text(method: str, original: Callable[..., object]) -> None:
    shown = getattr(Table, method)
    assert (inspect.signature(shown), shown.__doc__) == (inspect.signature(original), original.__doc__)


def test_method__can_be_pickled_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(Table.iterate)) is Table.iterate
