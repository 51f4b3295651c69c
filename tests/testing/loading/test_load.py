"""Loading one's own records from JSON, CSV and XML exports."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from pysnow.sandbox import Sandbox
from pysnow.sandbox.dictionary import Dictionary
from pysnow.sandbox.loading import LoadError
from pysnow.sandbox.loading.entries import LARGEST_FILE_BYTES
from pysnow.sandbox.loading.files import read_export

SYS_ID = "0123456789abcdef0123456789abcdef"
ABEL = "62826bf03710200044e0bfc8bcbe5df1"


def write(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def only(sandbox: Sandbox, table: str = "incident") -> dict[str, str | None]:
    (row,) = sandbox.table(table).rows
    return row


# -- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"result": [{"number": "INC7"}]},
        {"result": {"number": "INC7"}},
        {"records": [{"number": "INC7", "__status": "success"}]},
        {"incident": [{"number": "INC7"}]},
        [{"number": "INC7"}],
    ],
    ids=["list", "record", "jsonv2", "by-table", "bare-list"],
)
def test_json__shapes(bare: Sandbox, tmp_path: Path, document: object) -> None:
    bare.load(write(tmp_path, "incident.json", document))
    assert only(bare)["number"] == "INC7"


@pytest.mark.parametrize("name", ["incident.json", "incident (3).json", "INCIDENT.JSON"])
def test_json__table_by_the_name_of_the_file(bare: Sandbox, tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name, {"result": [{"number": "INC7"}]})
    assert bare.load(path, table="incident" if name.isupper() else None).rows == {"incident": 1}


def test_json__table_by_argument(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "export.json", {"result": [{"number": "INC7"}]}), table="incident")
    assert only(bare)["number"] == "INC7"


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (ABEL, ABEL),
        ({"link": f"https://x/api/now/table/sys_user/{ABEL}", "value": ABEL}, ABEL),
        ({"display_value": "Abel Tuter", "value": ABEL}, ABEL),
        ({"display_value": "Abel Tuter", "link": f"https://x/api/now/table/sys_user/{ABEL}"}, ABEL),
        ({"display_value": "System Administrator"}, "6816f79cc0a8016401c5a33be04be441"),
        ("", None),
        (None, None),
    ],
)
def test_json__references(bare: Sandbox, tmp_path: Path, cell: object, stored: str | None) -> None:
    bare.load(write(tmp_path, "incident.json", {"result": [{"caller_id": cell}]}))
    assert only(bare)["caller_id"] == stored


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("active", False, "false"),
        ("priority", 4, "4"),
        ("description", 1.50, "1.5"),
        ("opened_at", "2026-01-02 03:04:05", "2026-01-02 03:04:05"),
    ],
)
def test_json__plain_values(bare: Sandbox, tmp_path: Path, name: str, value: object, stored: str) -> None:
    bare.load(write(tmp_path, "incident.json", {"result": [{name: value}]}))
    assert only(bare)[name] == stored


# -- CSV --------------------------------------------------------------------------------------------------------------


def test_csv__names_or_labels(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "incident.csv", '"number","Short description"\r\n"INC7","a, ""b"""\r\n'))
    row = only(bare)
    assert (row["number"], row["short_description"]) == ("INC7", 'a, "b"')


def test_csv__display_values(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "incident.csv", "number,state,caller_id\nINC7,In Progress,System Administrator\n"))
    row = only(bare)
    assert (row["state"], row["caller_id"]) == ("2", "6816f79cc0a8016401c5a33be04be441")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv__encodings(bare: Sandbox, tmp_path: Path, encoding: str) -> None:
    bare.load(write(tmp_path, "incident.csv", "number,short_description\nINC7,caf\u00e9\n".encode(encoding)))
    assert only(bare)["short_description"] == "caf\u00e9"


def test_csv__names_that_nobody_bears_are_told(bare: Sandbox, tmp_path: Path) -> None:
    loaded = bare.load(write(tmp_path, "incident.csv", "number,caller_id\nINC7,John Nobody\n"))
    assert loaded.unresolved == ("incident.caller_id: John Nobody",)


# -- XML --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["xml", 'unload unload_date="2026-03-02 17:00:00"'])
def test_xml__forms_and_lists(bare: Sandbox, tmp_path: Path, root: str) -> None:
    text = f"""<?xml version="1.0" encoding="UTF-8"?><{root}>
      <incident action="INSERT_OR_UPDATE">
        <number>INC7</number><caller_id display_value="Abel Tuter">{ABEL}</caller_id>
        <description>a &lt;b&gt; &amp; c</description><close_notes/>
      </incident></{root.partition(" ")[0]}>"""
    bare.load(write(tmp_path, "export.xml", text))
    row = only(bare)
    assert [row[name] for name in ("number", "caller_id", "description", "close_notes")] == [
        *("INC7", ABEL, "a <b> & c", None)
    ]


def test_xml__deletions(bare: Sandbox, tmp_path: Path) -> None:
    bare.add("incident", {"sys_id": SYS_ID})
    text = f'<unload><incident action="DELETE"><sys_id>{SYS_ID}</sys_id></incident></unload>'
    bare.load(write(tmp_path, "export.xml", text))
    assert bare.table("incident").rows == []


def test_xml__answer_of_the_table_api(bare: Sandbox, tmp_path: Path) -> None:
    text = f"""<response><result><number>INC7</number>
      <caller_id><link>https://x/api/now/table/sys_user/{ABEL}</link><value>{ABEL}</value></caller_id>
      </result></response>"""
    bare.load(write(tmp_path, "incident.xml", text))
    row = only(bare)
    assert (row["number"], row["caller_id"]) == ("INC7", ABEL)


# -- what is kept, changed, added -------------------------------------------------------------------------------------


def test_load__keeps_stamps_and_states(bare: Sandbox, tmp_path: Path) -> None:
    """No rule stands in the way of a closed incident without notes, or of a priority that does not follow."""
    row = {"sys_id": SYS_ID, "state": "7", "priority": "1", "impact": "3", "sys_mod_count": "12"}
    stamps = {"sys_created_on": "2020-01-02 03:04:05", "sys_updated_by": "someone"}
    bare.load(write(tmp_path, "incident.json", {"result": [row | stamps]}))
    stored = only(bare)
    assert {name: stored[name] for name in row | stamps} == row | stamps


def test_load__fills_in_what_is_missing(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "incident.json", {"result": [{"short_description": "x"}]}))
    row = only(bare)
    assert (row["state"], row["number"], len(row["sys_id"] or "")) == ("1", "INC0010001", 32)


def test_load__changes_rows_that_are_there(bare: Sandbox, tmp_path: Path) -> None:
    bare.add("incident", {"sys_id": SYS_ID, "short_description": "old", "description": "stays"})
    bare.load(write(tmp_path, "incident.json", {"result": [{"sys_id": SYS_ID, "short_description": "new"}]}))
    row = only(bare)
    assert (row["short_description"], row["description"]) == ("new", "stays")


@pytest.mark.parametrize("name", ["incident", "Incident"])
def test_load__class_of_a_row(bare: Sandbox, tmp_path: Path, name: str) -> None:
    bare.load(write(tmp_path, "task.json", {"result": [{"sys_class_name": name, "category": "network"}]}))
    assert only(bare)["category"] == "network"


def test_load__unknown_columns_are_told(bare: Sandbox, tmp_path: Path) -> None:
    loaded = bare.load(
        write(tmp_path, "incident.json", {"result": [{"u_x": "1", "caller_id.name": "y", "number": "INC7"}]})
    )
    assert loaded.ignored == ("incident.u_x",)


def test_load__folder(bare: Sandbox, tmp_path: Path) -> None:
    write(tmp_path, "incident.json", {"result": [{"number": "INC7"}]})
    write(tmp_path, "problem.csv", "number\nPRB7\n")
    write(tmp_path, "notes.txt", "not an export")
    assert bare.load(tmp_path).rows == {"incident": 1, "problem": 1}


def test_load__properties_take_effect(bare: Sandbox, tmp_path: Path) -> None:
    row = {"name": "glide.invalid_query.returns_no_rows", "value": "true"}
    bare.load(write(tmp_path, "sys_properties.json", {"result": [row]}))
    assert bare.instance.properties["glide.invalid_query.returns_no_rows"] == "true"


def test_load__roles_take_effect(bare: Sandbox, tmp_path: Path) -> None:
    """Whoever is asked before remembers who may what."""
    before = rows_shown_to_employee(bare)
    roles = {row["name"]: row["sys_id"] for row in bare.table("sys_user_role").rows}
    employee = next(row["sys_id"] for row in bare.table("sys_user").rows if row["user_name"] == "employee")
    row = {"user": employee, "role": roles["admin"], "inherited": "false", "state": "active"}
    bare.load(write(tmp_path, "sys_user_has_role.json", {"result": [row]}))
    assert (before, rows_shown_to_employee(bare)) == (0, 1)


def rows_shown_to_employee(sandbox: Sandbox) -> int:
    url = "/api/now/table/sys_security_acl?sysparm_limit=1"
    return len(Client(sandbox).get(url, auth=("employee", "employee")).get_json()["result"])


def test_load__a_row_without_sys_id_is_known_by_a_unique_value(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "sys_user.csv", "user_name,title\nitil,Chief\n"))
    assert [row["title"] for row in bare.table("sys_user").rows if row["user_name"] == "itil"] == ["Chief"]


def test_load__users_never_keep_passwords_as_text(bare: Sandbox, tmp_path: Path) -> None:
    bare.load(write(tmp_path, "sys_user.json", {"result": [{"user_name": "me", "user_password": "s3cret"}]}))
    assert bare.instance.authenticate("me", "s3cret") is not None


def test_load__what_one_sandbox_gives_another_takes(bare: Sandbox, tmp_path: Path) -> None:
    source = Sandbox()
    rows = [row for row in source.table("incident").rows if row["number"] == "INC0000060"]
    source.close()
    bare.load(write(tmp_path, "incident.json", {"result": rows}))
    assert only(bare) == rows[0]


# -- what is refused --------------------------------------------------------------------------------------------------

BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><xml><incident><number>&b;</number></incident></xml>"
OUTSIDE = "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><xml/>"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("incident.txt", "x", "neither a .csv nor"),
        ("incident.json", "{", "it is not JSON"),
        ("incident.json", b"\xff\xfe", "it is not UTF-8"),
        ("incident.json", "[" * 100_000, "it nests too deeply"),
        ("incident.json", '{"result": [{"priority": NaN}]}', "NaN is no JSON value"),
        ("incident.json", '"text"', "neither an answer of the Table API"),
        ("incident.json", '{"result": ["text"]}', "row 1 is no object"),
        ("export.json", '{"result": []}', "nothing tells the table"),
        ("export.json", '{"u_nope": [{"a": 1}]}', "unknown table 'u_nope': add it first"),
        ("export.csv", "number\n", "nothing tells the table"),
        ("incident.csv", "", "names no column"),
        ("incident.csv", "number\n\nINC7\nINC8,x\n", "row 3 has 2 values for 1 columns"),
        ("incident.csv", "nonsense\nx\n", "names no column"),
        ("incident.csv", "number,Number\n1,2\n", "names number more than once"),
        ("incident.csv", "number,state\nINC7\n", "row 1 has 1 values for 2 columns"),
        ("incident.csv", 'number\n"INC7\n', "line 2"),
        ("incident.xml", "<xml><incident>", "it is not XML"),
        ("incident.xml", BOMB, "declares a document type"),
        ("incident.xml", BOMB.encode("utf-16"), "declares a document type"),
        ("incident.xml", OUTSIDE, "declares a document type"),
        ("incident.xml", "<a>" * 100_000, "lies deeper than any field"),
        ("incident.xml", '<?xml version="1.0" encoding="nonsense"?><xml/>', "it is not XML"),
        ("export.xml", "<response><result/></response>", "nothing tells the table"),
        ("incident.json", '{"result": [{"sys_id": "1", "number": "a"}, {"x": 1}], "y": 1}', ""),
    ],
)
def test_load__refused(bare: Sandbox, tmp_path: Path, name: str, content: object, message: str) -> None:
    path = write(tmp_path, name, content)
    if not message:
        assert bare.load(path).rows == {"incident": 2}
        return
    with pytest.raises(LoadError, match=message) as caught:
        bare.load(path)
    assert str(caught.value).startswith(str(path))


def test_load__refuses_huge_files(bare: Sandbox, tmp_path: Path) -> None:
    path = write(tmp_path, "incident.json", "")
    with open(path, "wb") as file:
        file.truncate(LARGEST_FILE_BYTES + 1)  # a hole, which takes no room
    with pytest.raises(LoadError, match="larger than 100 MB"):
        bare.load(path)


@pytest.mark.parametrize("name", ["nope.json", "folder"])
def test_load__refuses_what_is_not_there(bare: Sandbox, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(LoadError, match="there is no"):
        bare.load(tmp_path / name)


def test_load__is_all_or_nothing(bare: Sandbox, tmp_path: Path) -> None:
    path = write(tmp_path, "export.json", {"incident": [{"number": "INC7"}], "u_nope": [{"a": "1"}]})
    with pytest.raises(LoadError):
        bare.load(path)
    assert bare.table("incident").rows == []


def test_load__foreign_amounts_are_refused_by_their_place(bare: Sandbox, tmp_path: Path) -> None:
    path = write(tmp_path, "sc_cat_item.json", {"result": [{"name": "a"}, {"price": "EUR;5"}]})
    with pytest.raises(LoadError, match="sc_cat_item, row 2: .*EUR"):
        bare.load(path)


DICTIONARY = Dictionary()


@pytest.mark.parametrize("suffix", [".json", ".csv", ".xml"])
@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_read__never_fails_otherwise(tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"incident{suffix}"
    path.write_bytes(content)
    with suppress(LoadError):
        list(read_export(path, DICTIONARY))
