"""A client: what it may be made from, what it shows, and the resources it makes."""

from __future__ import annotations

import copy
import json
import pickle
import re
import warnings
from typing import Any

import pytest
import requests
from requests_oauthlib import OAuth2Session

import pysnow
from pysnow import Client, InvalidUsage, OAuthClient, ParamsBuilder, Resource, Table

CANARY = "canary-7f3a"
LOGIN = {"user": "admin", "password": CANARY}


def _client(**kwargs: Any) -> Client:
    return Client(**{"instance": "dev1", **LOGIN, **kwargs})


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        LOGIN,
        {"instance": "dev1"},
        {"instance": "dev1", "user": "admin"},
        {"instance": "dev1", "password": "x"},
        {"instance": "dev1", "host": "dev1.service-now.com", **LOGIN},
        {"instance": "dev1", **LOGIN, "session": requests.Session()},
        {"instance": "dev1", "session": "string"},
        {"instance": "dev1", "use_ssl": 1, **LOGIN},
        {"instance": "dev1", "raise_on_empty": 0, **LOGIN},
        {"instance": 5, **LOGIN},
        {"instance": "dev 1", **LOGIN},
    ],
    ids=lambda arguments: ",".join(arguments) or "nothing",
)
def test_init__refuses(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidUsage):
        Client(**arguments)


@pytest.mark.parametrize("request_params", [0, [], "a=b", (), [("a", "b")]])
def test_init__refuses_request_params(request_params: object) -> None:
    with pytest.raises(InvalidUsage):
        _client(request_params=request_params)


@pytest.mark.parametrize("timeout", [0, -1, True, "10", (1,), (1, 2, 3), (0, 1), [1, 2]])
def test_init__refuses_timeout(timeout: object) -> None:
    with pytest.raises(InvalidUsage, match="timeout"):
        _client(timeout=timeout)


def test_init__takes_the_instance_by_position() -> None:
    assert Client("dev1", user="admin", password="x").base_url == "https://dev1.service-now.com"


def test_init__ignores_an_empty_host_and_an_empty_user() -> None:
    assert Client(instance="dev1", host="", user="", session=requests.Session()).instance == "dev1"


def test_init__accepts_a_password_beside_a_session() -> None:
    assert Client(instance="dev1", password="x", session=requests.Session()).session is not None


def test_init__uses_plain_http_when_told() -> None:
    assert _client(use_ssl=False).base_url == "http://dev1.service-now.com"


@pytest.mark.parametrize("value", [True, False])
def test_raise_on_empty__is_deprecated(value: bool) -> None:
    with pytest.deprecated_call() as caught:
        client = _client(raise_on_empty=value)
    assert (client.raise_on_empty, caught[0].filename) == (value, __file__)


def test_raise_on_empty__is_true_by_default() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _client().raise_on_empty is True


def test_request_params__are_deprecated_and_become_custom_parameters() -> None:
    with pytest.deprecated_call() as caught:
        client = _client(request_params={"foo": "bar"})
    assert (client.request_params, client.parameters.custom_params) == ({"foo": "bar"}, {"foo": "bar"})
    assert caught[0].filename == __file__


def test_request_params__are_an_empty_dict_by_default() -> None:
    assert _client().request_params == {}


def test_attributes__are_what_programs_read() -> None:
    client = _client()
    assert (client.instance, client.host, client.use_ssl) == ("dev1", None, True)
    assert isinstance(client.parameters, ParamsBuilder)
    assert isinstance(client.session, requests.Session)
    assert (client._user, client._password) == ("admin", CANARY)
    assert client.session.auth == requests.auth.HTTPBasicAuth("admin", CANARY)


@pytest.mark.parametrize(
    "show", [repr, str, lambda client: str(vars(client)), lambda client: repr(client.resource("/table/x"))]
)
def test_client__does_not_show_the_password(show) -> None:
    assert CANARY not in show(_client())


def test_repr__tells_who_calls_what() -> None:
    assert repr(_client()) == "<Client https://dev1.service-now.com, BasicAuth, user admin>"


def _session(auth: Any) -> requests.Session:
    session = requests.Session()
    session.auth = auth
    return session


@pytest.mark.parametrize(
    ("arguments", "who"),
    [
        ({"auth": pysnow.BearerToken(CANARY)}, "BearerToken"),
        ({"auth": pysnow.ApiKey(CANARY)}, "ApiKey"),
        ({"auth": pysnow.PasswordGrant("id", CANARY, "ada", CANARY)}, "PasswordGrant, user ada"),
        ({"auth": pysnow.ClientCredentials("id", CANARY)}, "ClientCredentials"),
        ({"session": _session(requests.auth.HTTPBasicAuth("ada", CANARY))}, "HTTPBasicAuth, user ada"),
        ({"session": _session(("ada", CANARY))}, "user and password, user ada"),
        ({"session": _session(None)}, "session without auth"),
        ({"session": OAuth2Session(token={"access_token": CANARY})}, "OAuth2Session"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_repr__tells_how_it_signs_in(arguments: dict[str, Any], who: str) -> None:
    assert repr(Client("dev1", **arguments)) == f"<Client https://dev1.service-now.com, {who}>"


def test_repr__of_an_oauth_client_tells_whether_it_has_a_token() -> None:
    client = OAuthClient("id", CANARY, instance="dev1")
    before = repr(client)
    client.set_token({"access_token": CANARY})
    address = "<OAuthClient https://dev1.service-now.com"
    assert (before, repr(client)) == (f"{address}, no token>", f"{address}, RefreshToken>")


def test_repr__follows_a_change_of_user() -> None:
    client = _client()
    client.auth = pysnow.BearerToken(CANARY)
    assert repr(client) == "<Client https://dev1.service-now.com, BearerToken>"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("username", "user="),
        ("url", "instance="),
        ("max_retries", "retry=pysnow.Retry(attempts=...)"),
        ("verify_ssl", "verify="),
        ("token", "auth=pysnow.BearerToken(...)"),
        ("api_key", "auth=pysnow.ApiKey(...)"),
        ("proxy", "proxies="),
        ("passwort", "did you mean 'password'"),
    ],
)
def test_init__unknown_argument_names_the_right_one(name: str, instead: str) -> None:
    with pytest.raises(InvalidUsage, match=f"Client has no argument '{name}'.*{re.escape(instead)}"):
        _client(**{name: CANARY})


def test_pickle__is_refused_with_advice() -> None:
    with pytest.raises(TypeError, match="build it anew"):
        pickle.dumps(_client())


def test_copy__has_parameters_of_its_own() -> None:
    client = _client()
    twin = copy.copy(client)
    twin.parameters.display_value = True
    assert (client.parameters.display_value, twin.base_url) == (False, client.base_url)


def test_client__is_a_context_manager_and_closes_twice() -> None:
    with _client() as client:
        client.close()
    client.close()


@pytest.mark.parametrize(
    "api_path", [None, 0, "", "invalid", "/", "/table/../x", "/table//x", "/table/x?y=z", "http://evil.example/x"]
)
def test_resource__refuses_a_bad_path(api_path: object) -> None:
    with pytest.raises(InvalidUsage):
        _client().resource(api_path=api_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("base_path", [0, "invalid", "/a//b", "/a/..", "https://evil.example"])
def test_resource__refuses_a_bad_base_path(base_path: object) -> None:
    with pytest.raises(InvalidUsage):
        _client().resource(api_path="/table/incident", base_path=base_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk_size", [0, -1, 1.5, "8192", True])
def test_resource__refuses_a_bad_chunk_size(chunk_size: object) -> None:
    with pytest.raises(InvalidUsage, match="chunk_size"):
        _client().resource("/table/incident", chunk_size=chunk_size)  # type: ignore[arg-type]


def test_resource__refuses_an_unknown_keyword() -> None:
    with pytest.raises(TypeError):
        _client().resource("/table/incident", tiemout=3)  # type: ignore[call-arg]


@pytest.mark.parametrize("path", ["/table/incident", "/table/incident/", "/v1/table/incident"])
def test_resource__of_a_table_is_a_table(path: str) -> None:
    resource = _client().resource(api_path=path)
    assert isinstance(resource, Table)
    assert resource.name == "incident"


@pytest.mark.parametrize("path", ["/stats/incident", "/attachment", "/table/incident/abc", "/table", "/v1/batch"])
def test_resource__of_another_path_is_none(path: str) -> None:
    resource = _client().resource(api_path=path)
    assert isinstance(resource, Resource)
    assert not isinstance(resource, Table)


def test_table__is_the_resource_of_its_path() -> None:
    client = _client()
    table, resource = client.table("incident"), client.resource(api_path="/table/incident")
    assert (type(table), table.path) == (type(resource), resource.path)


@pytest.mark.parametrize(
    "name", ["", "a/b", "../x", "a b", "incident?x", None, 5, "inciden\N{LATIN SMALL LETTER T WITH CARON}"]
)
def test_table__refuses_what_is_no_name(name: object) -> None:
    with pytest.raises(InvalidUsage):
        _client().table(name)  # type: ignore[arg-type]


def test_parameters__are_inherited_by_copy() -> None:
    client = _client()
    client.parameters.exclude_reference_link = True
    resource = client.resource("/table/incident")
    resource.parameters.exclude_reference_link = False
    assert (client.parameters.exclude_reference_link, resource.parameters.exclude_reference_link) == (True, False)


def test_resource__has_the_names_that_programs_use() -> None:
    resource = _client().resource("/table/incident", chunk_size=4096, timeout=30)
    assert (resource._base_url, resource._base_path, resource._api_path) == (
        "https://dev1.service-now.com", "/api/now", "/table/incident",
    )  # fmt: skip
    assert resource.path == "/api/now/table/incident"
    assert resource._url_builder.get_url() == "https://dev1.service-now.com/api/now/table/incident"
    assert resource.kwargs["chunk_size"] == 4096
    assert resource._request._timeout == 30
    assert repr(resource) == f"<Resource [/api/now/table/incident] at {hex(id(resource))}>"


def test_timeout__is_60_seconds_by_default() -> None:
    assert _client().resource("/table/incident")._request._timeout == 60


def test_timeout__of_the_client_holds_for_its_resources() -> None:
    assert _client(timeout=(3, 7)).resource("/table/incident")._request.timeout == (3, 7)


@pytest.mark.parametrize("sys_id", ["a" * 32, {"value": "a" * 32, "display_value": "INC1"}])
def test_get_record_link(sys_id: Any) -> None:
    link = _client().resource("/table/incident").get_record_link(sys_id)
    assert link == f"https://dev1.service-now.com/api/now/table/incident/{'a' * 32}"


def test_attachments__belong_to_tables_only() -> None:
    with pytest.raises(InvalidUsage, match="Table API"):
        _ = _client().resource("/stats/incident").attachments


@pytest.mark.parametrize("path", ["/table/incident", "/v1/table/incident"])
def test_attachments__know_their_table(path: str) -> None:
    assert _client().resource(path).attachments.table_name == "incident"


def test_subclass__may_call_init_its_own_way() -> None:
    class Mine(Client):
        def __init__(self) -> None:
            super().__init__(instance="dev1", user="admin", password="x")
            self.parameters.exclude_reference_link = True

    assert Mine().resource("/table/incident").parameters.exclude_reference_link is True


def test_version__is_told() -> None:
    assert json.dumps(pysnow.__version__)


# -- arguments about the connection ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verify", ["", 0, [], "/no/such/bundle.pem", 5])
def test_verify__is_never_off_by_mistake(verify: Any) -> None:
    with pytest.raises(InvalidUsage, match="verify"):
        _client(verify=verify)


def test_verify__off_warns_and_shows() -> None:
    with pytest.warns(pysnow.InsecureConnectionWarning) as caught:
        client = _client(verify=False)
    assert "not verified" in repr(client)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("cert", ["", "/no/such/cert.pem", ("/no/such", "/key"), 5])
def test_cert__must_exist(cert: Any) -> None:
    with pytest.raises(InvalidUsage, match="cert"):
        _client(cert=cert)


@pytest.mark.parametrize("proxies", ["socks://proxy:3128", ["a"], {"https": 5}, 5])
def test_proxies__must_be_a_dict_of_texts(proxies: Any) -> None:
    with pytest.raises(InvalidUsage, match="proxies"):
        _client(proxies=proxies)


@pytest.mark.parametrize("timeout", [float("inf"), float("nan"), 1e10])
def test_timeout__ends(timeout: float) -> None:
    with pytest.raises(InvalidUsage, match="timeout"):
        _client(timeout=timeout)


def test_credentials__may_be_bytes() -> None:
    client = Client(instance="dev1", user=b"admin", password=b"x")  # type: ignore[arg-type]
    assert (client._user, client._password) == ("admin", "x")


def test_user__with_a_colon_is_refused() -> None:
    with pytest.raises(InvalidUsage, match="colon"):
        _client(user="a:b")


def test_nothing_given__asks_for_the_instance() -> None:
    with pytest.raises(InvalidUsage, match="Which instance"):
        Client()


def test_repr__of_a_client_whose_making_failed() -> None:
    assert repr(Client.__new__(Client)) == "<Client of no instance>"


def test_deepcopy__is_a_copy() -> None:
    client = _client()
    resource = client.resource("/table/incident")
    assert copy.deepcopy(client).base_url == client.base_url
    twin = copy.deepcopy(resource)
    twin.parameters.limit = 1
    assert (twin.path, resource.parameters.limit) == (resource.path, 10_000)


@pytest.mark.parametrize("parameters", [{}, None, "x"])
def test_parameters__must_be_a_builder(parameters: Any) -> None:
    client = _client()
    with pytest.raises(InvalidUsage, match="ParamsBuilder"):
        client.parameters = parameters
    with pytest.raises(InvalidUsage, match="ParamsBuilder"):
        client.resource("/table/incident").parameters = parameters


def test_base_url__cannot_be_exchanged(sandbox: Any) -> None:
    client = _client()
    with pytest.raises(AttributeError, match="'base_url' is decided when Client.* Make another client"):
        client.base_url = sandbox.url
    assert client.base_url == "https://dev1.service-now.com"


def test_base_url__cannot_be_exchanged_in_a_subclass(sandbox: Any) -> None:
    class Mine(Client):
        pass

    client = Mine("dev1", user="admin", password=CANARY)
    with pytest.raises(AttributeError, match="credentials would go elsewhere"):
        client.base_url = sandbox.url


@pytest.mark.parametrize("name", ["base_url", "token_url", "client_id", "host"])
def test_oauth_client__origin_cannot_be_exchanged(name: str) -> None:
    client = OAuthClient("id", CANARY, instance="dev1")
    with pytest.raises(AttributeError, match=f"'{name}' is decided when OAuthClient"):
        setattr(client, name, "https://other.example.com/oauth_token.do")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("host", "other.example.com", "Make another client"),
        ("instance", "dev2", "Make another client"),
        ("use_ssl", False, "Make another client"),
        ("user", "other", r"client\.auth = \(user, password\)"),
        ("password", "other", r"client\.auth = \(user, password\)"),
        ("schema", 1, r"Client\(schema=\.\.\.\)"),
        ("verify", False, r"Client\(verify=\.\.\.\)"),
        ("read_only", True, r"Client\(read_only=\.\.\.\)"),
        ("config", None, r"Client\(config=\.\.\.\)"),
        ("paramters", None, "did you mean 'parameters'"),
        ("time_out", 5, "did you mean 'timeout'"),
    ],
)
def test_assignment__without_effect_is_refused(name: str, value: object, says: str) -> None:
    with pytest.raises(AttributeError, match=says):
        setattr(_client(), name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parameters", ParamsBuilder()),
        ("request_params", {"sysparm_limit": 1}),
        ("raise_on_empty", False),
        ("timeout", 5),
        ("debug", False),
        ("session", requests.Session()),
        ("host", None),
        ("instance", "dev1"),
        ("_private", 1),
        ("my_own_note", 1),
    ],
)
def test_assignment__of_old_programs_goes_on_working(name: str, value: object) -> None:
    client = _client()
    setattr(client, name, value)
    assert getattr(client, name) is value


def test_assignment__of_a_subclass_is_its_own_matter() -> None:
    class Mine(Client):
        def __init__(self, host: str) -> None:
            self.user = "before"
            self.host = host
            super().__init__(instance="dev1", user="admin", password="x")
            self.host, self.schema, self.paramters = host, "mine", 1

    mine = Mine("note")
    assert (mine.host, mine.base_url) == ("note", "https://dev1.service-now.com")


def test_copy__has_the_origin_of_its_model() -> None:
    assert copy.copy(_client()).base_url == "https://dev1.service-now.com"


@pytest.mark.parametrize("make", [lambda: OAuthClient("a", "b", instance="dev1", raise_on_empty=True)])
def test_deprecation__points_at_the_callers_line(make: Any) -> None:
    with pytest.deprecated_call() as caught:
        make()
    assert caught[0].filename == __file__
