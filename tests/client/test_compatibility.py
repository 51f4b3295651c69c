"""What programs written for pysnow 0.7 do, each in the shape in which it was seen, still works."""

from __future__ import annotations

import collections.abc
import copy
import json
import subprocess
import sys
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import pytest
import requests

import pysnow
from pysnow.criterion import Criterion, Field, Order, Table

if TYPE_CHECKING:
    from pysnow.sandbox import Sandbox

FIRST = "9c573169c611228700193229fff72400"
IMPORTS = """
import pysnow; pysnow.client.Client; pysnow.exceptions.NoResults; pysnow.legacy_exceptions.UnexpectedResponse
import pysnow; [getattr(pysnow, n) for n in 'client oauth_client query_builder params_builder resource response request attachment url_builder exceptions legacy_exceptions legacy_request criterion enums'.split()]
from pysnow import Client, OAuthClient, QueryBuilder, Resource, ParamsBuilder, Response, Attachment, exceptions
from pysnow import Request, UnexpectedResponse, NoResults, MultipleResults, InvalidUsage, __version__
from pysnow import *
from pysnow.client import Client
from pysnow.oauth_client import OAuthClient
from pysnow.query_builder import QueryBuilder
from pysnow.params_builder import ParamsBuilder
from pysnow.resource import Resource
from pysnow.response import Response
from pysnow.request import SnowRequest
from pysnow.attachment import Attachment
from pysnow.url_builder import URLBuilder
from pysnow.criterion import Criterion, Field, Table, Order, Term, EmptyCriterion, datetime_as_utc
from pysnow.enums import DateTimeOn, Order, Equality, Boolean, Comparator, RelativeEquality
from pysnow.legacy_request import LegacyRequest
from pysnow.legacy_exceptions import *
from pysnow.exceptions import PysnowException, EmptyContent, ReportUnavailable, UnexpectedResponseFormat
""".strip().splitlines()  # noqa: E501 -- one statement a line


@pytest.mark.parametrize("statement", IMPORTS)
def test_import__in_a_fresh_interpreter_without_a_warning(statement: str) -> None:
    # requests sets filters for its own warnings; the library adds none.
    code = f"import requests, warnings\nbefore = list(warnings.filters)\n{statement}\nassert warnings.filters == before"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "module", ["requests", "ijson", "oauthlib", "dateutil", "pysnow.sandbox", "pysnow.cli", "sqlite3", "werkzeug"]
)
def test_import__is_light(module: str) -> None:
    code = f"import sys, pysnow; assert {module!r} not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_all__is_what_is_there() -> None:
    namespace: dict[str, Any] = {}
    exec("from pysnow import *", namespace)
    assert set(pysnow.__all__) <= set(namespace)
    assert set(pysnow.__all__) <= set(dir(pysnow))


def test_unknown_name__is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pysnow.no_such_name


# -- results -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def results(incidents: Any) -> dict[str, Any]:
    created = incidents.create({"short_description": "x"})
    return {
        "all": incidents.get(limit=2).all(),
        "one": incidents.get({"sys_id": FIRST}).one(),
        "create": created,
        "update": incidents.update(created["sys_id"], {"short_description": "y"}),
        "upload": incidents.attachments.upload(created["sys_id"], data=b"x", name="x.txt"),
        "delete": incidents.delete(created["sys_id"]),
    }


@pytest.mark.parametrize("call", ["all", "one", "create", "update", "upload", "delete"])
def test_result__goes_into_json(results: dict[str, Any], call: str) -> None:
    assert json.loads(json.dumps(results[call])) == results[call]


@pytest.mark.parametrize("call", ["all", "one", "create", "update", "upload", "delete"])
def test_result__can_be_rebuilt_empty(results: dict[str, Any], call: str) -> None:
    """Ansible's clean-up of results makes every mapping and sequence anew, with ``type(value)()``."""
    assert not len(type(results[call])())


@pytest.mark.parametrize("call", ["all", "one", "create", "update", "upload", "delete"])
def test_result__can_be_copied(results: dict[str, Any], call: str) -> None:
    assert copy.copy(results[call]) == results[call]
    assert copy.deepcopy(results[call]) == results[call]


def test_all__is_a_list_and_an_iterator(incidents: Any) -> None:
    found = incidents.get(limit=2).all()
    assert isinstance(found, list)
    assert (bool(found), len(found), next(found)) == (True, 2, found[0])


def test_all__streamed_is_lazy(incidents: Any) -> None:
    found = incidents.get(limit=2, stream=True).all()
    assert isinstance(found, collections.abc.Iterator)
    assert len(list(found)) == 2


@pytest.mark.parametrize("stream", [True, False])
def test_first__in_both_modes(incidents: Any, stream: bool) -> None:
    assert incidents.get({"sys_id": FIRST}, stream=stream).first()["sys_id"] == FIRST
    assert incidents.get({"sys_id": "0" * 32}, stream=stream).first_or_none() is None


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "caught",
    [
        pysnow.PysnowException,
        pysnow.ResponseError,
        pysnow.UnexpectedResponse,
        pysnow.UnexpectedResponseFormat,
        requests.HTTPError,
    ],
    ids=lambda cls: cls.__name__,
)
def test_401__is_caught_by(sandbox: Sandbox, caught: type[Exception]) -> None:
    client = pysnow.Client(instance=sandbox.url, user="admin", password="wrong")
    with pytest.raises(caught):
        client.resource(api_path="/table/incident").get().all()


@pytest.mark.parametrize("caught", [pysnow.NoResults, pysnow.legacy_exceptions.NoResults, requests.HTTPError])
def test_404__of_a_record_is_caught_by(incidents: Any, caught: type[Exception]) -> None:
    with pytest.raises(caught):
        incidents.delete({"sys_id": "0" * 32})


def test_ansible__reads_summary_and_details(client: pysnow.Client) -> None:
    with pytest.raises(pysnow.exceptions.UnexpectedResponseFormat) as caught:
        client.resource(api_path="/table/u_nope").create(payload={}).one()
    assert (caught.value.error_summary, caught.value.error_details) == ("Invalid table u_nope", "")


# -- programs ----------------------------------------------------------------------------------------------------------


def test_program__reaches_builder_methods_by_name(incidents: Any) -> None:
    query = pysnow.QueryBuilder()
    for index, (method, field, value) in enumerate(
        [("equals", "active", "true"), ("contains", "short_description", "e")]
    ):
        if index:
            getattr(query, "AND")()  # noqa: B009 -- as it is done there
        getattr(query.field(field), method)(value)
    incidents.parameters.display_value = True
    assert json.dumps(incidents.get(limit=20, fields=[], query=query).all())


def test_program__updates_and_uploads_through_one_response(incidents: Any, tmp_path: Any) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    response = incidents.get(query={"sys_id": FIRST})
    assert response.one()
    assert response.update({"short_description": "y"}).one()["short_description"] == "y"
    assert json.dumps({"record": response.upload(str(path).encode())})


def test_program__sends_a_batch_by_hand(client: pysnow.Client) -> None:
    """The answer of another API has no result; status and body are looked at by the program itself."""
    resource = client.resource(api_path="/v1/batch")
    response = resource.request(
        "POST", headers={"Accept": "application/json"}, data=json.dumps({"batch_request_id": "1"})
    )
    assert isinstance(response._response.status_code, int)
    assert isinstance(response._response.json(), dict)


def test_program__reads_one_attachment_as_a_list(client: pysnow.Client, incidents: Any) -> None:
    sys_id = incidents.attachments.upload(FIRST, data=b"x", name="x.txt")["sys_id"]
    found = client.resource(api_path=f"/attachment/{sys_id}").get(query={}).all()
    assert [record["sys_id"] for record in found] == [sys_id]


def test_program__assigns_parameters(client: pysnow.Client) -> None:
    parameters = pysnow.ParamsBuilder()
    parameters.limit = 1
    client.parameters = parameters
    assert len(client.resource("/table/incident").get().all()) == 1


def test_program__reads_another_base_path(sandbox: Sandbox) -> None:
    client = pysnow.client.Client(host=sandbox.host, use_ssl=False, user="admin", password="admin")
    resource = client.resource(base_path="/api", api_path="/now/v1/table/incident")
    assert resource.get(query={"sys_id": FIRST}, stream=True).first()["sys_id"] == FIRST
    assert resource.request("GET", path_append="/" + FIRST, headers={"X-A": "b"}).one()["sys_id"] == FIRST


def test_program__asks_for_statistics(client: pysnow.Client, sandbox: Sandbox) -> None:
    resource = client.resource("/stats/incident")
    resource.parameters.add_custom({"sysparm_count": True})
    (found,) = resource.get("active=true").all()
    assert int(found["stats"]["count"]) == sum(row["active"] == "true" for row in sandbox.table("incident").rows)


def test_program__combines_criteria(incidents: Any) -> None:
    class Incident(Table):
        def __init__(self) -> None:
            super().__init__("incident")

    table = Incident()
    query = reduce(and_, [table.active.eq("true"), Field("number").order(Order.desc)])
    assert isinstance(query, Criterion)
    numbers = [record["number"] for record in incidents.get(query=query).all()]
    assert numbers == sorted(numbers, reverse=True)


def test_program__grows_one_builder_in_a_loop(incidents: Any) -> None:
    query = pysnow.QueryBuilder()
    for index, number in enumerate(["INC0000001", "INC0000013"]):
        if index:
            query.NQ()
        query.field("number").equals(number)
    assert len(str(query)) == len("number=INC0000001^NQnumber=INC0000013")
    found = incidents.get(query=query).all()
    assert (found and found[0]) == found[0]
    assert len(found) == 2


def test_program__pages_by_hand(incidents: Any) -> None:
    pages = [incidents.get("ORDERBYnumber", fields=["number"], limit=5, offset=offset).all() for offset in (0, 5)]
    assert [len(page) for page in pages] == [5, 5]
    assert pages[0][-1]["number"] < pages[1][0]["number"]


def test_program__updates_a_record_read_with_both_values(incidents: Any) -> None:
    record = incidents.get({"sys_id": FIRST}, display_value="all").one()
    assert incidents.update({"sys_id": record["sys_id"]}, {"short_description": "z"})["short_description"] == "z"
    assert incidents.get_record_link(record["sys_id"]).endswith(FIRST)
