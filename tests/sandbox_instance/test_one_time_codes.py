"""One-time codes, by the examples of RFC 6238, appendix B (SHA-1, cut to six digits)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pysnow.sandbox.instance.one_time_codes import is_current_code, one_time_code

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
MOMENT = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC), "287082"),
        (datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC), "081804"),
        (datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC), "005924"),
        (datetime(2603, 10, 11, 11, 33, 20, tzinfo=UTC), "353130"),
    ],
)
def test_code__examples_of_the_standard(moment: datetime, code: str) -> None:
    assert one_time_code(SECRET, moment) == code


def test_code__secret_as_people_type_it() -> None:
    assert one_time_code("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", MOMENT) == one_time_code(SECRET, MOMENT)


@pytest.mark.parametrize(("steps", "is_current"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_current__one_step_early_and_late(steps: int, is_current: bool) -> None:
    code = one_time_code(SECRET, MOMENT + timedelta(seconds=30 * steps))
    assert is_current_code(code, SECRET, MOMENT) is is_current


@pytest.mark.parametrize("secret", ["", "not base32!", "1"])
def test_current__secret_that_is_none(secret: str) -> None:
    assert not is_current_code("000000", secret, MOMENT)


@pytest.mark.parametrize("secret", ["", "1"])
def test_code__secret_that_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="the secret is"):
        one_time_code(secret, MOMENT)
