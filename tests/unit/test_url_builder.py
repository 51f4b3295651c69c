"""Addresses: however an instance is spelled, and only plain paths below it."""

from __future__ import annotations

import pytest

from pysnow.exceptions import InvalidUsage
from pysnow.url_builder import URLBuilder, instance_url

SYS_ID = "9c573169c611228700193229fff72400"


@pytest.mark.parametrize(
    ("spelling", "address"),
    [
        ("dev1", "https://dev1.service-now.com"),
        ("test_instance", "https://test_instance.service-now.com"),
        (" dev1 ", "https://dev1.service-now.com"),
        ("dev1#", "https://dev1.service-now.com"),
        ("DEV1", "https://dev1.service-now.com"),
        ("Dev-1/nav_to.do?uri=x", "https://dev-1.service-now.com"),
        ("DEV1.Service-Now.com", "https://dev1.service-now.com"),
        ("dev1/", "https://dev1.service-now.com"),
        ("dev1/nav_to.do?uri=home.do", "https://dev1.service-now.com"),
        ("dev1.service-now.com", "https://dev1.service-now.com"),
        ("dev1.service-now.com/", "https://dev1.service-now.com"),
        ("https://dev1.service-now.com", "https://dev1.service-now.com"),
        ("HTTPS://Dev1.Service-Now.com/", "https://dev1.service-now.com"),
        ("https://dev1.service-now.com:8443", "https://dev1.service-now.com:8443"),
        ("https://dev1.service-now.com/nav_to.do?uri=incident.do%3Fsys_id%3D1", "https://dev1.service-now.com"),
        ("https://dev1.service-now.com/now/nav/ui/classic#top", "https://dev1.service-now.com"),
        ("agency.servicenowservices.com", "https://agency.servicenowservices.com"),
        ("support.example.com", "https://support.example.com"),
        ("support.example.com:8443", "https://support.example.com:8443"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_instance_url__reads_every_spelling(spelling: str, address: str) -> None:
    assert instance_url(instance=spelling) == address


@pytest.mark.parametrize("spelling", ["dev1", "support.example.com:8443", "http://127.0.0.1:8080"])
def test_instance_url__leaves_its_own_output_alone(spelling: str) -> None:
    address = instance_url(instance=spelling)
    assert instance_url(instance=address) == address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("dev1.service-now.com", "https://dev1.service-now.com"),
        ("intranet", "https://intranet"),
        ("intranet:8443", "https://intranet:8443"),
        ("https://intranet:8443/", "https://intranet:8443"),
    ],
)
def test_instance_url__takes_a_host_as_it_is(host: str, address: str) -> None:
    assert instance_url(host=host) == address


def test_instance_url__uses_plain_http_when_told() -> None:
    assert instance_url(instance="dev1", use_ssl=False) == "http://dev1.service-now.com"


@pytest.mark.parametrize(
    "spelling",
    [
        "dev 1",
        "user:secret@dev1.service-now.com",
        "https://user@dev1.service-now.com",
        "dev1.service-now.com\r\nX-Evil: 1",
        "dev1\x00.service-now.com",
        "ftp://dev1.service-now.com",
        "file:///etc/passwd",
        "https://",
        "//evil.example\\@dev1.service-now.com",
        "https://dev1.service-now.com:port",
        "https://dev1.service-now.com:99999",
        "dev1,dev2",
        "https://[::1",
        "-" * 300 + "!",
        "x" * 64,
        "x" * 64 + ".example.com",
        "dév",
        "\uff24\uff25\uff36",
        "https:/dev1",
        "dev1:",
        "-x",
        "x-",
        "-",
        "x?y",
        "dev1?",
        "-x.service-now.com",
        "https://dev1-.example.com",
    ],
)
def test_instance_url__refuses_what_is_no_address(spelling: str) -> None:
    with pytest.raises(InvalidUsage):
        instance_url(instance=spelling)


def test_instance_url__refuses_plain_http_to_another_machine() -> None:
    with pytest.raises(InvalidUsage, match="pass allow_insecure_http=True"):
        instance_url(instance="http://dev1.service-now.com")


def test_instance_url__does_not_take_two_names() -> None:
    with pytest.raises(InvalidUsage, match="mutually exclusive"):
        instance_url(instance="a", host="b")


@pytest.mark.parametrize("names", [{}, {"instance": "", "host": ""}])
def test_instance_url__wants_a_name(names: dict[str, str]) -> None:
    with pytest.raises(InvalidUsage, match="Which instance"):
        instance_url(**names)


@pytest.mark.parametrize(
    "spelling", ["admin:canary@dev1.service-now.com", "https://a:canary@dev1:99999", "a:canary@x y"]
)
def test_instance_url__does_not_quote_a_password(spelling: str) -> None:
    with pytest.raises(InvalidUsage) as caught:
        instance_url(instance=spelling)
    assert "canary" not in str(caught.value)


def test_instance_url__ignores_an_empty_host() -> None:
    assert instance_url(instance="dev1", host="") == "https://dev1.service-now.com"


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/table/incident", "/table/incident"),
        ("/table/incident/", "/table/incident"),
        ("/a", "/a"),
        ("/v1/table/x_acme.app-1", "/v1/table/x_acme.app-1"),
    ],
)
def test_validate_path__takes_plain_segments(path: str, plain: str) -> None:
    assert URLBuilder.validate_path(path) == plain


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//", "table/incident", "//evil.example/x", "/table//incident", "/table/..", "/table/../x", "/.",
        "/table/%2e%2e/x", "/table/a%2fb", "/table/a\\b", "/table/x;v=1", "/table/x#y", "/table/x y",
        "/table/incident\n", "/table/incident\x00", "https://evil.example/x", "/https://evil.example", "/table/é",
        "/table/incident//", None, 0, b"/table/incident", ["/table"],
    ],
)  # fmt: skip
def test_validate_path__refuses_the_rest(path: object) -> None:
    with pytest.raises(InvalidUsage):
        URLBuilder.validate_path(path)


def test_validate_path__points_at_params_for_a_query() -> None:
    with pytest.raises(InvalidUsage, match="params="):
        URLBuilder.validate_path("/table/incident?sysparm_limit=1")


def test_get_url__joins_the_parts() -> None:
    urls = URLBuilder("https://dev1.service-now.com", "/api/now", "/table/incident")
    assert urls.get_url() == "https://dev1.service-now.com/api/now/table/incident"


@pytest.mark.parametrize("append", [SYS_ID, f"/{SYS_ID}", {"value": SYS_ID, "display_value": "INC0000001"}])
def test_get_appended_custom__takes_a_sys_id_in_any_form(append: object) -> None:
    urls = URLBuilder("https://dev1.service-now.com", "/api/now", "/table/incident")
    assert urls.get_appended_custom(append) == f"https://dev1.service-now.com/api/now/table/incident/{SYS_ID}"


@pytest.mark.parametrize("append", [0, 1.5, [], {"link": "x"}, {"value": 5}, "../sys_user", f"{SYS_ID}/../x", "a?b=c"])
def test_get_appended_custom__refuses_what_would_lead_elsewhere(append: object) -> None:
    urls = URLBuilder("https://dev1.service-now.com", "/api/now", "/table/incident")
    with pytest.raises(InvalidUsage):
        urls.get_appended_custom(append)
