"""The fixtures and the marker, in test files as users write them."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def run(every_module: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for a test file, run with this plugin and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\naddopts = -p pysnow.testing.plugin --strict-markers\nfilterwarnings = error")
    return pytester


def passes(run: pytest.Pytester, source: str, count: int = 1) -> None:
    run.makepyfile(source)
    run.runpytest_inprocess().assert_outcomes(passed=count)


def fails(run: pytest.Pytester, source: str, *lines: str) -> None:
    run.makepyfile(source)
    result = run.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{line}*" for line in lines])


# -- fixtures ---------------------------------------------------------------------------------------------------------


def test_servicenow__answers_a_client_made_at_import(run: pytest.Pytester) -> None:
    run.makepyfile(
        app="""
        import pysnow
        client = pysnow.Client(instance="dev12345", user="admin", password="admin")
        def open_ticket(text):
            return client.resource(api_path="/table/incident").create({"short_description": text}).one()["number"]
        """
    )
    passes(
        run,
        """
        import app
        def test_ticket(servicenow):
            number = app.open_ticket("disk full")
            made = [row for row in servicenow.table("incident").rows if row["number"] == number]
            assert made[0]["short_description"] == "disk full"
        """,
    )


def test_servicenow__is_fresh_for_each_test(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest
        @pytest.mark.parametrize("turn", [1, 2])
        def test_count(servicenow, turn):
            texts = [row["short_description"] for row in servicenow.table("incident").rows]
            servicenow.add("incident", {"short_description": "of an earlier test"})
            assert "of an earlier test" not in texts
        """,
        count=2,
    )


def test_servicenow__blocks_other_machines(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest, requests
        from pysnow.testing import RequestBlocked
        def test_blocked(servicenow):
            with pytest.raises(RequestBlocked, match="hooks.example.com"):
                requests.get("https://hooks.example.com", timeout=30)
        """,
    )


def test_servicenow__is_gone_after_the_test(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import requests
        original = requests.Session.get_adapter
        def test_with(servicenow):
            assert requests.Session.get_adapter is not original
        def test_without():
            assert requests.Session.get_adapter is original
        """,
        count=2,
    )


def test_client__is_the_administrator(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        def test_client(servicenow_client, servicenow):
            servicenow_client.table("incident").create({"short_description": "x"})
            assert servicenow.requests[-1].user == "admin"
        """,
    )


def test_server__answers_any_program(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import subprocess, sys
        PROGRAM = "import requests, sys; print(requests.get(sys.argv[1], auth=('admin', 'admin')).status_code)"
        def test_server(servicenow_server):
            url = servicenow_server.url + "/api/now/table/incident?sysparm_limit=1"
            output = subprocess.run([sys.executable, "-c", PROGRAM, url], capture_output=True, text=True)
            assert output.stdout.strip() == "200"
        """,
    )


def test_server__is_the_same_instance(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        def test_same(servicenow_client, servicenow_server, servicenow):
            servicenow_client.table("incident").get(limit=1).one()
            assert servicenow_server is servicenow and servicenow.url.startswith("http://127.0.0.1:")
        """,
    )


def test_server__leaves_no_threads(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import threading, requests
        before = set(threading.enumerate())
        def test_one(servicenow_server):
            requests.get(servicenow_server.url, timeout=30)
        def test_two():
            assert set(threading.enumerate()) <= before
        """,
        count=2,
    )


# -- marker -----------------------------------------------------------------------------------------------------------


def test_marker__is_documented(run: pytest.Pytester) -> None:
    run.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.servicenow(seed=True, user='admin'*"])


def test_seed__none(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest
        @pytest.mark.servicenow(seed=False)
        def test_empty(servicenow):
            assert servicenow.table("incident").rows == []
        """,
    )


@pytest.mark.parametrize("user", ["admin", "itil", "employee"])
def test_seed__none_leaves_users_who_can_sign_in(run: pytest.Pytester, user: str) -> None:
    passes(
        run,
        f"""
        import pytest
        @pytest.mark.servicenow(seed=False, user="{user}")
        def test_user(servicenow_client, servicenow):
            servicenow_client.table("incident").create({{"short_description": "x"}})
            assert servicenow.table("incident").rows[0]["sys_created_by"] == "{user}"
        """,
    )


def test_seed__own_data(run: pytest.Pytester) -> None:
    (run.path / "incident.json").write_text(json.dumps({"result": [{"number": "INC7", "short_description": "mine"}]}))
    passes(
        run,
        """
        import pytest
        @pytest.mark.servicenow(seed="incident.json")
        def test_data(servicenow):
            assert [row["number"] for row in servicenow.table("incident").rows] == ["INC7"]
        """,
    )


def test_seed__missing_file(run: pytest.Pytester) -> None:
    fails(
        run,
        """
        import pytest
        @pytest.mark.servicenow(seed="nope.json")
        def test_data(servicenow):
            pass
        """,
        "nope.json: there is no such file",
    )


def test_user__must_be_able_to_sign_in(run: pytest.Pytester) -> None:
    fails(
        run,
        """
        import pytest
        @pytest.mark.servicenow(user="nobody")
        def test_user(servicenow_client):
            pass
        """,
        "nobody can sign in as 'nobody'*add_user('nobody')",
    )


def test_user__added_by_an_overriding_fixture(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest
        @pytest.fixture
        def servicenow(servicenow):
            servicenow.add_user("svc.app", roles=["itil"])
            return servicenow
        @pytest.mark.servicenow(user="svc.app")
        def test_user(servicenow, servicenow_client):
            servicenow_client.table("incident").create({"short_description": "x"})
            assert servicenow.requests[-1].user == "svc.app"
        """,
    )


@pytest.mark.parametrize("faults", ['"server-error"', '["latency:seconds=0", "server-error"]'])
def test_faults__strike(run: pytest.Pytester, faults: str) -> None:
    passes(
        run,
        f"""
        import pytest, pysnow
        @pytest.mark.servicenow(faults={faults})
        def test_fault(servicenow_client):
            with pytest.raises(pysnow.exceptions.ServerError):
                servicenow_client.table("incident").get(limit=1).one()
        """,
    )


def test_faults__unknown(run: pytest.Pytester) -> None:
    fails(
        run,
        """
        import pytest
        @pytest.mark.servicenow(faults="latncy")
        def test_fault(servicenow):
            pass
        """,
        "unknown fault 'latncy'",
    )


def test_tables__are_added(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest
        @pytest.mark.servicenow(tables={"u_thing": {"u_name": "string", "u_size": "integer"}})
        def test_table(servicenow_client):
            made = servicenow_client.table("u_thing").create({"u_name": "a", "u_size": 3}).one()
            assert (made["u_name"], made["u_size"]) == ("a", "3")
        """,
    )


def test_tables__from_an_exported_dictionary(run: pytest.Pytester) -> None:
    rows = {"sys_dictionary": [{"name": "u_thing", "element": "u_name", "internal_type": "string"}]}
    (run.path / "schema.json").write_text(json.dumps(rows))
    passes(
        run,
        """
        import pytest
        @pytest.mark.servicenow(tables="schema.json")
        def test_table(servicenow):
            assert servicenow.add("u_thing", {"u_name": "a"})["u_name"] == "a"
        """,
    )


def test_hosts__one_instance_alone(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest, requests
        from pysnow.testing import RequestBlocked
        @pytest.mark.servicenow(hosts="dev1")
        def test_hosts(servicenow):
            assert servicenow.url == "https://dev1.service-now.com"
            with pytest.raises(RequestBlocked):
                requests.get("https://prod.service-now.com", timeout=30)
        """,
    )


def test_marker__nearer_one_counts(run: pytest.Pytester) -> None:
    passes(
        run,
        """
        import pytest
        pytestmark = pytest.mark.servicenow(seed=False, user="itil")
        @pytest.mark.servicenow(user="employee")
        def test_both(servicenow, servicenow_client):
            servicenow_client.table("incident").create({"short_description": "x"})
            assert [row["sys_created_by"] for row in servicenow.table("incident").rows] == ["employee"]
        """,
    )


def test_marker__unknown_argument(run: pytest.Pytester) -> None:
    fails(
        run,
        """
        import pytest
        @pytest.mark.servicenow(sed=False)
        def test_data(servicenow):
            pass
        """,
        "the marker servicenow has no argument 'sed': use seed, user, faults, tables, hosts, allow_hosts",
    )


def test_marker__positional_argument(run: pytest.Pytester) -> None:
    fails(
        run,
        """
        import pytest
        @pytest.mark.servicenow(False)
        def test_data(servicenow):
            pass
        """,
        "the marker servicenow takes named arguments only",
    )


# -- what it costs ----------------------------------------------------------------------------------------------------


def test_plugin__imports_nothing_heavy_by_itself(run: pytest.Pytester) -> None:
    run.makepyfile(
        """
        import sys
        def test_light():
            heavy = {"requests", "werkzeug", "sqlite3", "ijson"}
            assert heavy.isdisjoint(sys.modules)
        """
    )
    run.runpytest_subprocess().assert_outcomes(passed=1)


def test_testing__works_without_pytest(run: pytest.Pytester) -> None:
    program = run.makepyfile(
        program="""
        import sys
        sys.modules["pytest"] = None
        import unittest
        import pysnow
        from pysnow.testing import intercept

        class TicketTest(unittest.TestCase):
            def setUp(self):
                self.servicenow = self.enterContext(intercept())

            def test_ticket(self):
                client = pysnow.Client(instance="dev12345", user="admin", password="admin")
                client.resource(api_path="/table/incident").create({"short_description": "disk full"})
                rows = self.servicenow.table("incident").rows
                self.assertIn("disk full", [row["short_description"] for row in rows])

        unittest.main()
        """
    )
    assert run.runpython(program).ret == 0
