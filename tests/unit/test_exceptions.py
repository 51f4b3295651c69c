"""One tree of errors: old except clauses catch, nothing secret travels, and errors survive a trip between processes."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest
import requests

from pysnow import exceptions, legacy_exceptions
from pysnow.exceptions import (
    AuthenticationError,
    ErrorInResult,
    HTMLResponse,
    HTTPStatusError,
    InvalidUsage,
    MissingResult,
    NoResults,
    PermissionDenied,
    PysnowException,
    QueryTypeError,
    RecordNotFound,
    RequestTimeout,
    ResponseError,
    TLSError,
    TokenCreateError,
    TransportError,
    UnexpectedResponse,
    UnexpectedResponseFormat,
)

CLASSES = [cls for cls in vars(exceptions).values() if inspect.isclass(cls) and issubclass(cls, PysnowException)]


def _example(cls: type[PysnowException]) -> PysnowException:
    if cls is UnexpectedResponse:
        return UnexpectedResponse(201, 403, "POST", "Operation Failed", "ACL Exception")
    if issubclass(cls, TokenCreateError):
        return cls("Error creating user token", "access_denied", 401)
    if issubclass(cls, ResponseError):
        return cls({"message": "Operation Failed", "detail": "ACL"}, status=403, method="POST", path="/api/now/table/x")
    return cls("something happened", status=500, hint="try later")


def test_all__names_every_class_of_the_module() -> None:
    defined = {
        name
        for name, value in vars(exceptions).items()
        if inspect.isclass(value) and value.__module__ == "pysnow.exceptions"
    }
    assert defined == set(exceptions.__all__)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class__is_a_pysnow_exception(cls: type[PysnowException]) -> None:
    assert issubclass(cls, PysnowException)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("travel", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy], ids=["pickle", "copy"])
def test_every_class__survives_a_copy(cls: type[PysnowException], travel) -> None:
    error = _example(cls).describe(operation="create", table="incident", transaction_id="a1b2c3d4e5f6")
    twin = travel(error)
    assert type(twin) is cls
    assert (str(twin), twin.status, twin.table, twin.transaction_id) == (
        str(error), error.status, "incident", "a1b2c3d4e5f6",
    )  # fmt: skip


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_class__says_it_in_one_line(cls: type[PysnowException]) -> None:
    assert "\n" not in str(_example(cls))


def test_pickle__leaves_the_response_behind() -> None:
    response = requests.Response()
    error = pickle.loads(pickle.dumps(HTTPStatusError({"message": "m"}, status=500, response=response)))
    assert error.response is None


@pytest.mark.parametrize(
    "caught", [requests.HTTPError, requests.RequestException, ResponseError, UnexpectedResponse, PysnowException]
)
def test_status_error__is_caught_by_every_old_name(caught: type[Exception]) -> None:
    with pytest.raises(caught):
        raise PermissionDenied({"message": "Operation Failed"}, status=403)


def test_status_error__carries_what_old_handlers_read() -> None:
    response = requests.Response()
    error = PermissionDenied({"message": "Operation Failed", "detail": "ACL"}, status=403, response=response)
    assert (error.error_summary, error.error_details, error.response, error.status_code) == (
        "Operation Failed", "ACL", response, 403,
    )  # fmt: skip


def test_status_error__names_the_request_and_the_hint() -> None:
    error = AuthenticationError(
        {"message": "User Not Authenticated"},
        status=401,
        method="GET",
        path="/api/now/table/x",
        hint="Check the password",
    )
    assert str(error) == ("401 for GET /api/now/table/x. User Not Authenticated. Check the password")


@pytest.mark.parametrize(
    ("cls", "bases"),
    [
        (InvalidUsage, (ValueError,)),
        (QueryTypeError, (InvalidUsage, TypeError)),
        (TransportError, (requests.ConnectionError, OSError)),
        (RequestTimeout, (TransportError, requests.Timeout)),
        (TLSError, (TransportError, requests.exceptions.SSLError)),
        (RecordNotFound, (NoResults, requests.HTTPError)),
        (ErrorInResult, (ResponseError, MissingResult)),
        (HTMLResponse, (UnexpectedResponseFormat, ValueError, requests.RequestException)),
        (UnexpectedResponse, (UnexpectedResponseFormat,)),
    ],
    ids=lambda value: value.__name__ if inspect.isclass(value) else "",
)
def test_class__is_also(cls: type[Exception], bases: tuple[type[Exception], ...]) -> None:
    assert all(issubclass(cls, base) for base in bases)


def test_response_error__says_message_and_details() -> None:
    assert str(ResponseError({"message": "M", "detail": "D"})) == "Error in response. Message: M, Details: D"


@pytest.mark.parametrize("error", [{}, None, {"message": None, "detail": None}, {"message": "", "detail": ""}])
def test_response_error__says_empty_for_what_is_missing(error: object) -> None:
    caught = ResponseError(error)
    assert (caught.message, caught.detail) == ("<empty>", "<empty>")


def test_response_error__takes_a_text() -> None:
    assert ResponseError("server_error").message == "server_error"


def test_unexpected_response__has_a_form_for_the_expected_status() -> None:
    assert str(UnexpectedResponse(200, 200, "GET", "s", "d")) != str(UnexpectedResponse(201, 200, "GET", "s", "d"))


def test_token_create_error__keeps_its_parts() -> None:
    error = TokenCreateError("Error creating user token", "access_denied", 401)
    assert (error.error, error.description, error.snow_status_code) == (
        "Error creating user token",
        "access_denied",
        401,
    )


@pytest.mark.parametrize("name", sorted(set(legacy_exceptions.__all__)))
def test_legacy_name__is_the_same_class(name: str) -> None:
    assert getattr(legacy_exceptions, name) is getattr(exceptions, name)


def test_describe__keeps_what_is_known() -> None:
    assert PysnowException("x", table="incident").describe(table="problem", method="GET").table == "incident"
