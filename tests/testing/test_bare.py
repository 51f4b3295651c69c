"""An instance without demo data: somebody can sign in, and nothing refers to what is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pysnow.sandbox import Sandbox


@pytest.mark.parametrize(
    "table", ["task", "cmdb_ci", "sys_user_group", "kb_knowledge", "sys_attachment", "core_company"]
)
def test_bare__has_nothing_that_people_work_on(bare: Sandbox, table: str) -> None:
    assert bare.table(table).rows == []


@pytest.mark.parametrize("table", ["sys_db_object", "sys_dictionary", "sys_choice", "sys_properties", "sys_user_role"])
def test_bare__has_its_configuration(bare: Sandbox, table: str) -> None:
    assert bare.table(table).rows != []


@pytest.mark.parametrize("user", ["admin", "itil", "employee"])
def test_bare__users_can_sign_in(bare: Sandbox, user: str) -> None:
    assert bare.instance.authenticate(user, user) is not None


def test_bare__users_refer_to_nothing_that_is_missing(bare: Sandbox) -> None:
    users = bare.table("sys_user").rows
    assert {user[name] for user in users for name in ("department", "company", "location", "manager")} == {None}


def test_bare__roles_are_the_users_own(bare: Sandbox) -> None:
    """Groups gave them, and are left out."""
    rows = bare.table("sys_user_has_role").rows
    assert {row["granted_by"] for row in rows} == {None}


def test_bare__generated_incidents_need_people() -> None:
    with pytest.raises(ValueError, match="generated incidents need the people"):
        Sandbox(seed=False, records=5)


def test_sandbox__without_its_extra_says_what_to_install() -> None:
    code = "import sys; sys.modules['werkzeug'] = None; from pysnow.sandbox import Sandbox"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: The local instance needs werkzeug: pip install 'pysnow[sandbox]'"
    )
