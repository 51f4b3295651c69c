"""Hashes of passwords."""

import pytest

from pysnow.sandbox.instance.passwords import hash_password, verify_password


def test_hash_password__does_not_hold_the_password() -> None:
    assert "secret" not in hash_password("secret")


def test_hash_password__is_salted() -> None:
    assert hash_password("secret") != hash_password("secret")


def test_hash_password__is_reproducible_with_a_given_salt() -> None:
    assert hash_password("secret", salt="a") == hash_password("secret", salt="a")


def test_verify_password__right() -> None:
    assert verify_password("pässwörd", hash_password("pässwörd"))


@pytest.mark.parametrize("stored", [None, "", "secret", "md5$1$a$b", "pbkdf2_sha256$x$a$b", "pbkdf2_sha256"])
def test_verify_password__only_fits_a_hash(stored: str | None) -> None:
    assert not verify_password("secret", stored)


def test_verify_password__wrong() -> None:
    assert not verify_password("Secret", hash_password("secret"))
